/**
 * A folder of 20 pictures as people have them, made up here: how much smaller they are sent, and whether text in them can
 * still be read. Text is measured by the contrast of its strokes (`strokesKept`): what the encoding lost of it against an
 * ideal scaling to the same size, and what the size lost against the largest the model could have seen.
 */

import sharp from 'sharp'
import { type ImageSize, imageTokens, seenSize } from '../src/core/attachments/images.ts'
import type { Pixels } from '../src/core/attachments/pixels.ts'
import { strokesKept } from '../src/core/attachments/pixels.ts'
import { modelCard } from '../src/core/models.ts'
import { keptInMemory } from '../src/io/attachments/kept.ts'
import { prepare } from '../src/io/attachments/prepare.ts'
import { LOGO, photo, scan, screenshot } from '../test/kit/pictures.ts'
import { amountFigure, countFigure, type Figure } from './measure.ts'

interface Picture {
  readonly name: string
  readonly holdsText: boolean
  readonly make: () => Promise<Buffer>
}

/** What is sent may be this share of the originals. */
const BYTES = 0.4
/** Contrast that strokes may lose: by the encoding, and by the size. */
const LOST_BY_ENCODING = 0.1
const LOST_BY_SIZE = 0.4

const jpeg = (name: string, width: number, height: number, seed: number, quality = 90): Picture => ({
  ...{ name: `${name} ${width}x${height}`, holdsText: false },
  make: async () => (await photo(width, height, seed)).jpeg({ quality }).toBuffer(),
})
const screen = (width: number, height: number, fontPx: number, seed: number): Picture => ({
  ...{ name: `screenshot ${width}x${height}, ${fontPx} px`, holdsText: true },
  make: () => screenshot(width, height, fontPx, seed).png().toBuffer(),
})
const paper = (
  name: string,
  width: number,
  height: number,
  fontPx: number,
  seed: number,
  quality: number,
): Picture => ({
  ...{ name: `${name} ${width}x${height}, ${fontPx} px`, holdsText: true },
  make: async () => (await scan(width, height, fontPx, seed)).jpeg({ quality }).toBuffer(),
})
const logo = (width: number): Picture => ({
  ...{ name: `logo ${width}`, holdsText: false },
  make: () => sharp(LOGO).resize(width).png().toBuffer(),
})

const PICTURES: readonly Picture[] = [
  jpeg('photo', 4032, 3024, 1),
  jpeg('photo', 4032, 3024, 2, 95),
  jpeg('photo', 3024, 4032, 3),
  jpeg('photo', 4000, 2250, 4),
  jpeg('photo', 2400, 1600, 5),
  jpeg('photo', 1600, 1200, 6, 85),
  jpeg('photo', 1200, 800, 7, 80),
  jpeg('photo', 640, 480, 8, 75),
  screen(1920, 1080, 13, 9),
  screen(1920, 1080, 28, 10),
  screen(2880, 1800, 26, 11),
  screen(1280, 800, 14, 12),
  screen(800, 600, 12, 13),
  paper('scan', 2480, 3508, 42, 14, 88),
  paper('scan', 1654, 2339, 28, 15, 85),
  paper('scan', 1240, 1754, 22, 16, 85),
  paper('receipt', 1080, 3600, 44, 17, 85),
  screen(750, 4000, 30, 18),
  logo(1600),
  logo(500),
]

export async function smallerFigures(): Promise<readonly Figure[]> {
  const card = modelCard('claude-opus-4-7')
  const { signal } = new AbortController()
  const sum = { from: 0, to: 0, tokens: 0, ownTokens: 0 }
  const larger: string[] = []
  let encoding = { lost: 0, name: 'none' }
  let size = { lost: 0, name: 'none' }
  for (const { name, holdsText, make } of PICTURES) {
    const original = await make()
    const made = await prepare(
      { name, bytes: original },
      { size: 'auto', card, many: false, kept: keptInMemory() },
      signal,
    )
    if ('refused' in made) throw new Error(made.refused)
    const { width, height, from } = made.attachment.image!
    sum.from += original.length
    sum.to += made.bytes.length
    sum.tokens += imageTokens(width, height, card)
    sum.ownTokens += imageTokens(from.width, from.height, card)
    if (made.bytes.length > original.length) larger.push(name)
    if (!holdsText) continue
    const ideal = await grey(original, { width, height })
    const byEncoding = 1 - strokesKept(ideal, await grey(made.bytes, { width, height }))
    if (byEncoding > encoding.lost) encoding = { lost: byEncoding, name }
    const seen = seenSize(from.width, from.height, card)
    const bySize = 1 - strokesKept(await grey(original, seen), await grey(made.bytes, seen))
    if (bySize > size.lost) size = { lost: bySize, name }
  }
  const mb = (bytes: number) => (bytes / 1e6).toFixed(2)
  return [
    amountFigure('bytes sent of 20 pictures', sum.to / sum.from, 'x', BYTES, `${mb(sum.to)} of ${mb(sum.from)} MB`),
    amountFigure(
      'tokens of them, to what originals take',
      sum.tokens / sum.ownTokens,
      'x',
      null,
      `${sum.tokens} of ${sum.ownTokens}`,
    ),
    countFigure('pictures larger than their originals', larger.length, 0, larger.join('; ')),
    amountFigure('contrast of strokes lost by encoding, worst', encoding.lost, 'x', LOST_BY_ENCODING, encoding.name),
    amountFigure('contrast of strokes lost by size, worst', size.lost, 'x', LOST_BY_SIZE, size.name),
  ]
}

async function grey(bytes: Uint8Array, { width, height }: ImageSize): Promise<Pixels> {
  const image = sharp(bytes).flatten({ background: '#fff' }).greyscale().resize({ width, height, fit: 'fill' })
  const { data, info } = await image.toColourspace('b-w').raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels as Pixels['channels'] }
}
