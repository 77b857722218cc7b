/** Pixels as half-blocks: two pixels in each cell, the upper one as the ink, the lower one as the ground. */

/** Four bytes a pixel: red, green, blue, and how opaque it is. */
export interface PixelGrid {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

const UPPER = '▀'
const LOWER = '▄'
/** What is less opaque shows the terminal's own background. */
export const OPAQUE = 128

/** A row of cells for every two rows of pixels, of which there is an even number; each ends without any style. */
export function blockRows({ data, width, height }: PixelGrid, colour: 'ansi256' | 'truecolor'): readonly string[] {
  const spelled = colour === 'truecolor' ? trueColour : indexed
  const at = (x: number, y: number): string | null => {
    const i = (y * width + x) * 4
    return data[i + 3]! < OPAQUE ? null : spelled(data[i]!, data[i + 1]!, data[i + 2]!)
  }
  return Array.from({ length: height >> 1 }, (_, row) => {
    let [ink, ground] = ['', '']
    let text = ''
    for (let x = 0; x < width; x++) {
      const [upper, lower] = [at(x, row * 2), at(x, row * 2 + 1)]
      const [wantedInk, wantedGround] = upper === null ? [lower, null] : [upper, lower]
      const codes: string[] = []
      if ((wantedGround ?? '') !== ground) codes.push(wantedGround === null ? '49' : `48;${wantedGround}`)
      if (wantedInk !== null && wantedInk !== ink) codes.push(`38;${wantedInk}`)
      if (codes.length > 0) text += `\x1b[${codes.join(';')}m`
      ground = wantedGround ?? ''
      ink = wantedInk ?? ink
      text += wantedInk === null ? ' ' : upper === null ? LOWER : UPPER
    }
    return ink === '' && ground === '' ? text : `${text}\x1b[m`
  })
}

const trueColour = (red: number, green: number, blue: number) => `2;${red};${green};${blue}`

/** Steps of the colour cube that terminals with 256 colours have, and how its greys run. */
const STEPS: readonly number[] = [0, 95, 135, 175, 215, 255]
const GREYS = { first: 232, count: 24, from: 8, step: 10 } as const

/** The nearest of the 240 fixed colours; the first sixteen are the user's own. */
function indexed(red: number, green: number, blue: number): string {
  const [r, g, b] = [red, green, blue].map(nearestStep) as [number, number, number]
  const grey = Math.max(0, Math.min(GREYS.count - 1, Math.round(((red + green + blue) / 3 - GREYS.from) / GREYS.step)))
  const level = GREYS.from + grey * GREYS.step
  const away = (x: number, y: number, z: number) => (red - x) ** 2 + (green - y) ** 2 + (blue - z) ** 2
  const isGrey = away(level, level, level) < away(STEPS[r]!, STEPS[g]!, STEPS[b]!)
  return `5;${isGrey ? GREYS.first + grey : 16 + 36 * r + 6 * g + b}`
}

const nearestStep = (part: number): number =>
  STEPS.reduce((best, step, i) => (Math.abs(step - part) < Math.abs(STEPS[best]! - part) ? i : best), 0)
