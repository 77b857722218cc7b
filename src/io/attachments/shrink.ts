/** From an image to the pixels that are sent: as few as show what is in it. */

import type { SharpOptions } from 'sharp'
import { type ImageSizeChoice, sentSize } from '../../core/attachments/image-size.ts'
import type { ImageSize } from '../../core/attachments/images.ts'
import { GLANCE_ROWS, isSolid, type Look, lookAt, type Pixels, strokesKept } from '../../core/attachments/pixels.ts'
import type { ModelCard } from '../../core/models.ts'
import { type Encoded, encodePhoto } from './encode.ts'
import { type Input, type Open, pixelsOf } from './sharp.ts'

export interface Shrunk {
  readonly pixels: Pixels
  readonly look: Look
  /** It was seen that the text in it lost little on the way from the large size to the cheap one. */
  readonly isLegible: boolean
  /** It as a photo, which most are; null: something else, not tried, or too large. */
  readonly photo: Encoded | null
}

export interface ShrinkOptions {
  readonly size: ImageSizeChoice
  readonly card: Pick<ModelCard, 'images'>
  /** Probably drawn, or long like a receipt: looked at as large as the model sees it first. */
  readonly startsLarge: boolean
  /** Of a kind that cameras write, and not that long: encoded as a photo while it is looked at. */
  readonly isProbablyPhoto: boolean
  readonly opening: SharpOptions
}

/**
 * Share of the contrast of its strokes that text has to keep in the cheap size; below it, it gets the large one. Letters
 * of 14 px keep half of it at three quarters of their size, those of 24 px two thirds, those of 40 px nine tenths.
 */
const KEPT = 0.65

/** @throws Error when it cannot be decoded; the signal's reason when it was stopped */
export async function shrink(
  open: Open,
  input: Input,
  own: ImageSize,
  { size, card, startsLarge, isProbablyPhoto, opening }: ShrinkOptions,
  signal: AbortSignal,
): Promise<Shrunk> {
  const cheap = sentSize(own, size, card)
  const large = sentSize(own, size, card, true)
  const cut = (from: Input, to: ImageSize, options?: SharpOptions) => {
    signal.throwIfAborted()
    return pixelsOf(open(from, options).autoOrient().resize({ width: to.width, height: to.height, fit: 'fill' }))
  }
  const cutting = cut(input, startsLarge ? large : cheap, opening)
  practise()
  let pixels = await cutting
  if (isProbablyPhoto) {
    // The library encodes it on a thread of its own while it is looked at here.
    const encoding = encodePhoto(open(pixels))
    const look = lookAt(pixels, GLANCE_ROWS)
    const photo = await encoding
    if (look.isPlainPhoto) return { pixels, look, isLegible: false, photo }
  }
  let look = lookAt(pixels)
  let isLegible = false
  const isOneSize = cheap.width === large.width && cheap.height === large.height
  if (!isOneSize) {
    if (startsLarge) {
      isLegible = look.holdsText && (await keepsStrokes(pixels))
      if (!look.holdsText || isLegible) {
        pixels = await cut(pixels, cheap)
        look = { ...lookAt(pixels), isDrawn: look.isDrawn }
      }
    } else if (look.holdsText) {
      const larger = await cut(input, large, opening)
      isLegible = await keepsStrokes(larger)
      if (!isLegible) {
        pixels = larger
        look = lookAt(pixels)
      }
    }
  }
  if (pixels.channels % 2 === 0 && isSolid(pixels)) pixels = await pixelsOf(open(pixels).removeAlpha())
  return { pixels, look, isLegible, photo: null }

  /** Whether its text can be read as well in the cheap size: there and back again, how much of the strokes is left? */
  async function keepsStrokes(full: Pixels): Promise<boolean> {
    const grey = await greyOf(open, full)
    const small = await greyOf(open, grey, cheap)
    return strokesKept(grey, await greyOf(open, small, full)) >= KEPT
  }
}

let hasPractised = false

/**
 * The first look of a run takes 4 to 10 ms, as its code is still slow; after so little of it 1 ms. Done while the library
 * is at its own work, and this thread idle.
 */
function practise(): void {
  if (hasPractised) return
  hasPractised = true
  const [width, height] = [256, GLANCE_ROWS]
  lookAt({
    data: Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * at) % 251),
    width,
    height,
    channels: 3,
  })
}

/** Its brightness, in another size or in its own; what shines through lies on white. */
async function greyOf(open: Open, pixels: Pixels, size: ImageSize = pixels): Promise<Pixels> {
  const image = open(pixels).flatten({ background: '#fff' }).greyscale()
  const { data, info } = await image
    .resize({ width: size.width, height: size.height, fit: 'fill' })
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels as Pixels['channels'] }
}
