/**
 * Where one visible character ends and the next begins in a text that may be very long. What a grapheme is, is known to
 * `width`; this file only looks no further than it must, so that a key in a huge draft costs as much as in a small one.
 */

import { graphemesOf } from '../text/width.ts'

/** The end of the grapheme that starts at `from`, which must be a boundary itself. */
export function graphemeAfter(text: string, from: number): number {
  if (from >= text.length) return text.length
  if (isSureBoundary(text, from + 1)) return from + 1
  for (let reach = 32; ; reach *= 4) {
    const stretch = text.slice(from, from + reach)
    const length = firstOf(graphemesOf(stretch)).length
    // Whether a boundary holds depends on the one code point after it: that one must be wholly inside the stretch.
    if (length <= stretch.length - 2 || from + reach >= text.length) return from + length
  }
}

/** The start of the grapheme that ends at `from`, which must be a boundary itself. */
export function graphemeBefore(text: string, from: number): number {
  if (from <= 0) return 0
  return lastStart(text, sureBoundaryBefore(text, from), from)
}

/** The nearest boundary at or before any index. */
export function boundaryAtOrBefore(text: string, index: number): number {
  const [start, end] = around(text, index)
  return end === index ? index : start
}

/** The nearest boundary at or after any index. */
export function boundaryAtOrAfter(text: string, index: number): number {
  const [, end] = around(text, index)
  return end
}

/**
 * Whether a boundary is certain from the two neighbours alone. Holds between letters that never join: Latin, Greek,
 * Cyrillic, kana, ideographs, whole Hangul syllables, and around a newline. False means: not certain.
 */
export function isSureBoundary(text: string, index: number): boolean {
  if (index <= 0 || index >= text.length) return true
  const before = text.charCodeAt(index - 1)
  const after = text.charCodeAt(index)
  return before === 10 || after === 10 || (neverJoins(before) && neverJoins(after))
}

function neverJoins(unit: number): boolean {
  if (unit < 0x0300) return unit !== 13
  if (unit < 0x3000) return (unit >= 0x0370 && unit <= 0x0482) || (unit >= 0x048a && unit <= 0x052f)
  return (
    unit <= 0x3029 || // ideographic space and brackets; 0x302A to 0x302F are tone marks
    (unit >= 0x3041 && unit <= 0x3096) || // hiragana without its voicing marks
    (unit >= 0x30a0 && unit <= 0x30ff) || // katakana
    (unit >= 0x3400 && unit <= 0x9fff) || // ideographs
    (unit >= 0xac00 && unit <= 0xd7a3) || // whole Hangul syllables
    (unit >= 0xff01 && unit <= 0xff60) // full-width forms
  )
}

export function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}

/**
 * The grapheme that holds or ends at `index`: [its start, its end]; where `index` is a boundary, the end is `index`.
 */
function around(text: string, index: number): readonly [number, number] {
  if (isSureBoundary(text, index)) return [Math.max(0, index), Math.min(index, text.length)]
  // Cutting a surrogate pair in two would make its first half look like a character of its own.
  const whole = isLowSurrogate(text.charCodeAt(index)) ? index + 1 : index
  const start = lastStart(text, sureBoundaryBefore(text, index), whole)
  return [start, start === index ? index : graphemeAfter(text, start)]
}

function sureBoundaryBefore(text: string, index: number): number {
  let at = index - 1
  while (!isSureBoundary(text, at)) at--
  return at
}

/** The start of the last grapheme in the stretch; its first index must be a boundary. */
function lastStart(text: string, from: number, to: number): number {
  let start = from
  let at = from
  for (const grapheme of graphemesOf(text.slice(from, to))) {
    start = at
    at += grapheme.length
  }
  return start
}

function firstOf(graphemes: Iterable<string>): string {
  for (const grapheme of graphemes) return grapheme
  return ''
}
