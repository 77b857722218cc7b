/**
 * The smallest honest form of a picture: drawings and text without loss while that is small, photos as JPEG, whatever
 * shines through as WebP. Measured on a 2-core machine, 1.2 megapixels: JPEG 26 ms; MozJPEG 394 ms for 6% less; WebP
 * 220 ms for 12% less, which no line is slow enough to be worth unless the picture is large; tables of its own, 10 ms for 3%.
 */

import type { Sharp } from 'sharp'
import type { Look, Pixels } from '../../core/attachments/pixels.ts'
import type { Open } from './sharp.ts'

export interface Encoded {
  readonly bytes: Uint8Array
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp'
  readonly isExact: boolean
}

/** Bytes a pixel that a drawing may take without loss and without a look at what loss would save. */
const SMALL_PER_PX = 0.35
/** How much more it may take than with loss. */
const WORTH_EXACT = 1.5
/** What was scaled is not exact anyway. */
const WORTH_EXACT_SCALED = 1
/** Pixels up to which a PNG is tried as well: small ones can be smaller, and take no time. */
const TRY_PNG_PX = 300_000
/** Pixels beyond which no drawing is tried without loss: it takes a second for every two million. */
const TRY_EXACT_PX = 6_000_000
/**
 * Bytes a pixel from which on text is dear with loss: letters on an even ground may take less without, whatever the band
 * below has told.
 */
const DEAR_PER_PX = 0.3
/** Bytes from which on a photo as WebP is tried as well. */
const TRY_WEBP = 512_000

/** A band of so many pixels tells whether a large one is worth the time without loss. */
const BAND_PX = 200_000

/** Qualities, the first that is small enough. Below the last nobody would want to look at it; down to the third hardly anybody sees it. */
const PHOTO = [80, 70, 58, 45, 30] as const
const TEXT = [88, 80, 70, 60, 45] as const
const FEWEST = [64, 16, 4, 2] as const
const STEPS = { never: 1, gently: 3, hard: PHOTO.length } as const

/**
 * What a photo becomes, most of the time.
 * @returns null: it takes so many bytes that something else may be smaller
 */
export async function encodePhoto(image: Sharp): Promise<Encoded | null> {
  const bytes = await asJpeg(image, PHOTO[0], false).toBuffer()
  return bytes.length > TRY_WEBP ? null : { bytes, mediaType: 'image/jpeg', isExact: false }
}

/** @param isColourful colours of small letters, which need every pixel */
function asJpeg(image: Sharp, quality: number, isColourful: boolean): Sharp {
  const chromaSubsampling = isColourful ? '4:4:4' : '4:2:0'
  return image.jpeg({ quality, chromaSubsampling, optimiseCoding: false })
}

export interface EncodeOptions {
  /** What `encodePhoto` has made of these pixels; null: it was not tried, or found too large. */
  readonly photo: Encoded | null
  /** Bytes it should not exceed. */
  readonly limit: number
  /** Its pixels are not the original's. */
  readonly isScaled: boolean
  /**
   * How far it is pressed to stay within the limit: not at all, as far as is hardly seen, or (there is nothing else to
   * send) rather a poor picture than none.
   */
  readonly pressed: keyof typeof STEPS
}

/** @returns what is within the limit, or the smallest that can be had */
export async function encode(
  open: Open,
  pixels: Pixels,
  look: Look,
  { photo, limit, isScaled, pressed }: EncodeOptions,
  signal: AbortSignal,
): Promise<Encoded> {
  const worth = isScaled ? WORTH_EXACT_SCALED : WORTH_EXACT
  const px = pixels.width * pixels.height
  const made = async (image: Sharp, mediaType: Encoded['mediaType'], isExact = false): Promise<Encoded> => {
    signal.throwIfAborted()
    return { bytes: await image.toBuffer(), mediaType, isExact }
  }
  const exact = look.isDrawn && (await isWorthExact()) ? await withoutLoss() : null
  if (exact && exact.bytes.length <= Math.min(limit, px * SMALL_PER_PX)) return exact

  const hasAlpha = pixels.channels % 2 === 0
  let smallest = exact
  const isText = look.holdsText || look.isDrawn
  for (const [step, quality] of (isText ? TEXT : PHOTO).slice(0, STEPS[pressed]).entries()) {
    const lossy = await withLoss(quality, step > 0 || look.isDrawn)
    const isDear = isText && step === 0 && px <= TRY_EXACT_PX && lossy.bytes.length > px * DEAR_PER_PX
    const lossless = exact ?? (isDear ? await withoutLoss() : null)
    if (lossless && lossless.bytes.length <= Math.min(limit, lossy.bytes.length * worth)) return lossless
    smallest = smaller(smallest, lossy)
    if (smallest.bytes.length <= limit) return smallest
  }
  if (pressed !== 'hard') return smallest!
  // Flat drawings of very few bytes: as many colours as fit.
  for (const colours of look.isDrawn ? FEWEST : []) {
    const png = open(pixels).png({ palette: true, colours, dither: 0, compressionLevel: 9 })
    smallest = smaller(smallest, await made(png, 'image/png'))
    if (smallest.bytes.length <= limit) return smallest
  }
  return smallest!

  /** Large drawings can be full of small letters, and then take seconds: a band from the middle tells. */
  async function isWorthExact(): Promise<boolean> {
    const { width, height } = pixels
    if (px < 4 * BAND_PX) return true
    if (px > TRY_EXACT_PX) return false
    const rows = Math.max(1, Math.round(BAND_PX / width))
    const band = () => open(pixels).extract({ left: 0, top: (height - rows) >> 1, width, height: rows })
    const kept = await made(band().webp({ lossless: true, effort: 1 }), 'image/webp')
    const lossy = await made(band().webp({ quality: TEXT[0], effort: 2 }), 'image/webp')
    return kept.bytes.length <= Math.max(lossy.bytes.length * worth, rows * width * SMALL_PER_PX)
  }

  async function withoutLoss(): Promise<Encoded> {
    const webp = await made(open(pixels).webp({ lossless: true, effort: 1, exact: false }), 'image/webp', true)
    if (px > TRY_PNG_PX) return webp
    return smaller(await made(open(pixels).png({ compressionLevel: 9 }), 'image/png', true), webp)
  }

  async function withLoss(quality: number, isPressed: boolean): Promise<Encoded> {
    const webp = () => made(open(pixels).webp({ quality, effort: 2, smartSubsample: look.holdsText }), 'image/webp')
    if (hasAlpha) return webp()
    const isPhoto = quality === PHOTO[0] && !look.holdsText && !look.isDrawn
    const jpeg =
      (isPhoto && photo) || (await made(asJpeg(open(pixels), quality, look.holdsText && look.isDrawn), 'image/jpeg'))
    return isPressed || jpeg.bytes.length > TRY_WEBP ? smaller(jpeg, await webp()) : jpeg
  }
}

function smaller(one: Encoded | null, other: Encoded): Encoded {
  return one && one.bytes.length <= other.bytes.length ? one : other
}
