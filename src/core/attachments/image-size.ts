/** Which sizes an image may be sent in, and what each makes of its pixels. The server never has to scale it again. */

import type { ModelCard } from '../models.ts'
import { type ImageSize, seenSize } from './images.ts'

/** `auto`, `native`, a screen's height as `1080p`, or a box as `1024x768` that the image is put into. */
export type ImageSizeChoice = 'auto' | 'native' | '1080p' | '720p' | `${number}x${number}`

/**
 * What is cheap and still shows a photo well: as much as models before 4.7 see at all (source: vision, as of
 * 2026-08-22). Text in a picture gets all that the model sees instead, where it needs it.
 */
const CHEAP = { images: { edgePx: 1568, tokens: 1568 } } as const

/** The longer edge of images in requests that may hold more than 20: the largest multiple of a patch below 2000 px. */
const MANY_EDGE_PX = 1988

/** Longer and shorter edge of the named sizes. */
const NAMED: Readonly<Record<string, readonly [number, number]>> = { '1080p': [1920, 1080], '720p': [1280, 720] }

/** The choice a text means, whatever its capitals; null: none. */
export function readImageSize(text: string): ImageSizeChoice | null {
  const word = text.trim().toLowerCase()
  if (word === 'auto' || word === 'native' || Object.hasOwn(NAMED, word)) return word as ImageSizeChoice
  const [, width, height] = /^([1-9]\d{0,4})[x×]([1-9]\d{0,4})$/.exec(word) ?? []
  return width && height ? `${Number(width)}x${Number(height)}` : null
}

/** What `readImageSize` takes, in words. */
export const IMAGE_SIZES_IN_WORDS = 'auto, native, 1080p, 720p, or width and height in pixels as in 1024x768'

/** The card as it counts for requests that may hold more than 20 images. */
export function cardFor(card: Pick<ModelCard, 'images'>, many: boolean): Pick<ModelCard, 'images'> {
  const { edgePx, tokens } = card.images
  return many ? { images: { edgePx: Math.min(edgePx, MANY_EDGE_PX), tokens } } : card
}

/**
 * The size in which an image of so many pixels is sent: never larger than it is, nor than the model sees.
 * @param holdsText what `auto` does with it: text is sent as large as the model sees it, all else as large as is cheap
 */
export function sentSize(
  { width, height }: ImageSize,
  choice: ImageSizeChoice,
  card: Pick<ModelCard, 'images'>,
  holdsText = false,
): ImageSize {
  const seen = seenSize(width, height, card)
  if (choice === 'native' || (choice === 'auto' && holdsText)) return seen
  if (choice === 'auto') return seenSize(seen.width, seen.height, CHEAP)
  const { width: w, height: h } = boxOf(choice, width >= height)
  const scale = Math.min(1, w / width, h / height)
  // Asked for by name: within the box first, then within what the model sees.
  return seenSize(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)), card)
}

function boxOf(choice: string, isWide: boolean): ImageSize {
  const named = Object.hasOwn(NAMED, choice) ? NAMED[choice] : undefined
  if (named) return isWide ? { width: named[0], height: named[1] } : { width: named[1], height: named[0] }
  const [width = 1, height = 1] = choice.split('x').map(Number)
  return { width, height }
}
