/** How many cells of a terminal a small picture takes, and which of several stand beside each other. */

import type { Attachment } from '../../attachments.ts'
import type { ImageSize } from '../images.ts'

export interface Cells {
  readonly columns: number
  readonly rows: number
}

/** A cell in pixels, until a terminal has told its own: about twice as high as wide. */
export const USUAL_CELL: ImageSize = { width: 10, height: 20 }

/** Rows of a picture at most, and its share of the window's. */
const MOST = { columns: 40, rows: 8, ofWindow: 1 / 3 } as const
/** Less is no picture. */
const LEAST_ROWS = 2
/** Pictures made of one question at most; the others are named. */
const MOST_PICTURES = 4

/** What stands left of a question's text, and free columns between two pictures. */
export const INDENT = 2
const GAP = 1

/** The room for each picture in a window; null: there is none. */
export function roomIn(window: Cells): Cells | null {
  const rows = Math.min(MOST.rows, Math.floor(window.rows * MOST.ofWindow))
  // The last column stays free, as everywhere.
  const columns = Math.min(MOST.columns, window.columns - INDENT - 1)
  return rows < LEAST_ROWS || columns < MOST.rows ? null : { columns, rows }
}

/** The cells of an image that keeps its shape and is never drawn larger than it is. @param cell in pixels */
export function fitted(image: ImageSize, room: Cells, cell: ImageSize): Cells {
  const scale = Math.min(1, (room.columns * cell.width) / image.width, (room.rows * cell.height) / image.height)
  const whole = (px: number, cellPx: number, most: number) =>
    Math.max(1, Math.min(most, Math.round((px * scale) / cellPx)))
  return {
    columns: whole(image.width, cell.width, room.columns),
    rows: whole(image.height, cell.height, room.rows),
  }
}

/** The images among what goes with a question that may be drawn. */
export const picturesIn = (attached: readonly Attachment[]): readonly Attachment[] =>
  attached.filter(({ kind, image }) => kind === 'image' && image !== undefined).slice(0, MOST_PICTURES)

/** As many, in their order, as fit beside each other, each with its first column. */
export function beside<T extends { readonly cells: Cells }>(
  pictures: readonly T[],
  columns: number,
): readonly { readonly picture: T; readonly column: number }[] {
  const placed: { picture: T; column: number }[] = []
  let column = INDENT
  for (const picture of pictures) {
    if (column + picture.cells.columns >= columns) break
    placed.push({ picture, column })
    column += picture.cells.columns + GAP
  }
  return placed
}
