/**
 * The classes of a batch as data: who waits for it, and what follows for how many requests run beside each other, how
 * much of the rate limits they may take, and how long a failed one is sent again.
 */

import type { Patience } from '../weather/resilience.ts'

export interface BatchClass {
  readonly name: string
  /** What it means, as people choose it. */
  readonly tells: string
  /** Requests at once, at most, unless `--concurrency` says so. */
  readonly parallel: number
  /** Share of each rate limit it may use up, 0 to 1: the rest is for whatever else runs. */
  readonly share: number
  readonly patience: Patience
  /** Nobody waits: the Message Batches API does it for half the price. */
  readonly suggestsOffload: boolean
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const PACE = { firstDelayMs: SECOND, maxDelayMs: MINUTE } as const

export const BATCH_CLASSES: readonly BatchClass[] = [
  {
    name: 'realtime',
    tells: 'somebody waits for every answer: most at once, a failed one is sent again for 5 s only',
    ...{ parallel: 128, share: 1, suggestsOffload: false },
    patience: { attempts: 3, deadlineMs: 5 * SECOND, firstDelayMs: 250, maxDelayMs: 2 * SECOND },
  },
  {
    name: 'interactive',
    tells: 'somebody waits for the whole: up to 64 at once, sent again for a minute',
    ...{ parallel: 64, share: 1, suggestsOffload: false },
    patience: { attempts: 5, deadlineMs: MINUTE, ...PACE },
  },
  {
    name: 'transactional',
    tells: 'every row counts: up to 64 at once, sent again for ten minutes',
    ...{ parallel: 64, share: 1, suggestsOffload: false },
    patience: { attempts: 12, deadlineMs: 10 * MINUTE, ...PACE },
  },
  {
    name: 'overnight',
    tells: 'nobody waits: 8 at once and half of the limits, sent again for two hours; --offload costs half',
    ...{ parallel: 8, share: 0.5, suggestsOffload: true },
    patience: { attempts: 120, deadlineMs: 120 * MINUTE, ...PACE },
  },
]

export const USUAL_CLASS = 'transactional'

export const batchClass = (name: string): BatchClass => BATCH_CLASSES.find((one) => one.name === name)!
