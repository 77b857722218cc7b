/**
 * Waiting for one response: by its own clock, which runs `speed` times as fast as the wall's, and which ends with the
 * client. Pings come due while it waits; who sends them is told from outside.
 */

/** Thrown out of a wait when the client has gone: nothing is left to say, and to nobody. */
export class Gone extends Error {}

export interface Waits {
  /** Milliseconds of this response's own clock, from 0. */
  now(): number
  /**
   * @param options exact: not a timer's slop late, at the price of some CPU
   * @throws Gone
   */
  until(time: number, options?: { readonly pings?: boolean; readonly exact?: boolean }): Promise<void>
}

/** Longest wait a timer of Node takes. */
const LONGEST_TIMER_MS = 2 ** 31 - 1
/** Timers fire by whole milliseconds, and late: an exact wait leaves the last few to turns of the event loop. */
const TIMER_SLOP_MS = 2.5

export interface WaitOptions {
  /** Infinity: time passes at once. */
  readonly speed: number
  /** Aborted when the client goes. */
  readonly signal: AbortSignal
  readonly pingEveryMs: number
  /** Called before each real wait, so that nothing written lies about; and for each ping that is due. */
  flush(): Promise<void>
  ping(): void
}

export function createWaits({ speed, signal, pingEveryMs, flush, ping }: WaitOptions): Waits {
  const start = performance.now()
  let skipped = 0
  let nextPing = pingEveryMs
  const now = () => (speed === Number.POSITIVE_INFINITY ? skipped : (performance.now() - start) * speed)

  const pass = async (time: number, exact = false) => {
    if (speed === Number.POSITIVE_INFINITY && time !== Number.POSITIVE_INFINITY) {
      skipped = Math.max(skipped, time)
      return
    }
    await flush()
    while (now() < time) {
      const rest = time === Number.POSITIVE_INFINITY ? LONGEST_TIMER_MS : (time - now()) / speed
      if (!exact) await sleep(Math.min(rest, LONGEST_TIMER_MS), signal)
      else if (rest > TIMER_SLOP_MS + 1) await sleep(Math.min(rest - TIMER_SLOP_MS, LONGEST_TIMER_MS), signal)
      else await turn(signal)
    }
  }

  return {
    now,
    async until(time, { pings = true, exact = false } = {}) {
      if (signal.aborted) throw new Gone()
      // Time that passed outside of waits (a request held by hand) is not made up for with a volley of pings.
      nextPing = Math.max(nextPing, now())
      // At infinite speed a wait for ever has infinitely many pings; it gets none.
      const endless = time === Number.POSITIVE_INFINITY && speed === Number.POSITIVE_INFINITY
      while (pings && !endless && nextPing < time) {
        await pass(nextPing)
        ping()
        nextPing += pingEveryMs
      }
      await pass(time, exact)
      if (!pings) nextPing = Math.max(nextPing, now() + pingEveryMs)
    },
  }
}

/** One turn of the event loop. @throws Gone */
async function turn(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  if (signal.aborted) throw new Gone()
}

/** Waits by the wall's clock. @throws Gone */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = () => {
      clearTimeout(timer)
      reject(new Gone())
    }
    const timer = setTimeout(
      () => {
        signal.removeEventListener('abort', gone)
        resolve()
      },
      Math.max(1, ms),
    )
    if (signal.aborted) gone()
    else signal.addEventListener('abort', gone, { once: true })
  })
}
