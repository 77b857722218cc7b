/** `--max-ttft` and `--max-time`: a call is given up when it takes longer than its caller wants to wait. */

import { type Args, UsageError } from '../../args.ts'
import { duration } from '../../core/figures/words.ts'
import type { Ms, TurnEvent } from '../../core/turn.ts'
import { failure } from '../../core/weather/failures.ts'
import { waitsFor } from '../../core/weather/resilience.ts'

/** In ms; null: as long as it takes. */
export interface Allowed {
  /** From sending the question until its first word, attempts that failed, waits and other models included. */
  readonly ttft: Ms | null
  /** From when all that is asked has been read, until the last word of the last answer. */
  readonly whole: Ms | null
}

/** What the flags allow; null: they say nothing of it. @throws UsageError */
export function allowedBy({ flags }: Args): Allowed | null {
  const ttft = timeIn('max-ttft', flags)
  const whole = timeIn('max-time', flags)
  return ttft === null && whole === null ? null : { ttft, whole }
}

function timeIn(name: string, flags: Args['flags']): Ms | null {
  const given = flags[name]
  if (typeof given !== 'string') return null
  const ms = waitsFor(given)
  if (ms !== null && ms > 0 && ms < 2 ** 31) return ms
  throw new UsageError(`--${name} takes a time above 0, such as 800ms, 2s or 1m; "${given}" came.`)
}

export interface Deadlines {
  /** Aborts when the call is stopped, or given up. */
  readonly signal: AbortSignal
  /** The question goes out now. */
  sent(): void
  event(event: TurnEvent): void
  /** Why it was given up, as a sentence; null: it was not. */
  readonly why: string | null
  /** The end of a turn that was given up; null: it was stopped for another reason. */
  ended(at: Ms): TurnEvent | null
  close(): void
}

/** Counts from now on. */
export function deadlines({ ttft, whole }: Allowed, stopped: AbortSignal): Deadlines {
  const own = new AbortController()
  let why: string | null = null
  const giveUp = (reason: string) => () => {
    if (stopped.aborted) return
    why = reason
    own.abort()
  }
  const all =
    whole === null
      ? undefined
      : setTimeout(giveUp(`The answer was not whole after ${duration(whole)} (--max-time).`), whole)
  let first: NodeJS.Timeout | undefined
  return {
    signal: AbortSignal.any([stopped, own.signal]),
    sent() {
      if (ttft !== null) first = setTimeout(giveUp(`No word had come after ${duration(ttft)} (--max-ttft).`), ttft)
    },
    event: ({ type }) => {
      if (type === 'delta') clearTimeout(first)
    },
    get why() {
      return why
    },
    ended: (at) => (why === null ? null : { type: 'failed', at, failure: failure('late', why) }),
    close() {
      clearTimeout(all)
      clearTimeout(first)
    },
  }
}
