/** One measured call of a bench: what its events said, as plain data. */

import { clocked, NO_TIMES, otps, type TurnTimes, ttftMs, ttltMs } from '../../figures/metrics.ts'
import { type FailureKind, isEnd, type TurnEnd, type TurnEvent, type Usage } from '../../turn.ts'

export interface Run {
  /** Which arm, by its place among them. */
  readonly arm: number
  /** Which prompt, from 0. */
  readonly prompt: number
  /** Runs of one block were measured side by side. */
  readonly block: number
  readonly end: TurnEnd['type']
  /** Why it failed; null: it did not. */
  readonly failure: { readonly kind: FailureKind; readonly reason: string } | null
  readonly stopReason: string | null
  /** The model that answered, by its own word. */
  readonly model: string
  readonly ttftMs: number | null
  readonly ttltMs: number | null
  readonly otps: number | null
  /** US dollars, with what was asked before it on its behalf; null: the price is unknown. */
  readonly costUsd: number | null
  readonly usage: Usage | null
  readonly attempts: number
  readonly requestId: string | null
}

/** What the events of a run have said so far. */
export interface Heard {
  readonly times: TurnTimes
  readonly answer: string
  readonly thinking: string
  readonly usage: Usage | null
  readonly model: string
  readonly requestId: string | null
  readonly priceFactor?: number
  readonly attempts: number
  /** From `sent` until the socket had the request: what this program itself did, in ms. */
  readonly handedMs: number
  readonly end: TurnEnd | null
}

export const silent = (model: string): Heard => ({
  ...{
    times: NO_TIMES,
    answer: '',
    thinking: '',
    usage: null,
    model,
    requestId: null,
    attempts: 0,
    handedMs: 0,
    end: null,
  },
})

export function heard(before: Heard, event: TurnEvent): Heard {
  const after = { ...before, times: clocked(before.times, event) }
  switch (event.type) {
    case 'sent':
      return { ...after, attempts: event.attempt, answer: '', thinking: '', usage: null }
    case 'heard':
      return { ...after, requestId: event.requestId, handedMs: event.wire?.handedMs ?? 0 }
    case 'began': {
      const { model, usage, priceFactor } = event
      return { ...after, model, usage, ...(priceFactor === undefined ? {} : { priceFactor }) }
    }
    case 'usage':
      return { ...after, usage: event.usage }
    case 'delta':
      return { ...after, answer: before.answer + event.text }
    case 'thinking':
      return { ...after, thinking: before.thinking + event.text }
    default:
      return isEnd(event) ? { ...after, end: event } : after
  }
}

/** @param costUsd of all that was sent for it */
export function runOf(
  { times, usage, model, requestId, attempts, handedMs, end, ...said }: Heard,
  place: Pick<Run, 'arm' | 'prompt' | 'block'>,
  costUsd: number | null,
): Run {
  const failure = end?.type === 'failed' ? end.failure : null
  return {
    ...place,
    end: end?.type ?? 'stopped',
    failure: failure && { kind: failure.kind, reason: failure.reason },
    stopReason: end?.type === 'finished' ? end.stopReason : null,
    model,
    // Counted from when the socket was handed the request: what comes before is ours, and says nothing of a server.
    ttftMs: less(ttftMs(times)?.value, handedMs),
    ttltMs: less(ttltMs(times)?.value, handedMs),
    otps: otps({ times, usage, end, ...said })?.value ?? null,
    ...{ costUsd, usage, attempts, requestId },
  }
}

const less = (ms: number | undefined, ours: number): number | null => (ms === undefined ? null : ms - ours)
