/**
 * What a batch may spend. Each request is given what it may cost at most, before it goes out; so the budget is never
 * passed, whatever the answers turn out to be.
 */

import { type Models, modelCard, priceFor } from '../models.ts'
import { payable } from '../money/budget.ts'
import { dearest, mostPromptTokens } from '../money/quote.ts'
import type { TurnRequest } from '../request.ts'

export interface Purse {
  /**
   * The request as it may be sent, and what is kept for it; `wait`: others may leave something over; `over`: nothing is
   * left that would pay an answer.
   */
  take(request: TurnRequest): { readonly request: TurnRequest; readonly heldUsd: number } | 'wait' | 'over'
  /** A request is over: what was kept for it, and what it has cost. */
  give(heldUsd: number, costUsd: number): void
  readonly spentUsd: number
}

/** An answer that would be cut shorter than this, in tokens, is not worth asking for. */
const LEAST_ROOM = 256

/** @param mostUsd null: there is no budget */
export function createPurse(mostUsd: number | null, models: Models): Purse {
  let spent = 0
  let held = 0
  /** Requests under way: sums of fractions do not come back to nothing. */
  let out = 0
  return {
    take(request) {
      if (mostUsd === null) return { request, heldUsd: 0 }
      const card = modelCard(request.model, models)
      const prompt = mostPromptTokens(request, card)
      const price = priceFor(card, prompt)
      if (!price) return 'over'
      const promptUsd = dearest(request, prompt, price)
      const whole = promptUsd + (request.maxTokens * price.output) / 1e6
      const left = mostUsd - spent - held
      if (whole <= left) {
        held += whole
        out++
        return { request, heldUsd: whole }
      }
      if (out > 0) return 'wait'
      const maxTokens = payable(left, promptUsd, price)
      if (maxTokens < Math.min(LEAST_ROOM, request.maxTokens)) return 'over'
      const heldUsd = promptUsd + (maxTokens * price.output) / 1e6
      held += heldUsd
      out++
      return { request: { ...request, maxTokens, isHeld: true }, heldUsd }
    },
    give(heldUsd, costUsd) {
      if (heldUsd > 0) out--
      held = out === 0 ? 0 : Math.max(0, held - heldUsd)
      spent += costUsd
    },
    get spentUsd() {
      return spent
    },
  }
}
