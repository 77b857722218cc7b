/** Pictures from bytes to rows, in each way that terminals draw; and what is not worth any trouble. */

import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { decode } from 'sixel'
import { describe, expect, test } from 'vitest'
import type { Attachment } from '../../src/core/attachments.ts'
import type { Colour } from '../../src/core/text/theme.ts'
import { styledWidthOf } from '../../src/core/text/width.ts'
import { InputDecoder } from '../../src/glass/input.ts'
import { textOf } from '../../src/glass/styling.ts'
import { inWorkshop } from '../../src/io/workshop.ts'
import { createPreviews } from '../../src/modes/attachments/previews.ts'
import { pdf } from '../kit/attachments.ts'

const CELL = { width: 10, height: 20 }
const [RED, GREEN, BLUE, WHITE] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 255],
] as const

/** Four corners of four colours. */
async function corners(width: number, height: number, format: 'png' | 'jpeg' = 'png') {
  const data = Buffer.alloc(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = y < height / 2 ? (x < width / 2 ? RED : GREEN) : x < width / 2 ? BLUE : WHITE
      data.set(colour, (y * width + x) * 3)
    }
  }
  const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
    .toFormat(format)
    .toBuffer()
  const hash = createHash('sha256').update(bytes).digest('hex')
  const from = { width, height, bytes: bytes.length, mediaType: `image/${format}` }
  const image = { width, height, from }
  const attachment: Attachment = {
    ...{ hash, kind: 'image', name: `corners.${format}`, mediaType: from.mediaType, bytes: bytes.length },
    image,
  }
  return { attachment, bytes }
}

type Sample = Awaited<ReturnType<typeof corners>>

/** A terminal of a name and attributes; null: it says nothing. */
function sitting(
  samples: readonly Sample[],
  terminal: { readonly name: string; readonly attributes: string } | null,
  colour: Colour = 'truecolor',
  size = { columns: 100, rows: 30 },
) {
  const bytesOf = (hash: string) => samples.find(({ attachment }) => attachment.hash === hash)?.bytes ?? null
  const written: string[] = []
  let type: (bytes: string) => void = () => {}
  const write = (data: string) => {
    written.push(data)
    if (!terminal) return
    const kitty = data.includes('\x1b_G') ? '\x1b_Gi=31;OK\x1b\\' : ''
    const said = `\x1bP>|${terminal.name}\x1b\\\x1b[6;${CELL.height};${CELL.width}t${kitty}\x1b[?${terminal.attributes}c`
    queueMicrotask(() => type(said))
  }
  const previews = createPreviews({
    bytesOf,
    drawn: inWorkshop,
    colour: () => colour,
    size,
    write,
    blocksOnly: terminal === null,
  })
  const decoder = new InputDecoder(() => {}, { onReply: previews.told })
  type = (bytes) => decoder.feed(Buffer.from(bytes))
  return { ...previews, written, attached: samples.map(({ attachment }) => attachment) }
}

const rgb = (data: ArrayLike<number>, width: number, channels: number) => (x: number, y: number) =>
  [0, 1, 2].map((part) => data[(y * width + x) * channels + part]!)

function seesCorners(at: (x: number, y: number) => readonly number[], width: number, height: number) {
  const near = (x: number, y: number, colour: readonly number[]) => {
    for (const [part, value] of at(Math.floor(x * width), Math.floor(y * height)).entries())
      expect(Math.abs(value - colour[part]!)).toBeLessThan(40)
  }
  near(0.2, 0.2, RED)
  near(0.8, 0.2, GREEN)
  near(0.2, 0.8, BLUE)
  near(0.8, 0.8, WHITE)
}

describe('a picture', () => {
  test('in blocks', async () => {
    const desk = sitting([await corners(400, 320)], null)
    await desk.make(desk.attached)
    const rows = desk.rows(desk.attached)
    expect(rows).toHaveLength(8)
    expect(rows.every((row) => styledWidthOf(row) === 22)).toBe(true)
    expect(rows[1]).toMatch(/38;2;255;0;0.*38;2;0;255;0/)
    expect(rows[6]).toMatch(/38;2;0;0;255.*38;2;255;255;255/)
    expect(desk.written).toEqual([])
  })

  test('for kitty, as a PNG of as many pixels as its cells have', async () => {
    const desk = sitting([await corners(800, 640, 'jpeg')], { name: 'kitty(0.42.1)', attributes: '62;52' })
    await desk.make(desk.attached)
    const rows = desk.rows(desk.attached)
    expect(rows).toHaveLength(8)
    const sent = [...rows[0]!.matchAll(/\x1b_G[^;]*;([^\x1b]*)\x1b\\/g)].map((one) => one[1]).join('')
    const { data, info } = await sharp(Buffer.from(sent, 'base64'))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect(info).toMatchObject({ width: 200, height: 160 })
    seesCorners(rgb(data, info.width, info.channels), info.width, info.height)
    expect(new Set(rows.slice(1).map((row) => textOf(row).length))).toEqual(new Set([2 + 20 * 4]))
  })

  test('in iTerm2’s way, beside another one', async () => {
    const desk = sitting([await corners(400, 320), await corners(160, 320)], { name: 'iTerm2 3.5', attributes: '65;4' })
    await desk.make(desk.attached)
    const rows = desk.rows(desk.attached)
    expect(rows.map(textOf)).toEqual(Array(9).fill(''))
    const drawings = [...rows[8]!.matchAll(/\x1b7\x1b\[8A\x1b\[(\d+)G\x1b\]1337;File=([^:]*):([^\x07]*)\x07\x1b8/g)]
    expect(drawings.map((one) => [one[1], one[2]!.replace(/size=\d+/, 'size=N')])).toEqual([
      ['3', 'inline=1;size=N;width=20;height=8;preserveAspectRatio=1'],
      ['24', 'inline=1;size=N;width=8;height=8;preserveAspectRatio=1'],
    ])
    const png = Buffer.from(drawings[0]![3]!, 'base64')
    expect(Number(/size=(\d+)/.exec(drawings[0]![2]!)![1])).toBe(png.length)
    expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width: 200, height: 160 })
  })

  test('in sixel, no higher than its rows', async () => {
    const desk = sitting([await corners(400, 320)], { name: 'foot(1.21.0)', attributes: '62;4;22' })
    await desk.make(desk.attached)
    const drawing = /\x1bP0;1q([^\x1b]*)\x1b\\/.exec(desk.rows(desk.attached).at(-1)!)![1]!
    const { data32, width, height } = decode(drawing)
    expect(width).toBe(200)
    expect(height).toBeLessThanOrEqual(8 * CELL.height)
    expect(height).toBeGreaterThan(8 * CELL.height - 6)
    seesCorners(rgb(new Uint8Array(data32.buffer, data32.byteOffset), width, 4), width, height)
  })
})

describe('no picture, and no trouble', () => {
  test.each<[string, Partial<Sample>, Colour]>([
    ['of bytes that are no image', { bytes: Buffer.from('not an image') }, 'truecolor'],
    ['of a damaged one', { bytes: Buffer.alloc(200, 0x89) }, 'truecolor'],
    ['in blocks with 16 colours', {}, 'ansi16'],
    ['without colours', {}, 'none'],
  ])('%s', async (_name, change, colour) => {
    const desk = sitting([{ ...(await corners(40, 40)), ...change }], null, colour)
    await desk.make(desk.attached)
    expect(desk.rows(desk.attached)).toEqual([])
  })

  test('of bytes that are gone, of documents, and before it was made', async () => {
    const sample = await corners(40, 40)
    const desk = sitting([], null)
    await desk.make([sample.attachment, pdf().attachment])
    expect(desk.rows([sample.attachment, pdf().attachment])).toEqual([])
    expect(sitting([sample], null).rows([sample.attachment])).toEqual([])
  })

  test('in a window that is too low for it now', async () => {
    const size = { columns: 100, rows: 30 }
    const desk = sitting([await corners(400, 320)], null, 'truecolor', size)
    await desk.make(desk.attached)
    size.rows = 5
    expect(desk.rows(desk.attached)).toEqual([])
  })
})
