/**
 * Pictures as rows of the transcript, in the ways that terminals draw pixels. Every row is one row of the screen, so the
 * painter counts as always:
 *
 *     kitty, Ghostty   the picture is sent ahead of its first row; its cells are placeholder characters, which move,
 *                      scroll and wrap as text does (Unicode placeholders of the kitty graphics protocol)
 *     iTerm2, sixel    its rows are left blank; the row below them, blank as well, goes back up and draws over them.
 *                      By then they all exist, so nothing scrolls and nothing is written over the picture
 *
 * Escape codes used besides the pictures' own: ESC 7, ESC 8 (keep, restore the cursor), CUU, CHA.
 */

import type { Cells } from '../core/attachments/pictures/fit.ts'

/** Pixels that stand on rows once they are there. */
export interface Drawn {
  readonly cells: Cells
  /** What draws it at the cursor. */
  readonly drawing: string
}

/** Cells of text, a string for each row. */
export interface Written {
  readonly cells: Cells
  readonly rows: readonly string[]
}

/** What a kitty graphics command may carry at a time. */
const CHUNK = 4096

/** Marks that number the rows and columns of a picture, in the protocol's order; as many as there are columns at most. */
const MARKS = [
  0x305, 0x30d, 0x30e, 0x310, 0x312, 0x33d, 0x33e, 0x33f, 0x346, 0x34a, 0x34b, 0x34c, 0x350, 0x351, 0x352, 0x357, 0x35b,
  0x363, 0x364, 0x365, 0x366, 0x367, 0x368, 0x369, 0x36a, 0x36b, 0x36c, 0x36d, 0x36e, 0x36f, 0x483, 0x484, 0x485, 0x486,
  0x487, 0x592, 0x593, 0x594, 0x595, 0x597,
].map((code) => String.fromCharCode(code))

const PLACEHOLDER = '\u{10eeee}'

/** @param id from 1, below 2 ** 24; the terminal forgets an earlier picture of that number */
export function kittyRows(png: Uint8Array, { columns, rows }: Cells, id: number): Written {
  const data = base64(png)
  let sending = ''
  for (let at = 0; at < data.length; at += CHUNK) {
    const more = at + CHUNK < data.length ? 1 : 0
    const what = at === 0 ? `a=T,U=1,q=2,f=100,i=${id},c=${columns},r=${rows},` : 'q=2,'
    sending += `\x1b_G${what}m=${more};${data.slice(at, at + CHUNK)}\x1b\\`
  }
  const colour = `\x1b[38;2;${id >> 16};${(id >> 8) & 255};${id & 255}m`
  const written = Array.from({ length: rows }, (_, row) => {
    const cells = Array.from({ length: columns }, (_, column) => PLACEHOLDER + MARKS[row]! + MARKS[column]!)
    return `${row === 0 ? sending : ''}${colour}${cells.join('')}\x1b[39m`
  })
  return { cells: { columns, rows }, rows: written }
}

export function itermDrawing(file: Uint8Array, { columns, rows }: Cells): string {
  const how = `inline=1;size=${file.length};width=${columns};height=${rows};preserveAspectRatio=1`
  return `\x1b]1337;File=${how}:${base64(file)}\x07`
}

type Placed<T> = readonly { readonly picture: T; readonly column: number }[]

/** Pictures of text beside each other. */
export function writtenStrip(placed: Placed<Written>): readonly string[] {
  return Array.from({ length: heightOf(placed) }, (_, row) => {
    let text = ''
    let at = 0
    for (const { picture, column } of placed) {
      const cells = picture.rows[row]
      if (cells === undefined) continue
      text += ' '.repeat(column - at) + cells
      at = column + picture.cells.columns
    }
    return text
  })
}

/** Blank rows, and one below them that draws on them. */
export function drawnStrip(placed: Placed<Drawn>): readonly string[] {
  const height = heightOf(placed)
  const drawings = placed.map(({ picture, column }) => `\x1b7\x1b[${height}A\x1b[${column + 1}G${picture.drawing}\x1b8`)
  return [...Array<string>(height).fill(''), drawings.join('')]
}

const heightOf = (placed: Placed<{ readonly cells: Cells }>) =>
  Math.max(0, ...placed.map(({ picture }) => picture.cells.rows))

const base64 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
