/**
 * A draft cut into pieces that can be wrapped on their own: its lines, and stretches of very long lines. Each is found
 * from any index without looking at the rest, so that a caret in the middle of a megabyte costs a few kilobytes.
 */

import { isLowSurrogate, isSureBoundary } from './graphemes.ts'
import { lineEnd, lineStart } from './word-ends.ts'

/** From `start` to `end` in UTF-16 units, a newline at the end not included. */
export interface Piece {
  readonly start: number
  readonly end: number
}

/**
 * Longer lines are cut about every so many UTF-16 units: some fifty rows, so the odd short row there is seldom seen.
 */
export const PIECE_UNITS = 4096

/** A cut is put at the best place this near. */
const NEAR_UNITS = 256

/** The piece an index is in. Between two pieces of one line it is in the second. */
export function pieceAt(text: string, index: number): Piece {
  const start = lineStart(text, index)
  const end = lineEnd(text, index)
  if (end - start <= PIECE_UNITS) return { start, end }
  const cut = (nth: number) => cutOf(text, start, end, nth)
  const nth = Math.floor((Math.min(index, end - 1) - start) / PIECE_UNITS)
  // The cut after `nth` may lie up to NEAR_UNITS before its place, and so before the index.
  return index >= cut(nth + 1) && cut(nth + 1) < end
    ? { start: cut(nth + 1), end: cut(nth + 2) }
    : { start: cut(nth), end: cut(nth + 1) }
}

export function pieceBefore(text: string, piece: Piece): Piece | null {
  return piece.start === 0 ? null : pieceAt(text, piece.start - 1)
}

export function pieceAfter(text: string, piece: Piece): Piece | null {
  if (piece.end >= text.length) return null
  return pieceAt(text, text[piece.end] === '\n' ? piece.end + 1 : piece.end)
}

/** Whether a piece ends where its line goes on. */
export function goesOn(text: string, piece: Piece): boolean {
  return piece.end < text.length && text[piece.end] !== '\n'
}

/**
 * Where the line's nth cut lies: after white space if there is some near, else between two graphemes. Grows with
 * `nth`.
 */
function cutOf(text: string, start: number, end: number, nth: number): number {
  const place = start + nth * PIECE_UNITS
  if (nth === 0 || place >= end) return Math.min(place, end)
  const near = (fits: (at: number) => boolean) => {
    for (let at = place; at > place - NEAR_UNITS; at--) if (fits(at)) return at
    return null
  }
  return (
    near((at) => (text[at - 1] === ' ' || text[at - 1] === '\t') && mayCut(text, at)) ??
    near((at) => isSureBoundary(text, at)) ??
    near((at) => mayCut(text, at)) ??
    place
  )
}

/**
 * Whether a cut hardly splits a grapheme. Being certain could mean reading the line from its start; the price of being
 * wrong, in hundreds of marks or flags in a row, is one grapheme drawn as two.
 */
function mayCut(text: string, at: number): boolean {
  if (isLowSurrogate(text.charCodeAt(at)) || text[at - 1] === '\u200d') return false
  const next = String.fromCodePoint(text.codePointAt(at)!)
  return !/^(?:\p{M}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u200d|[\u1160-\u11ff\u{e0020}-\u{e007f}])/u.test(next)
}
