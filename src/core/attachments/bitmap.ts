/** BMP and ICO, which the image library does not read: where their pixels are, and what they look like. */

import type { Pixels } from './pixels.ts'

/** What is needed to read the rows of a bitmap. */
export interface Bitmap {
  readonly width: number
  readonly height: number
  readonly bits: 1 | 4 | 8 | 16 | 24 | 32
  readonly isTopDown: boolean
  /** Where the first row begins, and how many bytes a row takes. */
  readonly at: number
  readonly stride: number
  /** Where the colours begin, how many there are, and bytes of each. */
  readonly palette: { readonly at: number; readonly count: number; readonly size: 3 | 4 }
  /** Which bits of a pixel are red, green, blue and solid; 0: none. */
  readonly masks: readonly [number, number, number, number]
  /** Where the mask of an icon begins: its bits are 1 where nothing is drawn. */
  readonly maskAt: number | null
}

/** Why it cannot be read. */
export type BitmapTrouble = 'compressed' | 'damaged'

const MASKS: Readonly<Record<number, readonly [number, number, number, number]>> = {
  16: [0x7c00, 0x03e0, 0x001f, 0],
  24: [0xff0000, 0xff00, 0xff, 0],
  32: [0xff0000, 0xff00, 0xff, 0],
}

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

/** @param icon where its head is in an icon, in which it has no head of a file */
export function readBitmap(bytes: Uint8Array, icon?: number): Bitmap | BitmapTrouble {
  const head = icon ?? 14
  if (bytes.length < head + 16) return 'damaged'
  const data = view(bytes)
  const headSize = data.getUint32(head, true)
  const isOld = headSize === 12
  if (bytes.length < head + headSize || (!isOld && headSize < 40)) return 'damaged'
  const width = isOld ? data.getUint16(head + 4, true) : data.getInt32(head + 4, true)
  const rows = isOld ? data.getInt16(head + 6, true) : data.getInt32(head + 8, true)
  const bits = data.getUint16(head + (isOld ? 10 : 14), true) as Bitmap['bits']
  const compression = isOld ? 0 : data.getUint32(head + 16, true)
  if (compression === 1 || compression === 2 || compression === 4 || compression === 5) return 'compressed'
  if (![1, 4, 8, 16, 24, 32].includes(bits) || ![0, 3, 6].includes(compression)) return 'damaged'
  // In an icon, the mask follows the picture and counts as the other half of its height.
  const height = icon === undefined ? Math.abs(rows) : Math.floor(Math.abs(rows) / 2)
  const stride = Math.ceil((width * bits) / 32) * 4
  const hasFields = compression !== 0
  const behindHead = head + headSize + (hasFields && headSize === 40 ? (compression === 6 ? 16 : 12) : 0)
  const used = isOld ? 0 : data.getUint32(head + 32, true)
  const count = bits <= 8 ? Math.min(used || 1 << bits, 1 << bits) : 0
  const size = isOld ? 3 : 4
  const at = icon === undefined ? data.getUint32(10, true) : behindHead + count * size
  const end = at + stride * height
  if (width < 1 || height < 1 || end > bytes.length || behindHead + count * size > bytes.length) return 'damaged'
  const field = (i: number) => (head + 44 + i * 4 <= bytes.length ? data.getUint32(head + 40 + i * 4, true) : 0)
  const hasAlpha = headSize >= 56 || compression === 6
  const masks: Bitmap['masks'] = hasFields
    ? [field(0), field(1), field(2), hasAlpha ? field(3) : 0]
    : icon !== undefined && bits === 32
      ? [0xff0000, 0xff00, 0xff, 0xff000000]
      : (MASKS[bits] ?? [0, 0, 0, 0])
  const maskEnd = end + Math.ceil(width / 32) * 4 * height
  return {
    ...{ width, height, bits, at, stride, masks },
    isTopDown: rows < 0,
    palette: { at: behindHead, count, size },
    maskAt: icon !== undefined && bits < 32 && maskEnd <= bytes.length ? end : null,
  }
}

/** Reads rows into `out`, which has four channels. Rows are counted from the top, `to` not included. */
export function readRows(bytes: Uint8Array, bitmap: Bitmap, out: Uint8Array, from: number, to: number): void {
  const { width, height, bits, palette, masks, maskAt } = bitmap
  const data = view(bytes)
  const scales = masks.map(scaleOf)
  const maskStride = Math.ceil(width / 32) * 4
  const bytesEach = bits / 8
  for (let y = from; y < to; y++) {
    const line = bitmap.isTopDown ? y : height - 1 - y
    const row = bitmap.at + line * bitmap.stride
    for (let x = 0, o = y * width * 4; x < width; x++, o += 4) {
      out[o + 3] = 255
      if (bits <= 8) {
        const byte = bytes[row + ((x * bits) >> 3)]!
        const index = (byte >> (8 - bits - ((x * bits) & 7))) & ((1 << bits) - 1)
        const colour = palette.at + Math.min(index, palette.count - 1) * palette.size
        out[o] = bytes[colour + 2]!
        out[o + 1] = bytes[colour + 1]!
        out[o + 2] = bytes[colour]!
      } else {
        const at = row + x * bytesEach
        const value =
          bits === 16
            ? data.getUint16(at, true)
            : bits === 24
              ? bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)
              : data.getUint32(at, true)
        for (let c = 0; c < (masks[3] === 0 ? 3 : 4); c++) {
          const { shift, most } = scales[c]!
          out[o + c] = most === 0 ? 0 : (((value & masks[c]!) >>> shift) * 255) / most
        }
      }
      if (maskAt !== null && (bytes[maskAt + line * maskStride + (x >> 3)]! >> (7 - (x & 7))) & 1) out[o + 3] = 0
    }
  }
}

function scaleOf(mask: number): { readonly shift: number; readonly most: number } {
  if (mask === 0) return { shift: 0, most: 0 }
  const shift = 31 - Math.clz32(mask & -mask)
  return { shift, most: mask >>> shift }
}

/** Nothing at all is solid: the place for it was never filled, as in bitmaps from before there was any. */
export function withoutEmptyAlpha(pixels: Pixels): Pixels {
  const { data } = pixels
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 0) return pixels
  for (let at = 3; at < data.length; at += 4) data[at] = 255
  return pixels
}

/** The largest picture of an icon: where it is, and whether it is a PNG; null: there is none that is whole. */
export function largestIcon(
  bytes: Uint8Array,
): { readonly at: number; readonly end: number; readonly isPng: boolean } | null {
  const data = view(bytes)
  let best: { at: number; end: number; isPng: boolean; weight: number } | null = null
  const count = bytes.length >= 6 ? data.getUint16(4, true) : 0
  for (let i = 0, entry = 6; i < count && entry + 16 <= bytes.length; i++, entry += 16) {
    const size = data.getUint32(entry + 8, true)
    const at = data.getUint32(entry + 12, true)
    if (size < 16 || at + size > bytes.length) continue
    const side = (byte: number) => byte || 256
    const weight = side(bytes[entry]!) * side(bytes[entry + 1]!) * 64 + data.getUint16(entry + 6, true)
    const isPng = bytes[at] === 0x89 && bytes[at + 1] === 0x50
    if (!best || weight > best.weight) best = { at, end: at + size, isPng, weight }
  }
  return best
}
