/**
 * The parts of a large JSON text, found without reading it as a whole: the elements of the list it is, or itself. What
 * is in them is left to `JSON.parse`, one at a time.
 */

/** A stretch of bytes; `end` is exclusive. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN = 0x5b
const CLOSE = 0x5d

const isBlank = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

/** First byte behind white space and a mark of byte order. */
export function firstByte(bytes: Uint8Array): number {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  while (at < bytes.length && isBlank(bytes[at])) at++
  return at
}

/**
 * The elements of a list, or the whole of anything else. What is wrong with the list itself comes as a stretch that is no
 * JSON: an empty one where it is broken off, or what stands behind its end.
 */
export function* elements(bytes: Uint8Array): Generator<Stretch> {
  const first = firstByte(bytes)
  if (bytes[first] !== OPEN) {
    yield { start: first, end: bytes.length }
    return
  }
  let start = first + 1
  let depth = 0
  let isFirst = true
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte === QUOTE) {
      at = endOfString(bytes, at)
    } else if (byte === OPEN || byte === 0x7b) {
      depth++
    } else if (depth === 0 && (byte === COMMA || byte === CLOSE)) {
      // An empty list has no element.
      if (byte === COMMA || !isFirst || !isEmpty(bytes, start, at)) yield { start, end: at }
      isFirst = false
      start = at + 1
      if (byte === CLOSE) {
        if (!isEmpty(bytes, start, bytes.length)) yield { start, end: bytes.length }
        return
      }
    } else if (byte === CLOSE || byte === 0x7d) {
      depth--
    }
  }
  yield { start, end: bytes.length }
  yield { start: bytes.length, end: bytes.length }
}

/** Place of the quotation mark that ends the string, or of the last byte. */
function endOfString(bytes: Uint8Array, from: number): number {
  let at = from + 1
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return Math.min(at, bytes.length - 1)
}

function isEmpty(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!isBlank(bytes[at])) return false
  return true
}

/** Line and column, both from 1, of a place in the bytes. A column counts characters. */
export function placeOf(bytes: Uint8Array, at: number): { readonly line: number; readonly column: number } {
  let line = 1
  let lineStart = 0
  for (let i = 0; i < at && i < bytes.length; i++) {
    if (bytes[i] !== 0x0a) continue
    line++
    lineStart = i + 1
  }
  return { line, column: [...new TextDecoder().decode(bytes.subarray(lineStart, at))].length + 1 }
}
