import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, describe, expect, test } from 'vitest'
import { seenSize } from '../../../src/core/attachments/images.ts'
import type { Ready } from '../../../src/core/attachments/prepared.ts'
import { modelCard } from '../../../src/core/models.ts'
import { keptInMemory, keptOnDisk } from '../../../src/io/attachments/kept.ts'
import { type PrepareWishes, prepare } from '../../../src/io/attachments/prepare.ts'
import { readSource } from '../../../src/io/attachments/read.ts'
import { pdf } from '../../kit/pdfs.ts'
import { bmp, ico, LOGO, photo, screenshot, written } from '../../kit/pictures.ts'

const card = modelCard('claude-opus-4-7')
const older = modelCard('claude-opus-4-6')
const { signal } = new AbortController()

const prepared = (name: string, bytes: Uint8Array, wishes: Partial<PrepareWishes> = {}) =>
  prepare({ name, bytes }, { size: 'auto', card, many: false, kept: keptInMemory(), ...wishes }, signal)

async function sent(name: string, bytes: Uint8Array, wishes: Partial<PrepareWishes> = {}): Promise<Ready> {
  const result = await prepared(name, bytes, wishes)
  if ('refused' in result) throw new Error(result.refused)
  expect(result.attachment.hash).toBe(createHash('sha256').update(result.bytes).digest('hex'))
  expect(result.attachment.bytes).toBe(result.bytes.length)
  return result
}

async function refusal(name: string, bytes: Uint8Array, wishes: Partial<PrepareWishes> = {}): Promise<string> {
  const result = await prepared(name, bytes, wishes)
  return 'refused' in result ? result.refused : 'sent'
}

/** Not by `toEqual`: to tell how millions of numbers differ takes minutes. */
async function expectSamePixels(one: Uint8Array, other: Uint8Array): Promise<void> {
  const [pixels, others] = await Promise.all([one, other].map((each) => sharp(each).removeAlpha().raw().toBuffer()))
  expect(pixels!.equals(others!)).toBe(true)
}

const centre = async (bytes: Uint8Array) => {
  const { data, info } = await sharp(bytes)
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const at = ((info.height >> 1) * info.width + (info.width >> 1)) * 3
  return [...data.subarray(at, at + 3)]
}

describe('an image', () => {
  test('is as large as is cheap, says nothing of where it was taken, and is far smaller', async () => {
    const picture = (await photo(2400, 1800)).withExif({
      IFD0: { Artist: 'Somebody' },
      IFD3: { GPSLatitude: '51/1 30/1 0/1' },
    })
    const original = await picture.jpeg({ quality: 92 }).toBuffer()
    const { attachment, bytes } = await sent('photo.jpg', original)
    expect(attachment).toMatchObject({
      ...{ kind: 'image', name: 'photo.jpg', mediaType: 'image/jpeg' },
      image: {
        width: 1269,
        height: 952,
        from: { width: 2400, height: 1800, bytes: original.length, mediaType: 'image/jpeg' },
      },
    })
    expect(attachment.notes).toBeUndefined()
    const { exif, width, height } = await sharp(bytes).metadata()
    expect([exif, width, height]).toEqual([undefined, 1269, 952])
    expect(bytes.length).toBeLessThan(original.length * 0.4)
  })

  test('is as wide as its model sees it, on request, and below 2000 px where there may be many', async () => {
    const original = await (await photo(3000, 2000)).jpeg().toBuffer()
    const size = async (wishes: Partial<PrepareWishes>) => (await sent('a', original, wishes)).attachment.image
    expect(await size({ size: 'native' })).toMatchObject(seenSize(3000, 2000, card))
    expect(await size({ size: 'native', card: older })).toMatchObject(seenSize(3000, 2000, older))
    expect((await size({ size: 'native', many: true }))!.width).toBe(1988)
    expect(await size({ size: '720p' })).toMatchObject({ width: 1080, height: 720 })
  })

  test('stands upright', async () => {
    const { data, info } = await sharp({ create: { width: 90, height: 60, channels: 3, background: '#fff' } })
      .composite([{ input: { create: { width: 45, height: 60, channels: 3, background: '#f00' } }, left: 0, top: 0 }])
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    const lying = await sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer()
    const { attachment, bytes } = await sent('lying.jpg', lying)
    expect(attachment.image).toMatchObject({ width: 60, height: 90, from: { width: 60, height: 90 } })
    const top = await sharp(bytes).extract({ left: 30, top: 5, width: 1, height: 1 }).removeAlpha().raw().toBuffer()
    expect(top[0]! - top[1]!).toBeGreaterThan(150)
    expect((await sharp(bytes).metadata()).orientation ?? 1).toBe(1)
  })

  test('with small letters stays as large as the model sees it, and exact; with large ones it is cheap', async () => {
    const small = await screenshot(1920, 1080, 13).png().toBuffer()
    const exact = await sent('screen.png', small)
    expect(exact.attachment.image).toMatchObject({ width: 1920, height: 1080 })
    await expectSamePixels(exact.bytes, small)
    const large = await screenshot(1920, 1080, 44).png().toBuffer()
    expect((await sent('slide.png', large)).attachment.image).toMatchObject({ width: 1456, height: 819 })
  })

  test('of letters that repeat is exact where that takes fewer bytes, also in another size', async () => {
    const input = await screenshot(1920, 135, 10).png().toBuffer()
    const background = { width: 1920, height: 1080, channels: 3, background: '#fff' } as const
    const log = await sharp({ create: background })
      .composite([{ input, tile: true }])
      .removeAlpha()
      .png()
      .toBuffer()
    const { bytes } = await sent('log.png', log, { size: '1024x576' })
    const small = sharp(log).resize(1024, 576)
    await expectSamePixels(bytes, await small.clone().png().toBuffer())
    expect(bytes.length).toBeLessThan(0.3 * (await small.jpeg({ quality: 88 }).toBuffer()).length)
  })

  test('that is packed more tightly than others can pack it grows little, and is not spoilt', async () => {
    const original = await (await photo(1200, 900)).avif({ quality: 40, effort: 0 }).toBuffer()
    const { attachment, bytes } = await sent('photo.avif', original)
    expect(attachment.mediaType).toBe('image/webp')
    expect(bytes.length).toBeLessThan(1.5 * original.length)
    const plain = await sharp(original).jpeg({ quality: 80 }).toBuffer()
    expect(bytes.length).toBeLessThan(0.8 * plain.length)
  })

  test('that is long is told to be hard to read, also where most of it is bare; a wide photo is not', async () => {
    const bare = await sharp({ create: { width: 600, height: 9000, channels: 3, background: '#fff' } })
      .png()
      .toBuffer()
    const { attachment } = await sent('receipt.png', bare)
    expect(attachment.notes?.join()).toMatch(/^scaled to 17%: small letters may be lost/)
    const wide = await (await photo(6000, 1500)).jpeg().toBuffer()
    expect((await sent('wide.jpg', wide)).attachment.notes).toBeUndefined()
  })

  test('that nothing can make smaller goes as it is, but for what is not its picture', async () => {
    const original = await (await photo(300, 200))
      .jpeg({ quality: 60 })
      .withExif({ IFD0: { Artist: 'Somebody' } })
      .toBuffer()
    const { bytes } = await sent('small.jpg', original)
    expect(bytes.length).toBeLessThan(original.length)
    await expectSamePixels(bytes, original)
    expect((await sharp(bytes).metadata()).exif).toBeUndefined()
  })

  test('keeps what shines through', async () => {
    const { bytes } = await sent('logo.png', await sharp(LOGO).png().toBuffer())
    const { channels, isOpaque } = await sharp(bytes).stats()
    expect([channels.length, isOpaque]).toEqual([4, false])
    const solid = await sharp(LOGO).flatten({ background: '#fff' }).ensureAlpha().png().toBuffer()
    expect((await sharp((await sent('solid.png', solid)).bytes).metadata()).hasAlpha).toBe(false)
  })

  test.each(['avif', 'tiff', 'webp', 'gif', 'png'] as const)('may be %s', async (type) => {
    const { attachment, bytes } = await sent(
      'misnamed.jpg',
      await sharp(LOGO).flatten({ background: '#fff' }).resize(200).toFormat(type).toBuffer(),
    )
    expect(attachment.image).toMatchObject({ width: 200, height: 100, from: { mediaType: `image/${type}` } })
    expect((await sharp(bytes).metadata()).width).toBe(200)
  })

  test('may be BMP, ICO or SVG, which others draw', async () => {
    const raw = await sharp({ create: { width: 33, height: 20, channels: 3, background: '#3264c8' } })
      .raw()
      .toBuffer()
    const bitmap = await sent('old.bmp', bmp({ data: raw, width: 33, height: 20 }))
    expect(bitmap.attachment.image).toMatchObject({ width: 33, height: 20, from: { mediaType: 'image/bmp' } })
    expect(await centre(bitmap.bytes)).toEqual([0x32, 0x64, 0xc8])
    const png = await sharp({ create: { width: 32, height: 32, channels: 4, background: '#0a0' } })
      .png()
      .toBuffer()
    expect(await centre((await sent('favicon.ico', ico(png, 32))).bytes)).toEqual([0, 0xaa, 0])
    const svg = await sent(
      'logo.svg',
      Buffer.from(
        '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="5"><rect width="10" height="5" fill="#c00"/></svg>',
      ),
    )
    expect(svg.attachment.image).toMatchObject({ width: 1024, height: 512, from: { width: 10, height: 5 } })
    expect(await centre(svg.bytes)).toEqual([0xcc, 0, 0])
  })

  test('of several frames is its first, and says so', async () => {
    const frames = await sharp({ create: { width: 40, height: 90, channels: 3, background: '#08f' } })
      .raw()
      .toBuffer()
    const moving = (type: 'gif' | 'webp') =>
      sharp(frames, { raw: { width: 40, height: 90, channels: 3, pageHeight: 30 } })
        .toFormat(type, { delay: [50, 50, 50], loop: 0 })
        .toBuffer()
    for (const type of ['gif', 'webp'] as const) {
      const bytes = await moving(type)
      const frameCount = (await sharp(bytes).metadata()).pages ?? 1
      const { attachment } = await sent(`moving.${type}`, bytes)
      expect(attachment.image).toMatchObject({ width: 40, height: 30 })
      if (frameCount > 1) expect(attachment.notes).toEqual([`first of ${frameCount} frames`])
    }
  })

  test('of another colour space is sRGB', async () => {
    const cmyk = await (await photo(200, 100)).toColourspace('cmyk').jpeg().toBuffer()
    expect((await sharp((await sent('print.jpg', cmyk)).bytes).metadata()).space).toBe('srgb')
    const p3 = await sharp({ create: { width: 50, height: 50, channels: 3, background: '#0f0' } })
      .withIccProfile('p3')
      .png()
      .toBuffer()
    const { bytes } = await sent('phone.png', p3)
    expect((await sharp(bytes).metadata()).icc).toBeUndefined()
    expect((await centre(bytes))[1]).toBeGreaterThan(240)
  })

  test('that would fill the memory is refused before it is decoded', async () => {
    const bomb = await sharp({ create: { width: 20, height: 20, channels: 3, background: '#fff' } })
      .png()
      .toBuffer()
    // Its head says so; the sum over the head is right.
    bomb.writeUInt32BE(20_000, 16)
    bomb.writeUInt32BE(20_000, 20)
    bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29)
    const before = process.memoryUsage().rss
    expect(await refusal('bomb.png', bomb)).toMatch(
      /^bomb\.png has 20,000 x 20,000 px; images of up to 268 megapixels are taken\. Scale it down/,
    )
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000)
  })

  test('that is damaged is refused', async () => {
    const whole = await (await photo(400, 300)).png().toBuffer()
    expect(await refusal('cut.png', whole.subarray(0, whole.length >> 1))).toMatch(
      /^cut\.png is a damaged PNG image\. Open it elsewhere/,
    )
    expect(await refusal('cut.bmp', bmp({ data: Buffer.alloc(300), width: 10, height: 10 }).subarray(0, 100))).toMatch(
      /is damaged/,
    )
    expect(await refusal('phone.heic', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heicnothing', 'latin1'))).toMatch(
      /^phone\.heic is a HEIC image, which nothing on this machine decodes\. Export it as JPEG/,
    )
  })

  test('that claims to be larger than it is does not go as it is', async () => {
    const gif = await sharp(LOGO).resize(1, 1).gif().toBuffer()
    gif.writeUInt16LE(9000, 6)
    const result = await prepared('large.gif', gif)
    if ('refused' in result) return
    const { width } = result.attachment.image!
    expect(width).toBeLessThanOrEqual(2576)
    expect(Buffer.from(result.bytes).toString('latin1', 0, 3) === 'GIF' ? result.bytes[7] : 0).toBe(0)
  })

  test('drawn by lines does nothing but draw', async () => {
    const svg = (inside: string, before = '') =>
      Buffer.from(
        `${before}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="100" height="100">${inside}</svg>`,
      )
    expect(
      await refusal('lol.svg', svg('<text>&b;</text>', '<!DOCTYPE svg [<!ENTITY a "xx"><!ENTITY b "&a;&a;">]>')),
    ).toMatch(/^lol\.svg is an SVG that defines entities/)
    expect(await refusal('many.svg', svg('<use href="#a"/>'.repeat(3_000)))).toMatch(/copies its shapes/)
    const copies = Array.from({ length: 11 }, (_, i) => `<g id="g${i + 1}">${`<use href="#g${i}"/>`.repeat(10)}</g>`)
    const endless = svg(`<rect id="g0" width="5" height="5"/>${copies.join('')}<use href="#g11"/>`)
    expect(await refusal('endless.svg', endless)).toMatch(/^endless\.svg is an? (SVG that takes too long|damaged SVG)/)
    const secret = join(mkdtempSync(join(tmpdir(), 'claude-tui-svg-')), 'secret.png')
    writeFileSync(
      secret,
      await sharp({ create: { width: 100, height: 100, channels: 3, background: '#f00' } })
        .png()
        .toBuffer(),
    )
    const outside = svg(
      `<rect width="100" height="100" fill="#00f"/><image xlink:href="file://${secret}" width="100" height="100"/><script>throw 1</script>`,
    )
    const { attachment, bytes } = await sent('outside.svg', outside)
    expect(attachment.notes).toEqual(['without what lies elsewhere'])
    expect(await centre(bytes)).toEqual([0, 0, 255])
  })

  test('is prepared once: the same bytes under another name come from what is kept', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'claude-tui-kept-'))
    try {
      const original = await (await photo(1800, 1200)).jpeg().toBuffer()
      const first = await sent('a.jpg', original, { kept: keptOnDisk(join(folder, 'kept')) })
      const [file] = readdirSync(join(folder, 'kept'))
      expect(statSync(join(folder, 'kept', file!)).mode & 0o77).toBe(0)
      const again = await sent('b.jpg', original, { kept: keptOnDisk(join(folder, 'kept')) })
      expect(again).toEqual({
        ...first,
        attachment: { ...first.attachment, name: 'b.jpg' },
        bytes: new Uint8Array(first.bytes),
      })
      await sent('a.jpg', original, { size: '720p', kept: keptOnDisk(join(folder, 'kept')) })
      expect(readdirSync(join(folder, 'kept'))).toHaveLength(2)
      // Damaged meanwhile: made again.
      writeFileSync(join(folder, 'kept', file!), readFileSync(join(folder, 'kept', file!)).subarray(0, -9))
      expect((await sent('a.jpg', original, { kept: keptOnDisk(join(folder, 'kept')) })).bytes).toEqual(first.bytes)
      await sent('c.jpg', original, { size: 'native', kept: keptOnDisk(join(folder, 'kept'), 1) })
      expect(readdirSync(join(folder, 'kept'))).toHaveLength(0)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('that nobody waits for any more is given up at once', async () => {
    const stop = new AbortController()
    const bytes = await (await photo(3000, 2000)).jpeg().toBuffer()
    const all = Array.from({ length: 8 }, (_, i) =>
      prepare({ name: `${i}`, bytes }, { size: 'native', card, many: false, kept: keptInMemory() }, stop.signal),
    )
    setImmediate(() => stop.abort(new Error('changed my mind')))
    const ends = await Promise.allSettled(all)
    expect(ends.map((end) => end.status === 'rejected' && end.reason.message)).toEqual(Array(8).fill('changed my mind'))
    // The gate is open again.
    expect((await sent('next.jpg', bytes)).attachment.kind).toBe('image')
  })
})

describe('a document', () => {
  test('goes as it is, with its pages', async () => {
    const bytes = pdf({ pages: 42, way: 'streams' })
    expect((await sent('paper.pdf', bytes)).attachment).toMatchObject({
      kind: 'pdf',
      name: 'paper.pdf',
      mediaType: 'application/pdf',
      pages: 42,
      bytes: bytes.length,
    })
  })

  test('is refused with its reason when the server would refuse it', async () => {
    expect(await refusal('locked.pdf', pdf({ pages: 2, isLocked: true }))).toBe(
      'locked.pdf is an encrypted PDF, which the API does not take. Print it into a new PDF, or unlock it: qpdf --decrypt.',
    )
    expect(await refusal('book.pdf', pdf({ pages: 601 }), { card: { ...card, window: 1_000_000 } })).toMatch(
      /^book\.pdf has 601 pages; this model takes 600\./,
    )
    expect(await refusal('book.pdf', pdf({ pages: 101 }), { card: { ...card, window: 200_000 } })).toMatch(
      /^book\.pdf has 101 pages; this model takes 100\./,
    )
    expect(await refusal('large.pdf', Buffer.concat([pdf({ pages: 1 }), Buffer.alloc(24_000_000)]))).toMatch(
      /^large\.pdf is a PDF of 24\.0 MB; 23 MB fit/,
    )
    expect(await refusal('torn.pdf', Buffer.from('%PDF-1.7\n'))).toMatch(/^torn\.pdf is a damaged PDF/)
  })
})

describe('a text', () => {
  test('goes in UTF-8, whole or in the part that is asked for', async () => {
    const whole = await sent('notes\u001b[2J.txt', Buffer.from('Grüße aus dem Süden\n', 'latin1'))
    expect(whole.attachment).toMatchObject({
      kind: 'text',
      name: 'notes␛[2J.txt',
      mediaType: 'text/plain',
      chars: 20,
      bytes: 23,
      notes: ['read as ISO-8859-1'],
    })
    const log = Buffer.from('a line of a log\n'.repeat(10_000))
    const { attachment, bytes } = await sent('big.log', log, { part: { end: 'tail', tokens: 100 } })
    expect(attachment.notes).toEqual(['cut to its tail: 240 of 160,000 characters, less than 1%'])
    expect(Buffer.from(bytes).toString()).toBe('a line of a log\n'.repeat(15))
  })

  test.each([
    ['UTF-8', Buffer.from(' \n\t')],
    ['UTF-16, its mark alone', Buffer.from([0xff, 0xfe])],
    ['a mark doubled', Buffer.from('\ufeff\ufeff\n')],
  ])('of nothing but blanks is refused: %s', async (_name, bytes) => {
    expect(await refusal('blank.txt', bytes)).toBe(
      'blank.txt holds nothing but blanks. Attach a file with something in it.',
    )
  })

  test('is never cut unasked: what does not fit is refused with a way out', async () => {
    const long = Buffer.from('word '.repeat(200_000))
    expect(await refusal('long.txt', long, { card: { ...card, window: 200_000 } })).toMatch(
      /^long\.txt has about 400,000 tokens; the model takes 200,000\. Attach its head, its tail or a summary of it/,
    )
    const part = { end: 'head', tokens: 300_000 } as const
    expect(await refusal('long.txt', long, { card: { ...card, window: 200_000 }, part })).toContain(
      'Attach less of its head, or a summary of it.',
    )
    expect(await refusal('a.bin', Buffer.from([1, 2, 0, 3]))).toMatch(/^a\.bin is neither an image, a PDF nor text\./)
    expect(await refusal('a.docx', Buffer.from('PK\x03\x04'))).toMatch(
      /^a\.docx is a ZIP archive or an Office document/,
    )
    expect(await refusal('empty', Buffer.alloc(0))).toMatch(/^empty is empty\./)
  })
})

describe('a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'claude-tui-read-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const said = async (path: string) => {
    const result = await readSource(path, signal)
    return 'refused' in result ? result.refused : result.name
  }

  test('is read when it is one', async () => {
    writeFileSync(join(folder, 'a.txt'), 'hello')
    expect(await readSource(join(folder, 'a.txt'), signal)).toMatchObject({
      name: 'a.txt',
      bytes: Buffer.from('hello'),
    })
    expect(await said(folder)).toMatch(/is a folder\. Attach files of it/)
    expect(await said('/dev/zero')).toMatch(/is a device or a pipe/)
    expect(await said(join(folder, 'none'))).toMatch(/^There is no file .*none\./)
    symlinkSync(join(folder, 'none'), join(folder, 'link'))
    expect(await said(join(folder, 'link'))).toMatch(/link is a link to a file that is not there\./)
  })
})

test('a drawing of letters is one picture on any paper', async () => {
  const dark = await sharp(written(800, 400, 14, 3, '#111', ['#eee']))
    .removeAlpha()
    .png()
    .toBuffer()
  expect((await sent('dark.png', dark)).attachment.image).toMatchObject({ width: 800, height: 400 })
})
