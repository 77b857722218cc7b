/** What an image costs in tokens, and the size at which the server looks at it. */

import type { ModelCard } from '../models.ts'

/** An image is read in squares of so many pixels, a token each (source: vision, as of 2026-08-22). */
const PATCH_PX = 28

export interface ImageSize {
  readonly width: number
  readonly height: number
}

/** Tokens of an image for a model, in pixels as it is sent: what the server scales down counts as it is then. */
export function imageTokens(width: number, height: number, card: Pick<ModelCard, 'images'>): number {
  return patches(seenSize(width, height, card))
}

/**
 * The size at which the server looks at an image: as it is when that fits, else the largest one of the same shape that
 * does. Who scales it down before sending pays the same and waits less.
 */
export function seenSize(width: number, height: number, { images }: Pick<ModelCard, 'images'>): ImageSize {
  const fits = (size: ImageSize) =>
    Math.max(whole(size.width), whole(size.height)) * PATCH_PX <= images.edgePx && patches(size) <= images.tokens
  const scaled = (longer: number): ImageSize =>
    width >= height
      ? { width: longer, height: Math.max(1, Math.round((longer * height) / width)) }
      : { width: Math.max(1, Math.round((longer * width) / height)), height: longer }
  const own = { width, height }
  if (fits(own)) return own
  let [low, high] = [1, Math.max(width, height)]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (fits(scaled(middle))) low = middle
    else high = middle - 1
  }
  return scaled(low)
}

const whole = (px: number) => Math.ceil(px / PATCH_PX)
const patches = ({ width, height }: ImageSize): number => whole(width) * whole(height)
