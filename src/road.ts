/**
 * One turn from its request to its last event: attempts, the waits between them, and the watchdog over silence.
 * Chat, one-shot, tests and benchmarks all listen here; nobody else sends, retries or times out.
 */

import { failure } from './core/failures.ts'
import type { TurnRequest } from './core/request.ts'
import { nextDelay, type Patience } from './core/resilience.ts'
import { type Failure, isEnd, type TurnEvent } from './core/turn.ts'
import type { Api, Emit } from './io/api.ts'

export interface RoadOptions {
  readonly api: Pick<Api, 'attempt'>
  readonly patience: Patience
  /** Silence after which a turn counts as stalled, in ms. */
  readonly stallAfterMs: number
  readonly now: () => number
  /** A number from 0 to 1, for the jitter of retries. */
  readonly chance: () => number
  /** How much faster than life time passes, in a replay; 1 when absent. */
  readonly speed?: number
}

/** What an answer in one piece may take: the SDK's own limit for requests that do not stream. */
const WHOLE_ANSWER_MS = 600_000

/** Travels the road. Resolves after the last event (`finished`, `failed` or `stopped`); never rejects. */
export async function travel(
  request: TurnRequest,
  signal: AbortSignal,
  emit: Emit,
  options: RoadOptions,
): Promise<void> {
  const { patience, now, speed = 1 } = options
  const started = now()
  let saved = 0
  for (let attempt = 1; ; attempt++) {
    const end = await watchedAttempt(request, attempt, signal, emit, options)
    if (end.event.type !== 'failed') return emit(end.event)
    const trouble = end.event.failure
    const delayMs = nextDelay({
      failure: trouble,
      attempt,
      elapsedMs: now() - started + saved,
      textShown: end.textShown,
      patience,
      chance: options.chance(),
    })
    if (delayMs === null) return emit({ ...end.event, failure: worded(trouble, attempt) })
    const waitMs = delayMs / speed
    saved += delayMs - waitMs
    emit({ type: 'waiting', at: now(), attempt, of: patience.attempts, delayMs: waitMs, failure: trouble })
    await pause(waitMs, signal)
    if (signal.aborted) return emit({ type: 'stopped', at: now() })
  }
}

/** Says how often we tried, when it was more than once. */
function worded(trouble: Failure, attempts: number): Failure {
  // What was not sent was no attempt.
  return attempts === 1 || trouble.kind === 'budget'
    ? trouble
    : { ...trouble, reason: `${trouble.reason.replace(/\.$/, '')}, after ${attempts} attempts.` }
}

/** One attempt under the watchdog. The end is handed back, everything before it is emitted. */
async function watchedAttempt(
  request: TurnRequest,
  attempt: number,
  signal: AbortSignal,
  emit: Emit,
  { api, now, ...options }: RoadOptions,
): Promise<{
  readonly event: Extract<TurnEvent, { type: 'finished' | 'failed' | 'stopped' }>
  readonly textShown: boolean
}> {
  // An answer in one piece is silent until it is whole.
  const stallAfterMs = request.stream ? options.stallAfterMs : Math.max(options.stallAfterMs, WHOLE_ANSWER_MS)
  const own = new AbortController()
  const stop = () => own.abort()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  let lastSign = now()
  let stalled = false
  let textShown = false
  let end: Extract<TurnEvent, { type: 'finished' | 'failed' | 'stopped' }> | null = null

  // One timer for the whole attempt: it looks when the last sign of life came and sleeps for what is left.
  let timer: NodeJS.Timeout
  const watch = (after: number) => {
    timer = setTimeout(() => {
      const silence = now() - lastSign
      if (silence < stallAfterMs) return watch(stallAfterMs - silence + 1)
      stalled = true
      own.abort()
    }, after)
  }
  watch(stallAfterMs)
  try {
    await api.attempt(request, attempt, own.signal, (event) => {
      lastSign = event.at
      if (isEnd(event)) end = event
      else {
        if (event.type === 'delta') textShown = true
        emit(event)
      }
    })
  } finally {
    clearTimeout(timer!)
    signal.removeEventListener('abort', stop)
  }
  const last = end ?? { type: 'stopped', at: now() }
  if (stalled && !signal.aborted && (last as TurnEvent).type !== 'finished') {
    const seconds = Math.round(stallAfterMs / 1000)
    return {
      event: { type: 'failed', at: now(), failure: failure('stalled', `Nothing came for ${seconds} s.`) },
      textShown,
    }
  }
  return { event: last as never, textShown }
}

/** Waits, or returns early when the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
}
