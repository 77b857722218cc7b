/** How a batch is told to end: the first signal lets what is under way come to its end, the second one does not. */

import { BY_SIGNAL, type EndingSignal } from '../../core/turn/outcome.ts'

export interface Stopping {
  /** Nothing new is begun. */
  readonly polite: AbortSignal
  /** What is under way is given up. */
  readonly now: AbortSignal
  /** The exit code of the signal that came; null: none did. */
  code(): number | null
  /** Ends it from within: what is under way is given up. */
  halt(): void
  /** The same, but what is under way comes to its end. */
  stop(): void
  close(): void
}

/** @param told called with the first signal */
export function createStopping(told: () => void): Stopping {
  const polite = new AbortController()
  const atOnce = new AbortController()
  let code: number | null = null
  const listeners = Object.entries(BY_SIGNAL).map(([signal, own]) => {
    const listener = () => {
      if (code !== null) return atOnce.abort()
      code = own
      told()
      polite.abort()
    }
    process.on(signal, listener)
    return [signal as EndingSignal, listener] as const
  })
  return {
    ...{ polite: polite.signal, now: atOnce.signal, code: () => code },
    halt() {
      polite.abort()
      atOnce.abort()
    },
    stop: () => polite.abort(),
    close() {
      for (const [signal, listener] of listeners) process.off(signal, listener)
    },
  }
}

/** Waits; sooner when the signal comes. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || ms <= 0) return Promise.resolve()
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
