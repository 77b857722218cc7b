/** After a failure: wait and try again, or stop. Decides; waiting itself is the road's. */

import type { Failure, Ms } from './turn.ts'

export interface Patience {
  /** Attempts in all, the first one included. */
  readonly attempts: number
  /** Longest time from the first attempt to the start of the last one. */
  readonly deadlineMs: Ms
  readonly firstDelayMs: Ms
  readonly maxDelayMs: Ms
}

/** A person is watching and can stop it at any time. */
export const CHAT_PATIENCE: Patience = { attempts: 5, deadlineMs: 180_000, firstDelayMs: 1_000, maxDelayMs: 60_000 }

/** A script waits for us: a minute in all. */
export const SCRIPT_PATIENCE: Patience = { attempts: 4, deadlineMs: 60_000, firstDelayMs: 1_000, maxDelayMs: 30_000 }

/**
 * The wait before the next attempt, or null to give up.
 * Backoff doubles from the first delay, with up to 25% taken off by `chance` (0 to 1) so that clients spread out; a
 * `retry-after` of the server is obeyed to the full, and when it asks for more than our patience we stop at once.
 * Nothing is sent again once text has been shown.
 */
export function nextDelay(input: {
  readonly failure: Failure
  readonly attempt: number
  readonly elapsedMs: Ms
  readonly textShown: boolean
  readonly patience: Patience
  readonly chance: number
}): Ms | null {
  const { failure, attempt, patience } = input
  if (!failure.transient || input.textShown || attempt >= patience.attempts) return null
  const backoff = Math.min(patience.maxDelayMs, patience.firstDelayMs * 2 ** (attempt - 1))
  const delay = failure.retryAfterMs ?? backoff * (1 - 0.25 * input.chance)
  return input.elapsedMs + delay > patience.deadlineMs ? null : delay
}
