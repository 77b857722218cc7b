/** BMP and ICO as pixels, a band at a time so that keys are heard meanwhile. */

import { setImmediate as breathe } from 'node:timers/promises'
import {
  type Bitmap,
  type BitmapTrouble,
  largestIcon,
  readBitmap,
  readRows,
  withoutEmptyAlpha,
} from '../../core/attachments/bitmap.ts'
import type { Pixels } from '../../core/attachments/pixels.ts'

/** Pixels between two breaths: 2 to 4 ms. */
const BAND_PX = 200_000
/** Four bytes each in memory. */
const MOST_PX = 100_000_000

/** Its pixels; a PNG's bytes, as icons hold them; or why it cannot be read, as the end of a sentence. */
export async function openBitmap(
  bytes: Uint8Array,
  type: 'bmp' | 'ico',
  signal: AbortSignal,
): Promise<Pixels | Uint8Array | string> {
  if (type === 'bmp') return pixels(bytes, readBitmap(bytes), signal)
  const icon = largestIcon(bytes)
  if (!icon) return 'is damaged: no picture in it is whole'
  if (icon.isPng) return bytes.subarray(icon.at, icon.end)
  return pixels(bytes, readBitmap(bytes, icon.at), signal)
}

async function pixels(
  bytes: Uint8Array,
  bitmap: Bitmap | BitmapTrouble,
  signal: AbortSignal,
): Promise<Pixels | string> {
  if (bitmap === 'compressed') return 'is a compressed bitmap, which is not read here'
  if (bitmap === 'damaged') return 'is damaged: its head does not fit its bytes'
  const { width, height } = bitmap
  if (width * height > MOST_PX)
    return `has ${width} x ${height} px; bitmaps of up to ${MOST_PX / 1e6} megapixels are taken`
  const out: Pixels = { data: new Uint8Array(width * height * 4), width, height, channels: 4 }
  const rows = Math.max(1, Math.floor(BAND_PX / width))
  for (let y = 0; y < height; y += rows) {
    readRows(bytes, bitmap, out.data, y, Math.min(height, y + rows))
    await breathe()
    signal.throwIfAborted()
  }
  return withoutEmptyAlpha(out)
}
