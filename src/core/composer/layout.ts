/**
 * What of a draft is on the screen: some rows around the caret, and how much lies outside. Colours and the sign before
 * it are drawn elsewhere.
 */

import { type Piece, pieceAfter, pieceAt } from './pieces.ts'
import type { Composer } from './state.ts'
import { colAt, placeOf, type Row, rowsOf, shownRow } from './wrap.ts'

export interface ComposerRows {
  /** Plain text, tabs as spaces, without the prompt sign. At least one row. */
  readonly rows: readonly string[]
  /** What of each row is selected, as indices into it, and null where nothing is; absent without a selection. */
  readonly marks?: readonly (Mark | null)[]
  /** The caret's cell: `row` counts in `rows`, `col` in columns, both from 0; `col` is always less than the width. */
  readonly caret: { readonly row: number; readonly col: number }
  /** Rows scrolled out above and below: exact for some pages of text, estimated from the lengths of lines beyond. */
  readonly above: number
  readonly below: number
}

export type Mark = readonly [start: number, end: number]

/** Text outside the window up to so many UTF-16 units is wrapped to count its rows; longer text is estimated. */
const EXACT_UNITS = 16_384

/**
 * Lays out the rows around the caret, which stands in the middle unless the text's start or end is near. Only these
 * rows are wrapped. A width below 2 columns, where wide characters could not be shown, is taken as 2.
 */
export function layoutComposer(
  composer: Pick<Composer, 'text' | 'cursor'>,
  options: {
    readonly width: number
    readonly maxRows: number
    readonly selection?: { readonly from: number; readonly to: number } | null
  },
): ComposerRows {
  const { text, cursor } = composer
  const width = Math.max(2, options.width)
  const others = Math.max(1, options.maxRows) - 1
  const place = placeOf(text, cursor, width)
  const up = first(others, place.above())
  const down = first(others, place.below())
  const below = Math.min(down.length, others - Math.min(up.length, Math.floor(others / 2)))
  const above = Math.min(up.length, others - below)
  const shown = [...up.slice(0, above).reverse(), place.row, ...down.slice(0, below)]
  const drawn = shown.map((row) => drawnRow(text, row, width, options.selection ?? null))
  return {
    rows: drawn.map(({ row }) => row),
    ...(options.selection ? { marks: drawn.map(({ mark }) => mark) } : {}),
    caret: { row: above, col: place.col },
    above: rowsUntil(text, shown[0]!, width),
    below: rowsFrom(text, shown.at(-1)!, width),
  }
}

/** A selected newline is drawn as a cell behind its line, where there is room for one. */
function drawnRow(
  text: string,
  row: Row,
  width: number,
  selection: { readonly from: number; readonly to: number } | null,
): { readonly row: string; readonly mark: Mark | null } {
  const whole = shownRow(text, row, width)
  const { start, end } = row
  if (!selection || selection.from > end || selection.to <= start) return { row: whole, mark: null }
  const newline = selection.to > end && text[end] === '\n' && colAt(text, row, end, width) < width ? ' ' : ''
  const shown = (index: number) => shownRow(text, { ...row, end: Math.min(end, index) }, width).length
  const from = shown(Math.max(start, selection.from))
  const to = shown(selection.to) + newline.length
  return { row: whole + newline, mark: from < to ? [from, to] : null }
}

function first(most: number, rows: Iterable<Row>): Row[] {
  const taken: Row[] = []
  if (most === 0) return taken
  for (const row of rows) if (taken.push(row) === most) break
  return taken
}

/** Rows before a row. */
function rowsUntil(text: string, row: Row, width: number): number {
  const piece = pieceAt(text, row.start)
  // The caret's own row at the end of a full one starts where its piece ends: all rows of the piece lie above.
  const within = rowsOf(text, piece, width).filter(({ start }) => start < row.start).length
  return within + countRows(text, 0, piece.start, width)
}

/** Rows after a row. */
function rowsFrom(text: string, row: Row, width: number): number {
  if (!row.wraps) return countRows(text, row.end + 1, text.length + 1, width)
  const piece = pieceAt(text, row.end)
  const within = rowsOf(text, piece, width).filter(({ start }) => start >= row.end).length
  return piece.end >= text.length ? within : within + countRows(text, next(text, piece), text.length + 1, width)
}

function next(text: string, piece: Piece): number {
  return pieceAfter(text, piece)?.start ?? text.length
}

/** Rows of the whole pieces from `start` up to `end`, where the next piece would start. */
function countRows(text: string, start: number, end: number, width: number): number {
  if (start >= end) return 0
  return end - start <= EXACT_UNITS ? wrapped(text, start, end, width) : estimated(text, start, end, width)
}

function wrapped(text: string, start: number, end: number, width: number): number {
  let rows = 0
  let piece: Piece | null = pieceAt(text, start)
  while (piece && piece.start < end) {
    rows += rowsOf(text, piece, width).length
    piece = pieceAfter(text, piece)
  }
  return rows
}

/** Takes every UTF-16 unit for one column. */
function estimated(text: string, start: number, end: number, width: number): number {
  let rows = 0
  for (let at = start; at < end; ) {
    const newline = text.indexOf('\n', at)
    const stop = newline < 0 || newline >= end ? Math.min(end, text.length) : newline
    rows += Math.max(1, Math.ceil((stop - at) / width))
    at = stop + 1
  }
  return rows
}
