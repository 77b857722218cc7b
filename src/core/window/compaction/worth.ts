/** What a summary is worth: the tokens it frees, what the new beginning costs to write, and when that is earned back. */

import type { State } from '../../conversation.ts'
import { estimated, type Figure } from '../../figures.ts'
import { type ModelCard, modelCard, priceFor } from '../../models.ts'
import { planRequest } from '../../request/plan.ts'
import type { CacheTtl } from '../../request.ts'
import { promptSize } from '../meter.ts'

export interface Worth {
  /** Tokens of the next prompt before and after. */
  readonly before: Figure
  readonly after: Figure
  /** What it takes to write the new beginning into the cache, above what reading the old one would have; US dollars. */
  readonly rebuild: Figure | null
  /** Turns after which it has paid for itself while the cache is warm; null: never, or the price is unknown. */
  readonly turns: number | null
}

/**
 * @param state with the summary
 * @param without the same conversation without it
 * @param costUsd of the summary itself; null: unknown
 */
export function worthOf(state: State, without: State, costUsd: number | null): Worth {
  const card = modelCard(state.choices.model, state.models)
  const [before, after] = [promptSize(without), promptSize(state)]
  const ttl = planRequest(state, '').cache.end
  const old = rates(card, before.value, ttl)
  const fresh = rates(card, after.value, ttl)
  if (!old || !fresh) return { before, after, rebuild: null, turns: null }
  const rebuild = Math.max(0, (after.value * (fresh.write - fresh.read)) / 1e6)
  const saved = (before.value * old.read - after.value * fresh.read) / 1e6
  const turns = saved > 0 && costUsd !== null ? Math.max(1, Math.ceil((costUsd + rebuild) / saved)) : null
  return { before, after, rebuild: estimated(rebuild), turns }
}

/** US dollars per million tokens of a prompt of this size that is read from the cache, and written into it. */
function rates(
  card: ModelCard,
  tokens: number,
  ttl: CacheTtl | null,
): { readonly read: number; readonly write: number } | null {
  const price = priceFor(card, tokens)
  if (!price) return null
  if (ttl === null) return { read: price.input, write: price.input }
  return { read: price.read, write: ttl === '1h' ? price.write1h : price.write5m }
}

/** What the next prompt of so many tokens costs when all of it is read from the cache, and when none is; null: unknown. */
export function sendingCost(state: State): { readonly warm: Figure; readonly cold: Figure } | null {
  const size = promptSize(state).value
  const found = rates(modelCard(state.choices.model, state.models), size, planRequest(state, '').cache.end)
  return found && { warm: estimated((size * found.read) / 1e6), cold: estimated((size * found.write) / 1e6) }
}
