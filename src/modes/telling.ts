/** What a batch or a bench says while it runs: one line that is written over on a terminal, a line now and then in a pipe. */

import { sanitise } from '../core/text/sanitise.ts'
import { wrapText } from '../core/text/wrap.ts'

export interface Telling {
  /** A sentence that stays. */
  note(line: string): void
  /** How far it has come; written when it is time. */
  progress(line: () => string): void
  /** Takes the line away. */
  close(): void
}

/** Between two lines, in ms: on a terminal the eye follows, a pipe is a log. */
const ON_TERMINAL_MS = 200
const IN_PIPE_MS = 10_000

export function createTelling(stderr: NodeJS.WriteStream, quiet: boolean, now: () => number): Telling {
  const isTerminal = Boolean(stderr.isTTY) && process.env.TERM !== 'dumb'
  const everyMs = isTerminal ? ON_TERMINAL_MS : IN_PIPE_MS
  let writtenAt = now()
  let isShown = false
  const clear = () => {
    // Back to the first column, and empty to its end (ECMA-48: CR, EL).
    if (isShown) stderr.write('\r\u001b[K')
    isShown = false
  }
  return {
    note(line) {
      if (quiet) return
      clear()
      const columns = isTerminal ? stderr.columns || 80 : null
      const safe = sanitise(line)
      stderr.write(`${columns === null ? safe : wrapText(safe, columns, columns).join('\n')}\n`)
    },
    progress(line) {
      if (quiet || now() - writtenAt < everyMs) return
      writtenAt = now()
      if (!isTerminal) return void stderr.write(`${line()}\n`)
      clear()
      stderr.write(line().slice(0, Math.max(1, (stderr.columns || 80) - 1)))
      isShown = true
    },
    close: clear,
  }
}
