/** A signal ends a bench politely: what is measured is told. A second one ends it at once. */

import { BY_SIGNAL } from '../../core/turn/outcome.ts'
import { leave } from '../../io/process/leave.ts'

export interface Signalled {
  readonly signal: AbortSignal
  /** The exit code of what came; null: nothing did. */
  code(): number | null
  done(): void
}

export function untilSignalled(): Signalled {
  const stop = new AbortController()
  let came: number | null = null
  const heard = Object.entries(BY_SIGNAL).map(([name, code]) => {
    const listener = () => {
      if (came !== null) leave(code)
      came = code
      stop.abort()
    }
    process.on(name, listener)
    return () => process.off(name, listener)
  })
  return {
    signal: stop.signal,
    code: () => came,
    done() {
      for (const deaf of heard) deaf()
    },
  }
}
