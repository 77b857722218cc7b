/**
 * Requests that were given up before the server said what they take. Their prompts were on their way, and a server that
 * has begun to read one bills it: so they are counted, as an estimate, rather than told to be free.
 */

import { heldBy, planCache } from './cache.ts'
import { promptAfter } from './cache-entries.ts'
import type { State } from './conversation.ts'
import { estimated } from './figures.ts'
import { costUsd, modelCard } from './models.ts'
import { promptEstimate } from './prompt-size.ts'
import { type Failure, type FailureKind, NO_USAGE, type TurnEvent, type Usage } from './turn.ts'
import { questionIn, type Turn, type Wasted } from './turns.ts'

/** Failures after which nobody knows how far the server came. All others are its own refusals, which cost nothing. */
const UNTOLD: ReadonlySet<FailureKind> = new Set(['stalled', 'cut', 'interrupted'])

/** Events with which an attempt is given up. */
const GIVEN_UP: ReadonlySet<TurnEvent['type']> = new Set(['stopped', 'failed', 'waiting', 'fellBack', 'recalled'])

/** The attempt that an event gives up unheard; null: it gives up none. @param live the turn before the event */
export function unheard(state: State, live: Turn, event: TurnEvent): Wasted | null {
  if (!GIVEN_UP.has(event.type) || live.usage !== null || live.phase !== 'sending' || live.times.sent === null)
    return null
  const failure: Failure | null = 'failure' in event ? event.failure : null
  if (failure && !UNTOLD.has(failure.kind)) return null
  const { prices } = modelCard(live.model, state.models)
  const usage = promptUsage({ ...state, ...live.basis, live: null }, live)
  const usd = costUsd({ prices }, usage)
  const cost = usd === null ? null : estimated(usd)
  return {
    isUnheard: true,
    usage,
    model: live.model,
    prices,
    requestId: live.requestId,
    messageId: null,
    cost,
    failure,
  }
}

/** What the prompt takes, as far as can be known from here: its size, and what the cache should have held of it. */
function promptUsage(state: State, turn: Turn): Usage {
  const { model, times } = turn
  const question = questionIn(turn)
  const prompt = promptAfter(state, state.turns, question)
  const tokens = promptEstimate(state, prompt, question)
  const { end } = planCache(state, prompt, times.sent!).marks
  const { minCache } = modelCard(model, state.models)
  if (end === null || minCache === null || tokens < minCache) return { ...NO_USAGE, input: tokens }
  const cacheRead = Math.min(tokens, heldBy(state, prompt, times.sent!).held?.tokens ?? 0)
  const written = tokens - cacheRead
  return { ...NO_USAGE, cacheRead, ...(end === '1h' ? { cacheWrite1h: written } : { cacheWrite5m: written }) }
}
