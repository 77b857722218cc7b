/** A text, line by line, without ever holding more than one line of it. */

import { createReadStream } from 'node:fs'
import { MAX_BODY_BYTES } from '../../core/window/context.ts'

export interface Line {
  readonly text: string
  /** From 1. */
  readonly line: number
  /** Where it begins in the file, in bytes. */
  readonly at: number
  /** Whether a line end follows it. */
  readonly isEnded: boolean
}

/** A line that cannot be read as text, or is longer than any request may be. */
export class BadLine extends Error {
  readonly line: number

  constructor(line: number, why: string) {
    super(why)
    this.line = line
  }
}

const LF = 10
const BOM = '\ufeff'

/** @throws BadLine, or the system's error */
export const linesOf = (path: string): AsyncGenerator<Line> =>
  linesIn(createReadStream(path, { highWaterMark: 256 * 1024 }))

/** The same of bytes as they come. @throws BadLine, or what their source throws */
export async function* linesIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let parts: Uint8Array[] = []
  let held = 0
  let line = 0
  let at = 0
  const take = (isEnded: boolean): Line => {
    const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts)
    const begin = at
    line++
    at += bytes.length + (isEnded ? 1 : 0)
    parts = []
    held = 0
    let text: string
    try {
      text = decoder.decode(bytes).replace(/\r$/, '')
    } catch {
      throw new BadLine(line, 'it is not UTF-8 text')
    }
    return { text: line === 1 && text.startsWith(BOM) ? text.slice(1) : text, line, at: begin, isEnded }
  }
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      parts.push(chunk.subarray(from, end))
      yield take(true)
      from = end + 1
    }
    if (from === chunk.length) continue
    parts.push(chunk.subarray(from))
    held += chunk.length - from
    if (held > MAX_BODY_BYTES) throw new BadLine(line + 1, 'it is longer than 32 MB, more than a request carries')
  }
  if (held > 0) yield take(false)
}
