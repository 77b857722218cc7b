/**
 * Draws an SVG in a process of its own. A few lines can make hours of work, and nothing but its end stops the library at
 * it (tried: shapes that copy each other ten times over eleven levels took 22 s, blurs in a row minutes).
 */

import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'

/** Longer edge of a drawing that says of itself that it is smaller, in px. */
const DRAWN_EDGE = 1024
const TAKES_MS = 5_000
/** Pixels of pictures in it, which are decoded as a whole. */
const MOST_PX_INSIDE = 32_000_000

export interface Drawn {
  /** As it says of itself, in px. */
  readonly width: number
  readonly height: number
  readonly png: Uint8Array
}

/**
 * Reads the SVG on stdin and writes a line with its own size, then a PNG. What sizes mean is said at 72 dots per inch; at
 * least 1, as the library takes no less.
 */
const PROGRAM = `
const [path, least, most, inside] = process.argv.slice(1)
const sharp = require(path)
const parts = []
process.stdin.on('data', (part) => parts.push(part)).on('end', async () => {
  const svg = Buffer.concat(parts)
  for (const [, data] of svg.toString('latin1').matchAll(/data:image\\/[\\w.+-]+;base64,([^"')]+)/gi)) {
    const { width, height } = await sharp(Buffer.from(data, 'base64'), { limitInputPixels: false }).metadata()
    if (width * height > inside) process.exit(1)
  }
  const { width, height } = await sharp(svg, { limitInputPixels: false, density: 72 }).metadata()
  const edge = Math.max(width, height)
  const density = Math.max(1, 72 * Math.min(most, Math.max(least, edge)) / edge)
  const png = await sharp(svg, { density, limitInputPixels: 4 * most * most }).toColourspace('srgb').png({ compressionLevel: 1 }).toBuffer()
  process.stdout.write(width + ' ' + height + '\\n')
  process.stdout.write(png)
})
process.on('unhandledRejection', () => process.exit(1))`

/** @param mostPx of its longer edge. @returns null when it cannot be drawn; 'endless' when it takes too long */
export function drawSvg(bytes: Uint8Array, mostPx: number, signal: AbortSignal): Promise<Drawn | null | 'endless'> {
  const sharp = createRequire(import.meta.url).resolve('sharp')
  const args = ['-e', PROGRAM, sharp, String(DRAWN_EDGE), String(mostPx), String(MOST_PX_INSIDE)]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'] })
  const parts: Buffer[] = []
  let isLate = false
  return new Promise((resolve, reject) => {
    const kill = () => child.kill('SIGKILL')
    const clock = setTimeout(() => {
      isLate = true
      kill()
    }, TAKES_MS)
    signal.addEventListener('abort', kill, { once: true })
    child.stdout.on('data', (part: Buffer) => parts.push(part))
    // It may end before it has read everything.
    child.stdin.on('error', () => {})
    child.stdin.end(bytes)
    child.on('error', () => {})
    child.on('close', (code) => {
      clearTimeout(clock)
      signal.removeEventListener('abort', kill)
      if (signal.aborted) return reject(signal.reason)
      if (isLate) return resolve('endless')
      resolve(code === 0 ? drawn(Buffer.concat(parts)) : null)
    })
  })
}

function drawn(told: Buffer): Drawn | null {
  const end = told.indexOf(0x0a)
  const [width, height] = told.subarray(0, end).toString().split(' ').map(Number)
  return end > 0 && width && height ? { width, height, png: new Uint8Array(told.subarray(end + 1)) } : null
}
