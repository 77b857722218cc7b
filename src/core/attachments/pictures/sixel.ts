/**
 * Pixels as sixel: strips six pixels high, colour by colour. Ours, because the library there is for it (`sixel`, which
 * the tests read the result with) makes two colours of the four of a flat drawing, and takes a tenth of a second.
 */

import { OPAQUE, type PixelGrid } from './blocks.ts'

const STRIP_PX = 6
/** The character of no pixel at all. */
const NOTHING = 63
/** From so many on a repeated character is shorter with its number. */
const REPEATED = 4

/** The highest picture of whole strips that is not higher than this, in pixels. */
export const sixelHeight = (px: number): number => Math.max(1, Math.floor(px / STRIP_PX)) * STRIP_PX

/**
 * The whole sequence. What is transparent stays as it is on the screen.
 * @param grid with no more colours than the terminal has registers for: 256
 */
export function sixel({ data, width, height }: PixelGrid): string {
  const numbers = new Map<number, number>()
  let colours = ''
  for (let i = 0; i < data.length; i += 4) {
    const colour = colourAt(data, i)
    if (colour === null || numbers.has(colour)) continue
    colours += `#${numbers.size};2;${percent(colour >> 16)};${percent((colour >> 8) & 255)};${percent(colour & 255)}`
    numbers.set(colour, numbers.size)
  }
  const drawn: string[] = []
  for (let top = 0; top < height; top += STRIP_PX) {
    const strips = new Map<number, Uint8Array>()
    for (let bit = 0; bit < Math.min(STRIP_PX, height - top); bit++) {
      for (let x = 0; x < width; x++) {
        const colour = colourAt(data, ((top + bit) * width + x) * 4)
        if (colour === null) continue
        const strip = strips.get(colour) ?? new Uint8Array(width)
        strips.set(colour, strip)
        strip[x]! |= 1 << bit
      }
    }
    const inColours = Array.from(strips, ([colour, strip]) => `#${numbers.get(colour)}${inRuns(strip)}`)
    drawn.push(inColours.join('$'))
  }
  return `\x1bP0;1q"1;1;${width};${height}${colours}${drawn.join('-')}\x1b\\`
}

/** Red, green and blue in one number; null: transparent. */
const colourAt = (data: Uint8Array, at: number): number | null =>
  data[at + 3]! < OPAQUE ? null : (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!

const percent = (part: number) => Math.round((part * 100) / 255)

function inRuns(strip: Uint8Array): string {
  // What is empty to the end need not be said.
  const end = strip.findLastIndex((bits) => bits !== 0) + 1
  let text = ''
  for (let x = 0; x < end; ) {
    let next = x + 1
    while (next < end && strip[next] === strip[x]) next++
    const sign = String.fromCharCode(NOTHING + strip[x]!)
    text += next - x < REPEATED ? sign.repeat(next - x) : `!${next - x}${sign}`
    x = next
  }
  return text
}
