/**
 * Writes a response: gathers what is said until somebody waits, minds the socket's pace, and can cut through
 * characters.
 */

import type { ServerResponse } from 'node:http'
import { Gone } from './waits.ts'

export interface Pen {
  write(text: string): void
  /** Hands what was written to the socket, and waits while it is full. @throws Gone */
  flush(): Promise<void>
  /** Characters waiting to be flushed. */
  readonly pending: number
}

export function createPen(
  res: ServerResponse,
  options: { readonly signal: AbortSignal; readonly splitUtf8: boolean },
): Pen {
  const { signal, splitUtf8 } = options
  let text = ''
  const send = async (bytes: Uint8Array) => {
    if (signal.aborted) throw new Gone()
    if (!res.write(bytes)) await drained(res, signal)
  }
  return {
    get pending() {
      return text.length
    },
    write(more) {
      text += more
    },
    async flush() {
      if (text === '') return
      const bytes = Buffer.from(text)
      text = ''
      if (!splitUtf8) return send(bytes)
      for (const piece of tear(bytes)) {
        await send(piece)
        await nextTurn()
      }
    },
  }
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

function drained(res: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      signal.removeEventListener('abort', gone)
      resolve()
    }
    const gone = () => {
      res.off('drain', done)
      reject(new Gone())
    }
    if (signal.aborted) return gone()
    signal.addEventListener('abort', gone, { once: true })
    res.once('drain', done)
  })
}

/** Cuts bytes inside every character of more than one byte, and in the middle where there is none. */
export function tear(bytes: Uint8Array): readonly Uint8Array[] {
  const cuts: number[] = []
  for (let i = 1; i < bytes.length; i++) if ((bytes[i]! & 0xc0) === 0x80) cuts.push(i)
  if (cuts.length === 0 && bytes.length > 1) cuts.push(Math.floor(bytes.length / 2))
  return [0, ...cuts].map((start, i) => bytes.subarray(start, cuts[i] ?? bytes.length))
}
