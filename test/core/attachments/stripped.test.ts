import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { type SendableType, stripped } from '../../../src/core/attachments/stripped.ts'
import { photo } from '../../kit/pictures.ts'

const SECRET = 'Secret Street 1'

/** Where and by whom it was made, and something behind its end. */
async function talkative(type: SendableType): Promise<Buffer> {
  const image = (await photo(60, 40)).withExif({ IFD0: { Artist: SECRET }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
  const bytes = await image
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${SECRET}</x:xmpmeta>`)
    .toFormat(type)
    .toBuffer()
  if (type !== 'gif') return Buffer.concat([bytes, Buffer.from(SECRET)])
  // A comment, before the picture.
  const at = 13 + (3 << ((bytes[10]! & 7) + 1))
  const comment = Buffer.concat([Buffer.from([0x21, 0xfe, SECRET.length]), Buffer.from(SECRET), Buffer.from([0])])
  return Buffer.concat([bytes.subarray(0, at), comment, bytes.subarray(at)])
}

describe('an image without what does not belong to its picture', () => {
  test.each(['png', 'jpeg', 'webp', 'gif'] as const)('%s: the same pixels, and nothing of its maker', async (type) => {
    const bytes = await talkative(type)
    expect(bytes.includes(SECRET)).toBe(true)
    const bare = Buffer.from(stripped(bytes, type)!)
    expect(bare.includes(SECRET)).toBe(false)
    expect(bare.length).toBeLessThan(bytes.length)
    const { exif, xmp, icc } = await sharp(bare).metadata()
    expect([exif, xmp, icc]).toEqual([undefined, undefined, undefined])
    expect(await sharp(bare).raw().toBuffer()).toEqual(await sharp(bytes).raw().toBuffer())
    expect(stripped(bare, type)).toEqual(new Uint8Array(bare))
  })

  test('one that scans several times keeps them all', async () => {
    const bytes = await (await photo(200, 100)).jpeg({ progressive: true }).toBuffer()
    expect(await sharp(stripped(bytes, 'jpeg')!).raw().toBuffer()).toEqual(await sharp(bytes).raw().toBuffer())
  })

  test.each(['png', 'jpeg', 'webp', 'gif'] as const)('%s: what was cut anywhere is not made up', async (type) => {
    const bytes = await talkative(type)
    const whole = stripped(bytes, type)!
    for (let end = 0; end < whole.length - 2; end += 7) {
      const cut = stripped(bytes.subarray(0, end), type)
      if (cut) expect(cut.length).toBeLessThanOrEqual(whole.length)
    }
  })
})
