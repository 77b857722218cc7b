/** Small pictures of images, for the terminal: pixels for its blocks, a PNG, or sixel. */

import type { ImageSize } from '../../core/attachments/images.ts'
import type { PixelGrid } from '../../core/attachments/pictures/blocks.ts'
import type { Cells } from '../../core/attachments/pictures/fit.ts'
import { sixel, sixelHeight } from '../../core/attachments/pictures/sixel.ts'
import { loadSharp } from './sharp.ts'

/** Colours of a picture: what terminals with sixel have at least. */
const COLOURS = 256

/** As many pixels as blocks have. @throws Error when it cannot be read */
export async function gridOf(bytes: Uint8Array, { columns, rows }: Cells): Promise<PixelGrid> {
  const [width, height] = [columns, rows * 2]
  return { data: await pixels(bytes, { width, height }), width, height }
}

/** @param cell in pixels @throws Error when it cannot be read */
export async function pngOf(bytes: Uint8Array, cells: Cells, cell: ImageSize): Promise<Uint8Array> {
  const small = await scaled(bytes, { width: cells.columns * cell.width, height: cells.rows * cell.height })
  return small.png({ palette: true, colours: COLOURS }).toBuffer()
}

/** @param cell in pixels @throws Error when it cannot be read */
export async function sixelOf(bytes: Uint8Array, cells: Cells, cell: ImageSize): Promise<string> {
  // What goes beyond the picture's last row would be drawn on the next.
  const size = { width: cells.columns * cell.width, height: sixelHeight(cells.rows * cell.height) }
  // The image library chooses its colours.
  const png = await (await scaled(bytes, size)).png({ palette: true, colours: COLOURS }).toBuffer()
  return sixel({ data: await pixels(png, size), ...size })
}

async function scaled(bytes: Uint8Array, { width, height }: ImageSize) {
  const open = await loadSharp()
  return open(bytes, { failOn: 'error' }).resize(width, height, { fit: 'fill' }).toColourspace('srgb')
}

async function pixels(bytes: Uint8Array, size: ImageSize): Promise<Uint8Array> {
  const image = await scaled(bytes, size)
  return image.ensureAlpha().raw({ depth: 'uchar' }).toBuffer()
}
