/** Images and PDFs made up for tests and benches, the same for the same seed: nothing is downloaded. */

import sharp, { type Sharp } from 'sharp'

/** Numbers from 0 to 1, the same row for the same seed (mulberry32). */
export function chances(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** As from a camera: broad shades, textures, and a little noise of the sensor. */
export async function photo(width: number, height: number, seed = 1): Promise<Sharp> {
  const layers = await Promise.all([
    shades(48, 36, 110, seed),
    shades(width >> 3, height >> 3, 50, seed + 1),
    shades(width >> 1, height >> 1, 14, seed + 2),
  ])
  const large = await Promise.all(
    layers.map((layer) => layer.resize(width, height, { fit: 'fill', kernel: 'cubic' }).raw().toBuffer()),
  )
  const data = Buffer.alloc(width * height * 3)
  for (let i = 0; i < data.length; i++)
    data[i] = Math.max(0, Math.min(255, large[0]![i]! + large[1]![i]! + large[2]![i]! - 256))
  return sharp(data, { raw: { width, height, channels: 3 } })
}

async function shades(width: number, height: number, range: number, seed: number): Promise<Sharp> {
  const chance = chances(seed)
  const data = Buffer.alloc(width * height * 3)
  for (let i = 0; i < data.length; i++) data[i] = 128 + (chance() - 0.5) * range * 2
  return sharp(data, { raw: { width, height, channels: 3 } })
}

const WORDS =
  'the quick brown fox const total = await send(order, 42) returns invoice 1,309.90 EUR see page for Lazy Dog'.split(
    ' ',
  )

/** Lines of words, as on a screen or on paper. `ink`: the colours of the lines. */
export function written(
  width: number,
  height: number,
  fontPx: number,
  seed = 1,
  paper = '#fff',
  ink = ['#222', '#0550ae', '#a31515'],
): Buffer {
  const chance = chances(seed)
  const pick = <T>(all: readonly T[]) => all[Math.floor(chance() * all.length)]!
  let lines = ''
  for (let y = fontPx * 2; y < height - fontPx; y += fontPx * 1.5) {
    let line = ''
    while ((line.length + 8) * fontPx * 0.6 < width - 40) line += `${pick(WORDS)} `
    lines += `<text x="20" y="${y}" font-family="monospace" font-size="${fontPx}" fill="${pick(ink)}">${line}</text>`
  }
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="${width}" height="${height}" fill="${paper}"/>${lines}</svg>`,
  )
}

export const screenshot = (width: number, height: number, fontPx: number, seed = 1): Sharp =>
  sharp(written(width, height, fontPx, seed)).removeAlpha()

/** Paper under a scanner: a little soft, a little noise. */
export async function scan(width: number, height: number, fontPx: number, seed = 1): Promise<Sharp> {
  const { data } = await sharp(written(width, height, fontPx, seed, '#f7f5ef', ['#222']))
    .removeAlpha()
    .blur(0.8)
    .raw()
    .toBuffer({ resolveWithObject: true })
  const chance = chances(seed)
  for (let i = 0; i < data.length; i++) data[i] = Math.max(0, Math.min(255, data[i]! + (chance() - 0.5) * 10))
  return sharp(data, { raw: { width, height, channels: 3 } })
}

export const LOGO = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="800"><circle cx="400" cy="400" r="300" fill="#e33"/><rect x="800" y="200" width="600" height="400" rx="80" fill="#36c" fill-opacity=".6"/></svg>',
)

/** A BMP of 24 or 32 bits, bottom up as they are. */
export function bmp({ data, width, height }: { data: Uint8Array; width: number; height: number }): Buffer {
  const stride = Math.ceil((width * 3) / 4) * 4
  const file = Buffer.alloc(54 + stride * height)
  file.write('BM', 0, 'latin1')
  file.writeUInt32LE(file.length, 2)
  file.writeUInt32LE(54, 10)
  file.writeUInt32LE(40, 14)
  file.writeInt32LE(width, 18)
  file.writeInt32LE(height, 22)
  file.writeUInt16LE(1, 26)
  file.writeUInt16LE(24, 28)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = 54 + (height - 1 - y) * stride + x * 3
      for (let c = 0; c < 3; c++) file[to + c] = data[(y * width + x) * 3 + 2 - c]!
    }
  }
  return file
}

/** An icon that holds a PNG. */
export function ico(png: Uint8Array, edge: number): Buffer {
  const head = Buffer.alloc(22)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(1, 4)
  head[6] = head[7] = edge & 0xff
  head.writeUInt16LE(32, 12)
  head.writeUInt32LE(png.length, 14)
  head.writeUInt32LE(22, 18)
  return Buffer.concat([head, png])
}
