/** What the head of an image says about it, before a pixel of it is decoded. */

import type { Metadata } from 'sharp'
import type { ImageType } from '../../core/attachments/sniff.ts'
import { MOST_PX, type Open } from './sharp.ts'

export interface Facts {
  /** Upright, in pixels. */
  readonly width: number
  readonly height: number
  /** Frames or pages. */
  readonly frames: number
  /** Can be sent as it is once what does not belong to the picture is gone: upright, 8 bits, sRGB. */
  readonly isPlain: boolean
  /** Memory it takes to decode, in bytes, about. */
  readonly needs: number
}

/** Memory for one image: what is larger has to be made smaller elsewhere. */
const MOST_BYTES = 600_000_000

/** @throws Error when the library cannot read it */
export async function probe(open: Open, bytes: Uint8Array, type: ImageType): Promise<Facts> {
  const meta = await open(bytes, { limitInputPixels: false }).metadata()
  const { width, height } = meta.autoOrient
  return {
    ...{ width, height, frames: meta.pages ?? 1, needs: needs(meta, type) },
    isPlain:
      (meta.orientation ?? 1) === 1 &&
      meta.depth === 'uchar' &&
      (meta.space === 'srgb' || meta.space === 'b-w') &&
      (!meta.icc || isSrgb(meta.icc)),
  }
}

/** Why so large an image is not decoded, as the end of a sentence; null: it is. */
export function tooLarge({ width, height, needs: memory }: Facts): string | null {
  const size = `has ${width.toLocaleString('en-US')} x ${height.toLocaleString('en-US')} px`
  if (width * height > MOST_PX) return `${size}; images of up to ${Math.floor(MOST_PX / 1e6)} megapixels are taken`
  if (memory > MOST_BYTES) {
    return `${size}, which takes ${Math.round(memory / 1e6)} MB of memory to decode; ${MOST_BYTES / 1e6} MB are allowed`
  }
  return null
}

/** Rows of a plain JPEG or PNG come one after the other; everything else is in memory as a whole. */
function needs(
  { width, height, channels, depth, isProgressive, chromaSubsampling }: Metadata,
  type: ImageType,
): number {
  const px = width * height
  const wide = depth === 'uchar' ? 1 : depth === 'ushort' || depth === 'short' ? 2 : 4
  const rows = 64_000_000
  if (type === 'jpeg') return isProgressive ? px * (chromaSubsampling === '4:2:0' ? 3 : channels * 2) : rows
  if (type === 'png' && !isProgressive) return rows
  // Pixels, and once more what they are made of.
  return px * Math.max(4, channels) * wide * (type === 'avif' || type === 'heic' ? 2 : 1)
}

function isSrgb(icc: Buffer): boolean {
  return icc.includes('sRGB') || icc.includes(Buffer.from('sRGB', 'utf16le').swap16())
}
