/** A wait that can be cut short. */

import type { Ms } from '../../core/turn.ts'

/** Timers know no longer wait than this, in ms. */
const LONGEST_MS = 2 ** 31 - 1

/** Resolves after so long, or at once when the signal is aborted, be it before. It alone keeps no program alive with `isIdle`. */
export function pause(ms: Ms, signal: AbortSignal, { isIdle = false } = {}): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, Math.min(Math.max(0, ms), LONGEST_MS))
    if (isIdle) timer.unref()
    if (signal.aborted) done()
    else signal.addEventListener('abort', done, { once: true })
  })
}
