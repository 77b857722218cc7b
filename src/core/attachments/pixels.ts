/** What can be told about a picture by its pixels: whether it was drawn, holds text, lets something shine through. */

/** Rows from the top, 8 bits a channel: grey, grey and alpha, RGB, or RGB and alpha. */
export interface Pixels {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  readonly channels: 1 | 2 | 3 | 4
}

export interface Look {
  /** Neighbours are exactly alike nearly everywhere, as on screens and in logos: kept without loss. */
  readonly isDrawn: boolean
  /** Strokes on an even ground. */
  readonly holdsText: boolean
  /** Neither, and far from both: nobody who looks closer would say otherwise. */
  readonly isPlainPhoto: boolean
}

/** Rows that are looked at, at most: enough to tell, and over within a few milliseconds. */
const ROWS = 72
/** Rows that tell whether it is far from all but a photo; the first image of a run is looked at by code that is still slow. */
export const GLANCE_ROWS = 36

/** Differences of brightness between neighbours, of 255: hardly seen, and as strong as the edge of a stroke. */
const EVEN = 6
const STRONG = 40
/** The far edge of a stroke comes after so many pixels at most. */
const STROKE_PX = 10

/** Shares of all neighbours from which on something is said. */
const DRAWN = 0.35
const EVEN_GROUND = 0.4
const STROKES = 0.004
/** Of the shares above, what is below so much of them is far below. */
const FAR = 0.5

export function lookAt({ data, width, height, channels }: Pixels, rows: number = ROWS): Look {
  const step = Math.max(1, Math.floor(height / rows))
  let pairs = 0
  let alike = 0
  let even = 0
  let strokes = 0
  for (let y = step >> 1; y < height; y += step) {
    let before = -1
    let beforeKey = -1
    let rose = -STROKE_PX - 1
    let fell = -STROKE_PX - 1
    for (let x = 0, at = y * width * channels; x < width; x++, at += channels) {
      const r = data[at]!
      const g = channels > 2 ? data[at + 1]! : r
      const b = channels > 2 ? data[at + 2]! : r
      const a = channels === 4 ? data[at + 3]! : channels === 2 ? data[at + 1]! : 255
      // Where nothing shines, there is nothing to see.
      const light = a === 255 ? (r + 2 * g + b) >> 2 : (((r + 2 * g + b) >> 2) * a + 255 * (255 - a)) / 255
      const key = a === 0 ? 0 : ((r << 16) | (g << 8) | b) ^ (a << 3)
      if (before >= 0) {
        const change = light - before
        pairs++
        if (key === beforeKey) alike++
        if (change <= EVEN && change >= -EVEN) even++
        else if (change >= STRONG) {
          if (x - fell <= STROKE_PX) strokes++
          rose = x
          fell = -STROKE_PX - 1
        } else if (change <= -STRONG) {
          if (x - rose <= STROKE_PX) strokes++
          fell = x
          rose = -STROKE_PX - 1
        }
      }
      before = light
      beforeKey = key
    }
  }
  const share = (count: number) => (pairs === 0 ? 0 : count / pairs)
  return {
    isDrawn: share(alike) >= DRAWN,
    holdsText: share(even) >= EVEN_GROUND && share(strokes) >= STROKES,
    isPlainPhoto: share(alike) < FAR * DRAWN && share(strokes) < FAR * STROKES,
  }
}

/** Whether every pixel is solid. */
export function isSolid({ data, channels }: Pixels): boolean {
  if (channels % 2 === 1) return true
  for (let at = channels - 1; at < data.length; at += channels) if (data[at] !== 255) return false
  return true
}

/**
 * How much of the contrast of its strokes a picture keeps in another version of the same size: 1 all of it, 0 none.
 * A stroke, or the gap between two, lies between two strong edges in a row; it has the contrast that its middle has to
 * both sides. Broad strokes keep theirs in any version; fine ones grow pale, which is when letters are lost.
 * @param original grey, as is the other one
 * @returns 1 when there are no strokes
 */
export function strokesKept({ data, width, height, channels }: Pixels, version: Pixels): number {
  const step = Math.max(1, Math.floor(height / (2 * ROWS)))
  const light = (pixels: Pixels, at: number) => pixels.data[at * pixels.channels]!
  let kept = 0
  let had = 0
  for (let y = step >> 1; y < height; y += step) {
    const row = y * width
    let edge = -1
    let direction = 0
    for (let x = 2; x < width - 2; x++) {
      const change = data[(row + x) * channels]! - data[(row + x - 1) * channels]!
      if (change < STRONG && change > -STRONG) continue
      const turned = Math.sign(change)
      if (turned === -direction && x - edge <= STROKE_PX) {
        const middle = row + ((edge + x - 1) >> 1)
        const [left, right] = [row + edge - 2, row + x + 1]
        const contrast = (pixels: Pixels) =>
          direction * (light(pixels, middle) - (light(pixels, left) + light(pixels, right)) / 2)
        const own = contrast({ data, width, height, channels })
        if (own >= STRONG) {
          had += own
          kept += Math.max(0, Math.min(own, contrast(version)))
        }
      }
      // The far side of an edge that takes two pixels is the one the stroke begins at.
      edge = x
      direction = turned
    }
  }
  return had === 0 ? 1 : kept / had
}
