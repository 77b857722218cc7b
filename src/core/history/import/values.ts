/** JSON in a file and where it stands there: a value in a stretch of bytes, lines, and places in words. */

import { type Problem, quote } from '../../problem.ts'
import { Unreadable } from './arrival.ts'
import { firstByte, placeOf } from './elements.ts'
import { jsonFlaw } from './json-flaw.ts'

/** JSON from a stretch of the bytes. @throws Unreadable */
export function valueIn(bytes: Uint8Array, start: number, end: number, name: string): unknown {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(start, end))
  try {
    return JSON.parse(text)
  } catch {
    const { at, expected } = jsonFlaw(text) ?? { at: 0, expected: 'a value' }
    const { line, column } = placeOf(bytes, start + new TextEncoder().encode(text.slice(0, at)).length)
    const char = text.codePointAt(at)
    const came = char === undefined ? 'the end' : quote(String.fromCodePoint(char))
    throw new Unreadable({ where: `${name}, line ${line}, column ${column}`, expected, came, wayOut: '' })
  }
}

/** White space from here on, in bytes. */
export function blanksAt(bytes: Uint8Array, start: number): number {
  let at = start
  while (at < bytes.length && bytes[at]! <= 0x20) at++
  return at - start
}

const NEWLINE = 0x0a

/** The lines that hold something: their number, and where they are. */
export function* linesOf(
  bytes: Uint8Array,
): Generator<{ readonly number: number; readonly start: number; readonly end: number }> {
  let number = 0
  for (let start = firstByte(bytes) > 0 && bytes[0] === 0xef ? 3 : 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline < 0 ? bytes.length : newline
    number++
    if (blanksAt(bytes.subarray(0, end), start) < end - start) yield { number, start, end }
    start = end + 1
  }
}

/** A problem whose place is inside another one. */
export const within = (outer: string, problem: Problem): Problem => ({
  ...problem,
  where: problem.where === '' ? outer : `${outer}, ${problem.where}`,
})

/** What people know it by, with a blank before it; empty: nothing. */
export function titleIn(value: unknown): string {
  const { title, name = title } = (value ?? {}) as { readonly title?: unknown; readonly name?: unknown }
  return typeof name === 'string' && name !== '' ? ` ${quote(name)}` : ''
}
