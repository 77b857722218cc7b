/** The image library: loaded when the first image appears, and told what it may take. */

import type { Sharp, SharpInput, SharpOptions } from 'sharp'
import type { Pixels } from '../../core/attachments/pixels.ts'

/** More than that is not decoded: what the library can count. */
export const MOST_PX = 0x3fff * 0x3fff
/** Seconds an image may take for one step; damaged and hostile ones could take for ever. */
const STEP_S = 8

export type Input = Uint8Array | Pixels

export type Open = (input: Input, options?: SharpOptions) => Sharp

let opened: Promise<Open> | null = null

/** @throws Error when it cannot be loaded */
export function loadSharp(): Promise<Open> {
  opened ??= import('sharp').then(({ default: sharp }) => {
    // Nothing is opened twice: what it would remember only takes memory.
    sharp.cache(false)
    return (input, options) => {
      const isPixels = !(input instanceof Uint8Array)
      const raw = isPixels ? { raw: { width: input.width, height: input.height, channels: input.channels } } : {}
      const bytes: SharpInput = isPixels ? input.data : input
      return sharp(bytes, { limitInputPixels: MOST_PX, ...raw, ...options }).timeout({ seconds: STEP_S })
    }
  })
  opened.catch(() => {
    opened = null
  })
  return opened
}

/**
 * How many threads work on each picture that is opened from now on. A second one scales what the first has decoded, which
 * takes 6% less time for a photo alone (12 megapixels, 2 cores); of several at a time each has enough with one.
 */
export async function workBy(threads: 1 | 2): Promise<void> {
  const { default: sharp } = await import('sharp')
  sharp.concurrency(threads)
}

/** The pixels of a pipeline: 8 bits a channel, sRGB. */
export async function pixelsOf(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels as Pixels['channels'] }
}
