/**
 * One row of the screen: the cheapest text that turns what stands there into what should stand there.
 * Knows columns and styles within a row; where the row is on the screen is the painter's business.
 */

import { widthOf } from '../core/text/width.ts'
import { eachStretch, escapeEnd, Styling } from './styling.ts'

const ERASE_TO_END = '\x1b[K'

/**
 * Characters that every terminal draws with the width we expect, each one UTF-16 unit long: ASCII, Latin, Greek,
 * Cyrillic, common punctuation, currency, plain arrows, mathematics, box drawing, blocks, the signs a status bar uses,
 * Braille (spinners), kana, CJK and hangul. Left out on purpose: everything with an emoji form, combining marks,
 * joiners, right-to-left scripts. A terminal set to draw ambiguous signs wide breaks wrapping long before it breaks this.
 */
const CERTAIN =
  ' -~\\u00a1-\\u00a8\\u00aa-\\u00ac\\u00af-\\u02ff\\u0370-\\u0373\\u0376\\u0377\\u037b-\\u037f\\u0384-\\u038a\\u038e-\\u03a1\\u03a3-\\u0482\\u048a-\\u052f' +
  '\\u2010-\\u2027\\u2030-\\u203b\\u20a0-\\u20bf\\u2190-\\u2193\\u2200-\\u22ff\\u2500-\\u259f\\u25a0-\\u25a9\\u25ac-\\u25b5\\u25b7-\\u25bf' +
  '\\u25c1-\\u25fa\\u2713\\u2717\\u2718\\u2800-\\u28ff\\u3001-\\u3029\\u3041-\\u3096\\u30a0-\\u30ff\\u4e00-\\u9fff\\uac00-\\ud7a3\\uff01-\\uff60'
const SEQUENCE = '\\x1b\\[[\\d;:]*m|\\x1b\\]8;[^\\x07\\x1b]*(?:\\x07|\\x1b\\\\)'
const CERTAIN_ROW = new RegExp(`^(?:[${CERTAIN}]|${SEQUENCE})*$`)
/** All of it but the last sign, with which an uncertain one may join. */
const CERTAIN_START = new RegExp(`^(?:[${CERTAIN}]|${SEQUENCE})*(?=[${CERTAIN}])`)

/** Nothing but characters of one column and no style. */
const PLAIN_ROW = /^[ -~]*$/

/** Whether the columns of this styled row are the same in every terminal. */
export function isWidthCertain(row: string): boolean {
  return CERTAIN_ROW.test(row)
}

export interface RowPatch {
  /** Column, from 0, where `text` has to be written. */
  readonly col: number
  readonly text: string
  /** Column of the cursor afterwards; null when it cannot be known (a full row, or signs of uncertain width). */
  readonly endCol: number | null
}

/** Reads a part of a row: the styles it switches go into `styling`, its columns are returned. */
function read(row: string, from: number, to: number, styling: Styling): number {
  let columns = 0
  eachStretch(row, from, to, (stretch, isEscape) => {
    if (isEscape) styling.read(stretch)
    else columns += widthOf(stretch)
  })
  return columns
}

/** The escape sequence that a place lies within, as [start, end]; null when the place lies between sequences. */
function sequenceAround(row: string, place: number): readonly [number, number] | null {
  let start = row.indexOf('\x1b')
  while (start !== -1 && start < place) {
    const end = escapeEnd(row, start)
    if (end > place) return [start, end]
    start = row.indexOf('\x1b', end)
  }
  return null
}

function commonStart(a: string, b: string): number {
  const most = Math.min(a.length, b.length)
  let i = 0
  while (i < most && a.charCodeAt(i) === b.charCodeAt(i)) i++
  return sequenceAround(b, i)?.[0] ?? i
}

function commonEnd(a: string, b: string, start: number): number {
  const most = Math.min(a.length, b.length) - start
  let length = 0
  while (length < most && a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length)) length++
  for (;;) {
    const split = sequenceAround(a, a.length - length) ?? sequenceAround(b, b.length - length)
    if (!split) return length
    const row = sequenceAround(a, a.length - length) ? a : b
    length = row.length - split[1]
  }
}

/** What a row's whole text ends with: its styles closed. */
function closed(row: string): { readonly text: string; readonly width: number } {
  const styling = new Styling()
  const width = read(row, 0, row.length, styling)
  return { text: row + styling.closing(), width }
}

/** Writing a whole row over an empty one. */
export function freshRow(row: string, columns: number): RowPatch {
  const { text, width } = closed(row)
  return { col: 0, text, endCol: width < columns && isWidthCertain(row) ? width : null }
}

/**
 * The patch that turns `before` into `after` on a screen of so many columns; null when there is nothing to do.
 * Both rows are at most `columns` wide. A row is entered in the middle only as far as its width is certain; the rest of
 * it is erased before it is written, because erasing behind a full row would take its last cell (the wrap is pending).
 */
export function patchRow(before: string, after: string, columns: number): RowPatch | null {
  if (before === after) return null
  if (before === '') return freshRow(after, columns)
  // A text that grows: nearly every frame of an answer.
  if (after.startsWith(before) && PLAIN_ROW.test(after))
    return { col: before.length, text: after.slice(before.length), endCol: endCol(after.length, columns) }
  if (!isWidthCertain(before) || !isWidthCertain(after)) return patchUncertain(before, after)
  const start = commonStart(before, after)
  const styling = new Styling()
  const col = read(after, 0, start, styling)
  const opening = styling.opening()

  const end = commonEnd(before, after, start)
  const stylingBefore = styling.copy()
  const widthBefore = read(before, start, before.length - end, stylingBefore)
  const middleEnd = after.length - end
  const widthAfter = read(after, start, middleEnd, styling)
  if (end > 0 && widthBefore === widthAfter && styling.equals(stylingBefore))
    return {
      col,
      text: opening + after.slice(start, middleEnd) + styling.closing(),
      endCol: endCol(col + widthAfter, columns),
    }

  const restBefore = widthBefore + read(before, before.length - end, before.length, stylingBefore)
  const restAfter = widthAfter + read(after, middleEnd, after.length, styling)
  const text = opening + after.slice(start) + styling.closing() + (restAfter < restBefore ? ERASE_TO_END : '')
  return { col, text, endCol: endCol(col + restAfter, columns) }
}

/** Rewrites a row from where the two differ, or already from the first sign that a terminal may draw wider or narrower. */
function patchUncertain(before: string, after: string): RowPatch {
  const [one, other] = [before, after].map((row) => CERTAIN_START.exec(row)?.[0] ?? '')
  const start = commonStart(one!, other!)
  const styling = new Styling()
  const col = read(after, 0, start, styling)
  const opening = styling.opening()
  read(after, start, after.length, styling)
  return { col, text: ERASE_TO_END + opening + after.slice(start) + styling.closing(), endCol: null }
}

function endCol(col: number, columns: number): number | null {
  return col < columns ? col : null
}
