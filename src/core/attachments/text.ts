/** Text from bytes that say themselves how they are meant, and the part of a text that is sent. */

import type { TextPart } from './prepared.ts'

export interface Decoded {
  readonly text: string
  /** `UTF-8`, `UTF-16`, or the name of the one that was guessed. */
  readonly encoding: string
}

/** @returns null: it is in an older encoding, or no text */
export function decodeUnicode(bytes: Uint8Array): Decoded | null {
  const utf16 = utf16Of(bytes)
  const text = decodedAs(utf16 ?? 'utf-8', bytes)
  if (text === null || text.includes('\0')) return null
  // Bytes of ASCII alone, which switch to Japanese and back.
  const japanese = text.includes('\x1b$') ? decodedAs('iso-2022-jp', bytes) : null
  if (japanese !== null) return { text: japanese, encoding: 'ISO-2022-JP' }
  return { text, encoding: utf16 ? 'UTF-16' : 'UTF-8' }
}

/** Of the zeros in a text of two bytes a character nearly all are on one side. */
const ONE_SIDED = 20
/** Characters of the beginning that tell. */
const BEGINNING = 2_000

/** By its mark, or by where its zeros are. */
function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  const zeros = [0, 0] as [number, number]
  for (let at = 0; at < Math.min(bytes.length, 2 * BEGINNING); at++) if (bytes[at] === 0) zeros[at & 1 ? 1 : 0]++
  if (bytes.length % 2 === 1 || zeros[0] + zeros[1] === 0) return null
  if (zeros[1] > ONE_SIDED * zeros[0]) return 'utf-16le'
  return zeros[0] > ONE_SIDED * zeros[1] ? 'utf-16be' : null
}

/** @param label as the standard of encodings spells it. @returns null: the bytes mean nothing in it, or nobody knows it */
export function decodedAs(label: string, bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** The part of a text, cut between lines where one ends near enough, and what to say about it; null: all of it. */
export function partOf(
  text: string,
  part: TextPart,
  charsPerToken: number,
): { readonly text: string; readonly note: string | null } {
  if (part === 'whole') return { text, note: null }
  const chars = Math.max(1, Math.floor(part.tokens * charsPerToken))
  if (text.length <= chars) return { text, note: null }
  const kept = part.end === 'head' ? head(text, chars) : tail(text, chars)
  const share = Math.round((100 * kept.length) / text.length) || 'less than 1'
  return {
    text: kept,
    note: `cut to its ${part.end}: ${count(kept.length)} of ${count(text.length)} characters, ${share}%`,
  }
}

/** A line that ends in the last quarter of what is kept is where it is cut. */
function head(text: string, chars: number): string {
  const end = text.lastIndexOf('\n', chars - 1) + 1
  return text.slice(0, end > chars * 0.75 ? end : whole(text, chars))
}

function tail(text: string, chars: number): string {
  const from = text.length - chars
  const start = text.indexOf('\n', from - 1) + 1
  return text.slice(start > 0 && start - from < chars * 0.25 ? start : whole(text, from))
}

/** The same place, or the one before it when it is within a character of two halves. */
function whole(text: string, at: number): number {
  return /[\udc00-\udfff]/.test(text[at] ?? '') && /[\ud800-\udbff]/.test(text[at - 1] ?? '') ? at - 1 : at
}

const count = (n: number) => n.toLocaleString('en-US')
