/** An image, made as small as it can be without losing what it is for. */

import { cardFor } from '../../core/attachments/image-size.ts'
import { type ImageSize, seenSize } from '../../core/attachments/images.ts'
import type { Prepared, PrepareOptions, Source } from '../../core/attachments/prepared.ts'
import { type ImageType, MEDIA_TYPES } from '../../core/attachments/sniff.ts'
import { claimsSize, type SendableType, stripped } from '../../core/attachments/stripped.ts'
import { encode } from './encode.ts'
import { createGate } from './gate.ts'
import { type Drawable, isLong, openImage } from './open-image.ts'
import { tooLarge } from './probe.ts'
import { ready } from './ready.ts'
import { loadSharp, type Open, workBy } from './sharp.ts'
import { shrink } from './shrink.ts'

/** An image may take 10 MB of base64, which are so many bytes (source: vision, as of 2026-08-22). */
const MOST_IMAGE_BYTES = 7_500_000
/** An original is sent as it is when a fresh encoding would not be smaller than this share of it. */
const WORTH_ENCODING = 0.85
/** And a drawing, when the fresh one is not exact. */
const WORTH_LOSS = 0.6
/** Below so much of their size, letters may be too small. */
const SMALL_LETTERS = 0.5

/** All that is decoded at a time, by all that is attached: as many as the runtime has threads for it. */
const gate = createGate(4, 600_000_000)

export async function prepareImage(
  source: Source,
  type: ImageType,
  options: PrepareOptions,
  signal: AbortSignal,
): Promise<Prepared> {
  const open = await loadSharp().catch(() => null)
  signal.throwIfAborted()
  if (!open) {
    return {
      refused: `${source.name} is an image, and the image library is not there. Install claude-tui anew, with its package sharp.`,
    }
  }
  const refuse = (why: string, wayOut: string): Prepared => ({ refused: `${source.name} ${why}. ${wayOut}` })
  try {
    const drawable = await openImage(open, source.bytes, type, options.card.images.edgePx, signal)
    if ('trouble' in drawable) return refuse(drawable.trouble, drawable.wayOut)
    const why = tooLarge(drawable.facts)
    if (why) return refuse(why, 'Scale it down, or cut out the part you mean.')
    const work = async (isAlone: boolean) => {
      await workBy(isAlone ? 2 : 1)
      return made(open, source, type, drawable, options, signal)
    }
    return await whileWanted(gate.pass(drawable.facts.needs, work, signal), signal)
  } catch {
    signal.throwIfAborted()
    return refuse(`is a damaged ${type.toUpperCase()} image`, 'Open it elsewhere and export it as PNG or JPEG.')
  }
}

async function made(
  open: Open,
  source: Source,
  type: ImageType,
  { input, facts, own, notes, startsLarge }: Drawable,
  { size, card, many }: PrepareOptions,
  signal: AbortSignal,
): Promise<Prepared> {
  const limits = cardFor(card, many)
  const notesNow = [...notes]
  const cut = (failOn: 'warning' | 'error') => {
    const isProbablyPhoto = type === 'jpeg' && !startsLarge
    return shrink(open, input, own, { size, card: limits, startsLarge, isProbablyPhoto, opening: { failOn } }, signal)
  }
  let isWhole = true
  const { pixels, look, isLegible, photo } = await cut('warning').catch((error) => {
    // Cameras are careless and readers forgiving; what is wrong beyond that fails again.
    if (signal.aborted) throw error
    isWhole = false
    return cut('error')
  })
  if (!isWhole) notesNow.push('damaged in places')
  // A long one that is mostly bare may hold a line somewhere that was not looked at.
  const mayHoldText = look.holdsText || (isLong(own) && !look.isPlainPhoto)
  if (mayHoldText && !isLegible && pixels.height < own.height * SMALL_LETTERS) {
    notesNow.push(
      `scaled to ${Math.round((100 * pixels.height) / own.height)}%: small letters may be lost; cut out the part you mean, or attach it in parts`,
    )
  }
  // A drawing by lines may grow: it is a few of them.
  const limit = type === 'svg' ? MOST_IMAGE_BYTES : Math.min(source.bytes.length, MOST_IMAGE_BYTES)
  const mayStay =
    isWhole && facts.isPlain && isSendable(type) && claimsSize(source.bytes, type, facts.width, facts.height)
  const isSame = sameSize(pixels, facts)
  const seen = seenSize(facts.width, facts.height, card)
  // Taken from the file only where it might be sent: large ones take their time.
  const asItIs = (): Uint8Array | null => {
    const bare = mayStay && isTaken(facts, many) ? stripped(source.bytes, type) : null
    return bare && bare.length <= limit ? bare : null
  }
  let original = isSame || sameSize(seen, pixels) ? asItIs() : null
  const isEqual = original !== null
  // What others pack more tightly is not spoilt for being so small.
  const pressed = isEqual ? 'never' : isSendable(type) ? 'hard' : 'gently'
  const encoded = await encode(open, pixels, look, { photo, limit, isScaled: !isSame, pressed }, signal)
  if (!isEqual && encoded.bytes.length > source.bytes.length && sameSize(seen, facts)) original = asItIs()
  const share = encoded.isExact ? 1 : look.isDrawn ? WORTH_LOSS : WORTH_ENCODING
  const isBetter =
    original !== null &&
    (isSame
      ? encoded.bytes.length > original.length * share
      : encoded.bytes.length > source.bytes.length && (isEqual || sameSize(seen, facts)))
  const bytes = isBetter && original ? original : encoded.bytes
  if (bytes.length > MOST_IMAGE_BYTES) {
    return {
      refused: `${source.name} takes ${(bytes.length / 1e6).toFixed(1)} MB as small as it can be made in this size; 7.5 MB are allowed. Choose a smaller size.`,
    }
  }
  const sent = isBetter ? { width: facts.width, height: facts.height } : { width: pixels.width, height: pixels.height }
  const from = { width: facts.width, height: facts.height, bytes: source.bytes.length, mediaType: MEDIA_TYPES[type] }
  return ready(source.name, bytes, isBetter ? MEDIA_TYPES[type] : encoded.mediaType, {
    kind: 'image',
    image: { ...sent, from },
    ...(notesNow.length > 0 && { notes: notesNow }),
  })
}

const isSendable = (type: ImageType): type is SendableType => ['png', 'jpeg', 'gif', 'webp'].includes(type)

/** In pixels, by the server (source: vision, as of 2026-08-22). */
const isTaken = ({ width, height }: ImageSize, many: boolean) => Math.max(width, height) <= (many ? 2000 : 8000)

const sameSize = (one: ImageSize, other: ImageSize) => one.width === other.width && one.height === other.height

/** Fails as soon as it is stopped; the library finishes the step it is at, and nobody looks. */
function whileWanted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
