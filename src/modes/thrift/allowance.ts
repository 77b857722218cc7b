/**
 * Requests held to a budget: what a budget does not pay for is not sent, and an answer may not become longer than what
 * is left pays. So a budget is never passed, whatever was expected.
 */

import { type Models, modelCard, priceFor } from '../../core/models.ts'
import { payable } from '../../core/money/budget.ts'
import { dearest, mostPromptTokens } from '../../core/money/quote.ts'
import type { TurnRequest } from '../../core/request.ts'
import type { Failure } from '../../core/turn.ts'
import type { Api } from '../../io/api.ts'

/** The request as it may be sent, or why it may not. */
export type Allowed = TurnRequest | Failure
export type Allow = (request: TurnRequest) => Allowed | Promise<Allowed>

/** What the server's count, which may be a few tokens off by its own word, is taken to be short of at most. */
const COUNT_MARGIN = { share: 1.005, tokens: 16 } as const
/** How long a count may take, in ms, before the prompt is taken for as large as it can be. */
export const COUNT_WITHIN_MS = 5_000

/** The same API, every attempt of which is looked at first. */
export function heldTo(api: Pick<Api, 'attempt'>, allow: Allow, now: () => number): Pick<Api, 'attempt'> {
  return {
    async attempt(request, number, signal, emit) {
      const allowed = await allow(request)
      if ('reason' in allowed) return emit({ type: 'failed', at: now(), failure: allowed })
      return api.attempt(allowed, number, signal, emit)
    },
  }
}

/** A request that may be sent, and what it can cost at most, US dollars; null: the price is unknown. */
export interface Payable {
  readonly request: TurnRequest
  readonly mostUsd: number | null
}

/** Not even one token of an answer can be paid behind the prompt, which may cost so much. */
export interface Unpaid {
  readonly promptUsd: number
}

/**
 * The request with no more room for its answer than this much money pays. The server is asked to count only where it
 * matters.
 * @param leftUsd infinite: there is no budget
 */
export async function within(
  request: TurnRequest,
  leftUsd: number,
  { models, api }: { readonly models: Models; readonly api: Pick<Api, 'count'> },
): Promise<Payable | Unpaid> {
  const card = modelCard(request.model, models)
  const held = (prompt: number): Payable | Unpaid => {
    const price = priceFor(card, prompt)
    if (!price) return { request, mostUsd: null }
    const promptUsd = dearest(request, prompt, price)
    const maxTokens = Math.min(request.maxTokens, payable(leftUsd, promptUsd, price))
    if (maxTokens < 1) return { promptUsd }
    const mostUsd = promptUsd + (maxTokens * price.output) / 1e6
    return { request: maxTokens === request.maxTokens ? request : { ...request, maxTokens, isHeld: true }, mostUsd }
  }
  const most = mostPromptTokens(request, card)
  const unseen = held(most)
  if ('request' in unseen && unseen.request === request) return unseen
  const counted = await api.count(request, AbortSignal.timeout(COUNT_WITHIN_MS))
  if (counted === null) return unseen
  return held(Math.min(most, Math.ceil(counted * COUNT_MARGIN.share) + COUNT_MARGIN.tokens))
}
