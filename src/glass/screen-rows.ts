/**
 * Settled rows as they will stand on the screen. One that is too wide stays one line, which the terminal itself wraps: a
 * selection of it has no break in it, and a new width wraps it anew. Only where terminals may wrap it differently it is
 * cut. How lines are written is the painter's.
 */

import { asLines } from '../core/text/rows.ts'
import { widthOf } from '../core/text/width.ts'
import { foldRow, isHeightCertain } from './fold.ts'
import { isWidthCertain } from './row-diff.ts'
import { closingOf, eachStretch, Styling, textOf } from './styling.ts'

/** A line that the terminal wraps over several rows. */
export interface WrappedLine {
  /** All of it, styles closed. */
  readonly text: string
  readonly height: number
  /** Columns of its last row; null when they fill it, or are uncertain. */
  readonly endCol: number | null
  /** Whether every terminal breaks it in the same places. */
  readonly isCertain: boolean
  /** It goes on with the row above; null when it begins here. */
  readonly after: LineEnd | null
}

/** Where a line that has not ended fills its row: its last sign, which is written once more for the line to go on. */
export interface LineEnd {
  /** Styles closed. */
  readonly sign: string
  readonly col: number
  readonly width: number
}

export class ScreenRows {
  readonly columns: number
  /** One for each row of the screen; of a wrapped line what each of its rows will show. */
  readonly rows: readonly string[]
  /** The wrapped lines by the index of their first row, from the top down. */
  readonly lines: ReadonlyMap<number, WrappedLine>
  /** Where the last line may go on; null when it has ended, or cannot. */
  readonly openEnd: LineEnd | null

  /** @param above where the row above them may go on, if a line does not end there */
  constructor(settled: readonly string[], columns: number, above: LineEnd | null = null) {
    const rows: string[] = []
    const lines = new Map<number, WrappedLine>()
    const texts = asLines(settled).split('\n')
    // What stands behind the last line end is a line that goes on, or nothing.
    const open = texts.pop()!
    if (open !== '') texts.push(open)
    // A line whose text was all there ends without a row.
    const isEnd = above !== null && texts[0] === ''
    for (const [i, text] of (isEnd ? texts.slice(1) : texts).entries()) {
      const pieces = foldRow(text, columns)
      const line = wrappedLine(text, pieces, columns, i === 0 && !isEnd ? above : null)
      if (line) lines.set(rows.length, line)
      for (const piece of pieces) rows.push(piece)
    }
    this.columns = columns
    this.rows = rows
    this.lines = lines
    this.openEnd = open === '' ? null : lineEnd(rows.at(-1)!, open)
  }

  /** What is left when the first rows are there already; of a line that they divide, the rest is a line of its own. */
  without(count: number): ScreenRows {
    if (count === 0) return this
    const left: string[] = []
    for (let i = 0; i < this.rows.length; ) {
      const height = this.lines.get(i)?.height ?? 1
      const rest = this.rows.slice(Math.max(i, count), i + height)
      if (rest.length > 0) left.push(rest.join(''))
      i += height
    }
    return new ScreenRows(left, this.columns)
  }
}

/** The row as a line, or null when it fits; also when terminals may not all make the same rows of it. */
function wrappedLine(
  text: string,
  pieces: readonly string[],
  columns: number,
  above: LineEnd | null,
): WrappedLine | null {
  const height = pieces.length
  if (height === 1 && !above) return null
  const isCertain = isWidthCertain(text)
  const after = above && isCertain && above.col + above.width + widthOf(textOf(text)[0] ?? '') > columns ? above : null
  if (!after && (height === 1 || !isHeightCertain(text, height, columns))) return null
  const width = widthOf(textOf(pieces[height - 1]!))
  const endCol = isCertain && width < columns ? width : null
  return { text: text + closingOf(text), height, endCol, isCertain, after }
}

/** Where a line goes on whose last row this is; null when that is not certain. */
function lineEnd(row: string, line: string): LineEnd | null {
  if (!isWidthCertain(line)) return null
  const styling = new Styling()
  let opening = ''
  let closing = ''
  eachStretch(row, 0, row.length, (stretch, isEscape) => {
    if (isEscape) styling.read(stretch)
    else [opening, closing] = [styling.opening(), styling.closing()]
  })
  const text = textOf(row)
  const sign = text.at(-1) ?? ''
  const width = widthOf(sign)
  return { sign: opening + sign + closing, col: widthOf(text) - width, width }
}
