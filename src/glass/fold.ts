/**
 * Rows that do not fit: the last guard before the screen. Wrapping text beautifully is done long before, in core;
 * this only makes sure that no row ever wraps by itself, which would put every later row in the wrong place.
 */

import { styledWidthOf, widthOf } from '../core/width.ts'
import { eachStretch, Styling } from './styling.ts'

let segmenter: Intl.Segmenter | undefined

/** The row cut into pieces of at most `columns` columns, styles closed and reopened; usually the row alone. */
export function foldRow(row: string, columns: number): readonly string[] {
  // Nothing takes more than two columns per UTF-16 unit, so short rows need no measuring.
  if (row.length * 2 <= columns || styledWidthOf(row) <= columns) return [row]
  segmenter ??= new Intl.Segmenter()
  const graphemes = segmenter
  const styling = new Styling()
  const pieces: string[] = []
  let piece = ''
  let width = 0
  eachStretch(row, 0, row.length, (stretch, isEscape) => {
    if (isEscape) {
      styling.read(stretch)
      piece += stretch
      return
    }
    for (const { segment } of graphemes.segment(stretch)) {
      const more = widthOf(segment)
      if (width + more > columns && width > 0) {
        pieces.push(piece + styling.closing())
        piece = styling.opening()
        width = 0
      }
      piece += segment
      width += more
    }
  })
  pieces.push(piece)
  return pieces
}
