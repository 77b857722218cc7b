/** Which of the older encodings a text is in, that says nowhere which. */

import { analyse } from 'chardet'
import { type Decoded, decodedAs } from '../../core/attachments/text.ts'

/** Bytes that tell enough. */
const SAMPLE = 200_000
/** What no text holds, and places where a letter of another encoding would stand. */
const ODD = /[\0-\x06\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]/

/** Encodings of two bytes a character, and what the library says of bytes that merely could be in them, of 100. */
const WIDE = new Set(['Shift_JIS', 'EUC-JP', 'EUC-KR', 'GB18030', 'Big5'])
const CHANCE = 10
/** Letters in the place of rules and boxes, which no running text holds. */
const WIDER: Readonly<Record<string, string>> = { 'KOI8-R': 'KOI8-U' }
/**
 * Of the characters beyond ASCII so many may be damaged. In text of another encoding far more are none in UTF-8: half-width
 * Japanese comes nearest, with three of four.
 */
const MOST_DAMAGED = 0.25

/** @returns null: it means nothing in any of those that may be meant */
export function guessed(bytes: Uint8Array): Decoded | null {
  const known = damaged(bytes)
  if (known !== null) return { text: known, encoding: 'damaged UTF-8' }
  const found = analyse(telling(bytes)).filter(({ name, confidence }) => confidence > (WIDE.has(name) ? CHANCE : 0))
  // A word or two tell nothing: most such are western.
  for (const name of [...found.map((one) => WIDER[one.name] ?? one.name), 'windows-1252']) {
    const text = name === 'UTF-8' ? null : decodedAs(name, bytes)
    if (text !== null && !ODD.test(text)) return { text, encoding: name }
  }
  return null
}

/** The lines that leave ASCII: among many others of plain code, a few comments would look like English. */
function telling(bytes: Uint8Array): Uint8Array {
  const lines: Uint8Array[] = []
  let length = 0
  for (let from = 0; from < bytes.length && length < SAMPLE; ) {
    const end = bytes.indexOf(0x0a, from)
    const line = bytes.subarray(from, Math.min(end < 0 ? bytes.length : end + 1, from + SAMPLE))
    if (line.some((byte) => byte >= 0x80)) {
      lines.push(line)
      length += line.length
    }
    from += line.length
  }
  return Buffer.concat(lines)
}

/** UTF-8 but for a byte here and there, which reads as `\ufffd`. */
function damaged(bytes: Uint8Array): string | null {
  // A character that is cut off at the end is no damage, and no sign of it either: held back here, as a stream's is.
  const beyond = new TextDecoder().decode(bytes, { stream: true }).match(/[^\0-\x7f]/gu) ?? []
  const broken = beyond.filter((char) => char === '\ufffd').length
  return beyond.length > 0 && broken <= MOST_DAMAGED * beyond.length ? new TextDecoder().decode(bytes) : null
}
