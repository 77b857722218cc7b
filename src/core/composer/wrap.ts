/**
 * Breaks one piece of a draft into rows of the screen, and measures along a row. How wide a character is, `width`
 * knows.
 */

import { graphemesOf, widthOf } from '../text/width.ts'
import { goesOn, type Piece, pieceAfter, pieceAt, pieceBefore } from './pieces.ts'

/** One row of the screen: a stretch of the text in UTF-16 units. */
export interface Row {
  readonly start: number
  readonly end: number
  /** Whether the row's end is the start of the next one: the line goes on. */
  readonly wraps: boolean
}

/** Tabs reach to the next multiple of this column. */
const TAB_COLS = 4

/**
 * East Asian scripts and emoji begin here (Hangul Jamo). Two columns below it are a cluster within a word, in Hindi
 * for example.
 */
const WIDE_FROM = 0x1100

/**
 * The rows of a piece, at least one. Rows break beside white space or wide characters where they can, inside a word
 * where it is longer than a row, inside a grapheme only where it alone is wider than a row. White space takes its
 * room like any other character, so a row may begin with it.
 */
export function rowsOf(text: string, piece: Piece, width: number): readonly Row[] {
  const rows: Row[] = []
  let start = piece.start
  let at = piece.start
  let col = 0
  let breakAt = piece.start
  let breakCol = 0
  let wideBefore = false
  for (const grapheme of graphemesIn(text.slice(piece.start, piece.end), width)) {
    const blank = grapheme === ' ' || grapheme === '\t'
    let cols = colsOf(grapheme, col, width)
    const wide = cols > 1 && !blank && grapheme.charCodeAt(0) >= WIDE_FROM
    if (blank || wide || wideBefore) {
      breakAt = at
      breakCol = col
    }
    while (col + cols > width && at > start) {
      const cut = breakAt > start ? breakAt : at
      rows.push({ start, end: cut, wraps: true })
      col = breakAt > start ? col - breakCol : 0
      start = cut
      cols = colsOf(grapheme, col, width)
    }
    at += grapheme.length
    col += cols
    if (blank) {
      breakAt = at
      breakCol = col
    }
    wideBefore = wide
  }
  rows.push({ start, end: piece.end, wraps: goesOn(text, piece) })
  return rows
}

/** A row as it is shown: tabs as spaces. */
export function shownRow(text: string, row: Row, width: number): string {
  const stretch = text.slice(row.start, row.end)
  if (!stretch.includes('\t')) return stretch
  let shown = ''
  let col = 0
  for (const grapheme of graphemesIn(stretch, width)) {
    const cols = colsOf(grapheme, col, width)
    shown += grapheme === '\t' ? ' '.repeat(cols) : grapheme
    col += cols
  }
  return shown
}

/** The column of an index within a row; `width` itself at the end of a full row. */
export function colAt(text: string, row: Row, index: number, width: number): number {
  let col = 0
  for (const grapheme of graphemesIn(text.slice(row.start, index), width)) col += colsOf(grapheme, col, width)
  return col
}

/** The index in a row that stands at a column, or as near before it as there is one. */
export function indexAt(text: string, row: Row, goal: number, width: number): number {
  let col = 0
  let at = row.start
  for (const grapheme of graphemesIn(text.slice(row.start, row.end), width)) {
    col += colsOf(grapheme, col, width)
    // The end of a row that wraps is the start of the next one, and shown there.
    if (col > goal || (row.wraps && at + grapheme.length >= row.end)) break
    at += grapheme.length
  }
  return at
}

/** Up from a piece: the rows of those before it, the nearest first. */
export function* rowsBefore(text: string, piece: Piece, width: number): Generator<Row> {
  for (let near = pieceBefore(text, piece); near; near = pieceBefore(text, near)) {
    yield* rowsOf(text, near, width).toReversed()
  }
}

/** Down from a piece: the rows of those after it. */
function* rowsAfter(text: string, piece: Piece, width: number): Generator<Row> {
  for (let near = pieceAfter(text, piece); near; near = pieceAfter(text, near)) yield* rowsOf(text, near, width)
}

/** Where the caret is shown: its row and column, and the rows around it. */
export interface Place {
  readonly row: Row
  readonly col: number
  above(): Generator<Row>
  below(): Generator<Row>
}

/**
 * At the end of a full row the caret has no cell left: it stands on a row of its own below, empty until it is typed
 * in.
 */
export function placeOf(text: string, cursor: number, width: number): Place {
  const piece = pieceAt(text, cursor)
  const rows = rowsOf(text, piece, width)
  const nth = rows.findLastIndex(({ start }) => start <= cursor)
  const col = colAt(text, rows[nth]!, cursor, width)
  // Before a mark without a base, which takes no room, a full row has not come to its end.
  const full = col >= width && cursor >= rows[nth]!.end
  const next = full ? nth + 1 : nth
  return {
    row: rows[next] ?? { start: cursor, end: cursor, wraps: false },
    col: full ? 0 : Math.min(col, width - 1),
    *above() {
      yield* rows.slice(0, next).toReversed()
      yield* rowsBefore(text, piece, width)
    },
    *below() {
      yield* rows.slice(next + 1)
      yield* rowsAfter(text, piece, width)
    },
  }
}

/**
 * Columns of a grapheme that begins at a column. A tab never reaches past the row: what is left of it is all it takes.
 */
function colsOf(grapheme: string, col: number, width: number): number {
  if (grapheme === '\t') return Math.max(1, Math.min(TAB_COLS - (col % TAB_COLS), width - col))
  return grapheme.length === 1 && isAscii(grapheme) ? 1 : widthOf(grapheme)
}

/**
 * Graphemes, but for one wider than a row (conjuncts of Indic scripts have no longest form): that comes as code
 * points.
 */
function graphemesIn(text: string, width: number): Iterable<string> {
  if (isAscii(text)) return text
  const graphemes = graphemesOf(text)
  const tooWide = (grapheme: string) => grapheme.length * 2 > width && widthOf(grapheme) > width
  return graphemes.some(tooWide)
    ? graphemes.flatMap((grapheme) => (tooWide(grapheme) ? [...grapheme] : grapheme))
    : graphemes
}

function isAscii(text: string): boolean {
  return /^[\t\x20-\x7e]*$/.test(text)
}
