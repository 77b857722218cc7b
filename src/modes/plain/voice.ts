/**
 * What the plain chat says, and the line on which it waits for somebody. What is said while it waits stands above a new
 * such line: nobody who reads along is left on one that is over.
 */

import { type Remark, remarkRows } from '../../core/text/remark.ts'
import { SPOKEN, YOU } from '../../glass/plain-lines.ts'

export interface PlainVoice {
  say(remark: Remark): void
  /** Waits for the next message; where it does so already, nothing happens. */
  prompt(): void
  /** Waits on a line of its own. */
  wait(line: string): void
  /** A line has come: nobody is waited for any more. */
  heard(): void
  /** Text as it is, such as lines of an answer. */
  write(text: string): void
}

export function plainVoice(stdout: { write(text: string): unknown }, columns: () => number): PlainVoice {
  /** What stands on the line that waits; null: none does. */
  let waiting: string | null = null
  const leave = () => {
    if (waiting !== null) stdout.write('\n')
    waiting = null
  }
  const voice: PlainVoice = {
    say(remark) {
      const before = waiting
      voice.write(`${remarkRows(remark, columns(), SPOKEN).join('\n')}\n`)
      if (before !== null) voice.wait(before)
    },
    prompt() {
      if (waiting !== PROMPT) voice.wait(PROMPT)
    },
    wait(line) {
      leave()
      stdout.write(line)
      waiting = line
    },
    heard() {
      waiting = null
    },
    write(text) {
      leave()
      stdout.write(text)
    },
  }
  return voice
}

const PROMPT = `${YOU} `
