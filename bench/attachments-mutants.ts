/** One process of the attachments' bench: damages files, prepares them, and looks at what would be sent. `COUNT [SEED]` */

import { setImmediate as breathe } from 'node:timers/promises'
import { promisify } from 'node:util'
import { inflate } from 'node:zlib'
import sharp from 'sharp'
import { seenSize } from '../src/core/attachments/images.ts'
import { readPdf } from '../src/core/attachments/pdf.ts'
import type { Prepared } from '../src/core/attachments/prepared.ts'
import { modelCard } from '../src/core/models.ts'
import { keptInMemory } from '../src/io/attachments/kept.ts'
import { prepare } from '../src/io/attachments/prepare.ts'
import { pdf } from '../test/kit/pdfs.ts'
import { bmp, chances, ico, LOGO, photo, written } from '../test/kit/pictures.ts'
import { peakMb } from './peak-memory.ts'

export interface Fuzzed {
  readonly sent: number
  readonly refused: number
  readonly wrong: readonly string[]
  readonly slowestMs: number
  readonly slowest: string
  readonly peakMb: number
}

/** Bytes of an image that may be sent. */
const MOST_BYTES = 7_500_000

async function seeds(): Promise<Readonly<Record<string, Buffer>>> {
  const picture = await photo(320, 200)
  const drawn = sharp(written(320, 200, 12)).removeAlpha()
  const frames = sharp(await (await photo(120, 240)).raw().toBuffer(), {
    raw: { width: 120, height: 240, channels: 3, pageHeight: 80 },
  })
  const { data } = await drawn.clone().raw().toBuffer({ resolveWithObject: true })
  const exif = { IFD0: { Artist: 'Somebody' } }
  return {
    png: await drawn.clone().png().toBuffer(),
    'interlaced png': await drawn.clone().png({ progressive: true }).toBuffer(),
    'palette png': await sharp(LOGO).resize(300).png({ palette: true }).toBuffer(),
    jpeg: await picture.clone().withExif(exif).jpeg().toBuffer(),
    'turned jpeg': await picture.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    'progressive jpeg': await picture.clone().jpeg({ progressive: true }).toBuffer(),
    webp: await picture.clone().withExif(exif).webp().toBuffer(),
    'lossless webp': await sharp(LOGO).resize(300).webp({ lossless: true }).toBuffer(),
    'moving webp': await frames
      .clone()
      .webp({ delay: [50, 50, 50] })
      .toBuffer(),
    gif: await drawn.clone().gif().toBuffer(),
    'moving gif': await frames
      .clone()
      .gif({ delay: [50, 50, 50] })
      .toBuffer(),
    avif: await picture.clone().resize(120).avif({ effort: 0 }).toBuffer(),
    tiff: await picture.clone().tiff({ compression: 'lzw' }).toBuffer(),
    bmp: bmp({ data, width: 320, height: 200 }),
    ico: ico(await sharp(LOGO).resize(64).png().toBuffer(), 64),
    svg: written(320, 200, 12),
    'pdf with a table': pdf({ pages: 24 }),
    'pdf with streams': pdf({ pages: 24, way: 'streams' }),
  }
}

/** Damages that files meet: changed bytes, extreme numbers, missing ends, parts doubled, lost, or of another file. */
function damage(whole: Buffer, other: Buffer, chance: () => number): Buffer {
  const upTo = (most: number) => Math.floor(chance() * most)
  let bytes = Buffer.from(whole)
  for (let times = 1 + upTo(4); times > 0; times--) {
    // The head is where the numbers are.
    const at = chance() < 0.5 ? upTo(Math.min(bytes.length, 200)) : upTo(bytes.length)
    const long = upTo(Math.min(400, bytes.length - at))
    const way = upTo(7)
    if (way <= 1) bytes[at] = upTo(256)
    else if (way === 2) bytes[at] = bytes[at]! ^ (1 << upTo(8))
    else if (way === 3) bytes.fill(chance() < 0.5 ? 0xff : 0, at, at + 1 + upTo(4))
    else if (way === 4) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + long)])
    else if (way === 5) bytes = Buffer.concat([bytes.subarray(0, at + long), bytes.subarray(at)])
    else if (chance() < 0.5) bytes = Buffer.from(bytes.subarray(0, Math.max(16, at)))
    else bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(upTo(other.length))])
  }
  return bytes
}

const card = modelCard('claude-opus-4-7')

/** Why it should not have been sent, or so refused; null: all is well. */
async function trouble(made: Prepared): Promise<string | null> {
  if ('refused' in made) return /\. \S.*\.$/.test(made.refused) ? null : `refused with: ${made.refused}`
  const { attachment, bytes } = made
  if (attachment.kind === 'text') return Buffer.from(bytes).toString().isWellFormed() ? null : 'not UTF-8'
  if (attachment.kind === 'pdf') {
    const facts = await readPdf(bytes, promisify(inflate), breathe)
    return typeof facts === 'object' && facts.pages === attachment.pages ? null : `a PDF: ${JSON.stringify(facts)}`
  }
  const { width, height } = attachment.image!
  if (bytes.length > MOST_BYTES) return 'too many bytes'
  const seen = seenSize(width, height, card)
  if (seen.width !== width || seen.height !== height) return 'larger than the model sees'
  const { info } = await sharp(bytes, { failOn: 'warning' }).raw().toBuffer({ resolveWithObject: true })
  return info.width === width && info.height === height ? null : `${info.width}x${info.height}, not ${width}x${height}`
}

const count = Number(process.argv[2])
const chance = chances(Number(process.argv[3] ?? 6))
const all = Object.entries(await seeds())
const { signal } = new AbortController()
const told = { sent: 0, refused: 0, wrong: [] as string[], slowestMs: 0, slowest: '' }
for (let i = 0; i < count; i++) {
  const [name, whole] = all[i % all.length]!
  const bytes = damage(whole, all[Math.floor(chance() * all.length)]![1], chance)
  // The last line says where it ended, if it does.
  console.log(`${i} ${name}`)
  const startedAt = performance.now()
  try {
    const made = await prepare({ name, bytes }, { size: 'auto', card, many: false, kept: keptInMemory() }, signal)
    const ms = performance.now() - startedAt
    if (ms > told.slowestMs) Object.assign(told, { slowestMs: ms, slowest: `${name}, ${i}` })
    if ('refused' in made) told.refused++
    else told.sent++
    const why = await trouble(made)
    if (why) told.wrong.push(`${name} ${i}: ${why}`)
  } catch (error) {
    told.wrong.push(`${name} ${i}: ${(error as Error).message}`)
  }
}
const fuzzed: Fuzzed = { ...told, peakMb: peakMb() }
console.log(JSON.stringify(fuzzed))
