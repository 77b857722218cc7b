/** Keeping a prompt in the cache without a question: the cheapest request that renews it, and how long that goes on. */

import { heldBy } from '../cache.ts'
import type { State } from '../conversation.ts'
import { modelCard } from '../models.ts'
import { manner } from '../request/manner.ts'
import type { CacheAnchor, TurnRequest } from '../request.ts'
import type { Ms } from '../turn.ts'
import { type CacheEntry, promptAfter } from './entries.ts'

/**
 * A request for no token at all, with a mark at the last block that is held: it reads the entry, and so renews it, and
 * writes nothing. Effort, thinking and system prompt are those of the next question, or it would be another entry. An
 * hour's entry further back is marked, too.
 * @returns null when nothing is held that could be kept
 */
export function warmRequest(
  state: State,
  now: Ms,
): { readonly request: TurnRequest; readonly entry: CacheEntry } | null {
  const { choices } = state
  const card = modelCard(choices.model, state.models)
  const prompt = promptAfter(state, state.turns, null)
  const { held, hour } = heldBy(state, prompt, now)
  if (!held || held.messages > prompt.messages.length) return null
  const last: CacheAnchor = { message: held.messages - 1, ttl: held.ttl }
  const anchors = hour && hour.messages < held.messages ? [{ message: hour.messages - 1, ttl: hour.ttl }, last] : [last]
  const isSystemMarked = choices.system !== null && choices.system.length >= (card.minCache ?? Number.POSITIVE_INFINITY)
  const request: TurnRequest = {
    model: card.id,
    system: choices.system,
    messages: prompt.messages.slice(0, held.messages),
    maxTokens: 0,
    ...manner(choices, card),
    cache: { system: isSystemMarked ? anchors[0]!.ttl : null, anchors, end: null },
    stream: false,
  }
  return { request, entry: held }
}

/** Up to where it repeats itself, of the setting `keepWarm`. */
export interface WarmLimit {
  readonly ms: Ms | null
  readonly usd: number | null
}

/** `off` is once: nothing repeats itself. */
export function warmLimit(setting: string): WarmLimit | null {
  const [, dollars] = /^\$(.+)$/.exec(setting) ?? []
  if (dollars !== undefined) return { ms: null, usd: Number(dollars) }
  const [, amount, unit] = /^(\d+)([mh])$/.exec(setting) ?? []
  return amount === undefined ? null : { ms: Number(amount) * (unit === 'h' ? 3_600_000 : 60_000), usd: null }
}
