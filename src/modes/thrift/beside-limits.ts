/**
 * Calls beside the turns keep within the rate limits, and ask no model that is left alone: what does not fit waits until it
 * does, or is not made at all.
 */

import type { State } from '../../core/conversation.ts'
import { shortName } from '../../core/models.ts'
import type { TurnRequest } from '../../core/request.ts'
import type { Ms } from '../../core/turn.ts'
import { type Gauge, type Need, parallel } from '../../core/weather/limits.ts'
import { estimateTokens } from '../../core/window/context.ts'
import { pause } from '../../io/process/pause.ts'

/** Share of each limit that is left for the person's own turns. */
const SPARE = 0.1
/** Output tokens that are reckoned with when a request has room for more. */
const USUAL_OUTPUT = 1_000

const needOf = ({ system, messages, maxTokens }: TurnRequest): Need => ({
  inputTokens: messages.reduce((sum, { text }) => sum + estimateTokens(text), estimateTokens(system ?? '')),
  outputTokens: Math.min(maxTokens, USUAL_OUTPUT),
})

/** What keeps a request from going out beside what runs already; null: it fits. */
export function heldBy(request: TurnRequest, { limits }: Pick<State, 'limits'>, now: Ms): Gauge | null {
  const told = limits[request.model]
  const { requests, by } = told ? parallel(told, needOf(request), now, 1) : { requests: 1, by: null }
  return requests > 0 ? null : by
}

/** How long a call has to wait before it fits, in ms; 0: it fits now; null: nobody knows how long. */
export function waitFor(
  request: TurnRequest,
  { limits, resting }: Pick<State, 'limits' | 'resting'>,
  now: Ms,
): Ms | null {
  // A model that is left alone is so by all; one whose time is over is asked by the turns first.
  const restMs = (resting[request.model] ?? now) - now
  if (request.model in resting) return restMs > 0 ? restMs : null
  const told = limits[request.model]
  const { requests, by } = told ? parallel(told, needOf(request), now, 1, SPARE) : { requests: 1, by: null }
  return requests > 0 ? 0 : (by?.fullInMs ?? null)
}

/**
 * Resolves once a call fits.
 * @returns false: it would not within `withinMs`, or the signal was aborted first
 */
export async function roomBeside(
  request: TurnRequest,
  state: () => Pick<State, 'limits' | 'resting'>,
  { now, signal, withinMs }: { readonly now: () => Ms; readonly signal: AbortSignal; readonly withinMs: Ms },
): Promise<boolean> {
  const until = now() + withinMs
  while (!signal.aborted) {
    const waitMs = waitFor(request, state(), now())
    if (waitMs === 0) return true
    if (waitMs === null || now() + waitMs > until) return false
    await pause(waitMs, signal, { isIdle: true })
  }
  return false
}

/** Why such a call is not made now, in a sentence. */
export const sayNoRoom = (request: TurnRequest, { resting, models }: Pick<State, 'resting' | 'models'>): string =>
  request.model in resting
    ? `${shortName(request.model, models)} is left alone for now: it was limited or overloaded too often.`
    : 'The rate limits leave no room for it now: /limits.'
