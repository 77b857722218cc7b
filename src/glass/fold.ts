/**
 * Rows that do not fit. Cutting one into pieces is the last guard before the screen: a row that wrapped unforeseen would
 * put every later row in the wrong place. Wrapping text beautifully is done long before, in core.
 */

import { graphemesOf, roomOf } from '../core/text/width.ts'
import { cutSlices } from '../core/text/wrap.ts'
import { isWidthCertain } from './row-diff.ts'
import { eachStretch, Styling, textOf } from './styling.ts'

/** The row cut into pieces of at most `columns` columns, styles closed and reopened; usually the row alone. */
export function foldRow(row: string, columns: number): readonly string[] {
  // Nothing takes more than two columns per UTF-16 unit, so short rows need no measuring.
  if (row.length * 2 <= columns) return [row]
  const text = textOf(row)
  if (roomOf(text) <= columns) return [row]
  const cuts = cutSlices(text, columns).map(({ start }) => start)
  const styling = new Styling()
  const pieces: string[] = []
  let piece = ''
  let at = 0
  eachStretch(row, 0, row.length, (stretch, isEscape) => {
    if (isEscape) {
      styling.read(stretch)
      piece += stretch
      return
    }
    let from = 0
    for (;;) {
      const cut = (cuts[pieces.length + 1] ?? Number.POSITIVE_INFINITY) - at
      if (cut >= stretch.length) break
      pieces.push(piece + stretch.slice(from, cut) + styling.closing())
      piece = styling.opening()
      from = cut
    }
    piece += stretch.slice(from)
    at += stretch.length
  })
  pieces.push(piece + styling.closing())
  return pieces
}

/**
 * Whether every terminal that wraps this row itself makes `height` rows of it, as folding does. A sign of uncertain width
 * may take nothing, or two columns for each of its characters: it must not matter which.
 */
export function isHeightCertain(row: string, height: number, columns: number): boolean {
  const text = textOf(row)
  if (isWidthCertain(text)) return true
  const signs = graphemesOf(text)
  const least = signs.map((sign) => (isWidthCertain(sign) ? sign : ''))
  const most = signs.map((sign) => (isWidthCertain(sign) ? sign : '漢'.repeat([...sign].length)))
  return [least, most].every((drawn) => cutSlices(drawn.join(''), columns).length === height)
}
