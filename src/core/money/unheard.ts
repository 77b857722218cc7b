/**
 * Requests that were given up before the server said what they take. Their prompts were on their way, and a server that
 * has begun to read one bills it: so they are counted, as an estimate, rather than told to be free. The same of requests
 * that ran beside another one, which was faster.
 */

import { promptAfter } from '../cache/entries.ts'
import { heldBy, planCache } from '../cache.ts'
import type { State } from '../conversation.ts'
import { estimated } from '../figures.ts'
import { costUsd, modelCard, scaledPrices } from '../models.ts'
import { promptEstimate } from '../request/prompt-size.ts'
import { questionIn, type Turn, type Wasted } from '../turn/turns.ts'
import { type Failure, type FailureKind, type Lost, type Ms, NO_USAGE, type TurnEvent, type Usage } from '../turn.ts'
import { type LedgerRow, rowsOfTurn } from './ledger.ts'

/** Failures after which nobody knows how far the server came. All others are its own refusals, which cost nothing. */
const UNTOLD: ReadonlySet<FailureKind> = new Set(['stalled', 'cut', 'late', 'interrupted'])

/** Events with which an attempt is given up. */
const GIVEN_UP: ReadonlySet<TurnEvent['type']> = new Set(['stopped', 'failed', 'waiting', 'fellBack', 'recalled'])

/** The attempt that an event gives up unheard; null: it gives up none. @param live the turn before the event */
export function unheard(state: State, live: Turn, event: TurnEvent): Wasted | null {
  if (!GIVEN_UP.has(event.type) || live.usage !== null || live.phase !== 'sending' || live.times.sent === null)
    return null
  // The one that was sent last is known of already.
  if (live.vain) return null
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

/** What a turn has cost so far: as if it were stopped now, if it runs. */
export function chargesSoFar(state: State, at: Ms): readonly LedgerRow[] {
  const { live } = state
  if (!live) return []
  const stop: TurnEvent = { type: 'stopped', at }
  const inVain = [unheard(state, live, stop), outrun(state, live, stop)].filter((one) => one !== null)
  return rowsOfTurn({ ...live, wasted: [...live.wasted, ...inVain] })
}

/** The one of two requests beside each other that an event gives up; null: it gives up none, or the server refused it. */
export function outrun(state: State, live: Turn, event: TurnEvent): Wasted | null {
  if (event.type === 'raced') return billOf(state, live, event.lost)
  if (!(GIVEN_UP.has(event.type) || event.type === 'finished') || live.hedge?.won !== null) return null
  // Both were under way. Of the second nothing was told yet: it was asked the same.
  const usage = live.usage && { ...live.usage, output: 0, thinking: null }
  return billOf(state, live, { model: live.model, requestId: null, messageId: null, usage, failure: null })
}

function billOf(state: State, live: Turn, { failure, priceFactor, ...lost }: Lost): Wasted | null {
  if (lost.isUnsent || (lost.usage === null && failure && !UNTOLD.has(failure.kind))) return null
  const { requestId, messageId, model } = lost
  const prices =
    lost.prices === undefined ? scaledPrices(modelCard(model, state.models).prices, priceFactor) : lost.prices
  const usage = lost.usage ?? promptUsage({ ...state, ...live.basis, live: null }, live)
  const usd = costUsd({ prices }, usage)
  const cost = usd === null ? null : estimated(usd)
  const told = { usage, model, prices, requestId, messageId, cost, failure }
  return { ...told, isHedge: true, ...(lost.usage === null ? { isUnheard: true as const } : {}) }
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
