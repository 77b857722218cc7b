/** Images and documents at the demo server: taken, counted and refused as at the API. */

import type { ContentBlockParam } from '@anthropic-ai/sdk/resources/messages/messages'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attachmentTokens } from '../../src/core/attachments.ts'
import { modelCard } from '../../src/core/models.ts'
import { pdf, png } from '../kit/attachments.ts'
import { type Visit, visit } from './visit.ts'

let server: Visit
beforeAll(async () => {
  server = await visit()
})
afterAll(() => server[Symbol.asyncDispose]())

const image = (bytes: Uint8Array, type: string = 'image/png'): ContentBlockParam => ({
  type: 'image',
  source: { type: 'base64', media_type: type as 'image/png', data: Buffer.from(bytes).toString('base64') },
})
const document = (bytes: Uint8Array, type: string = 'application/pdf'): ContentBlockParam => ({
  type: 'document',
  source: { type: 'base64', media_type: type as 'application/pdf', data: Buffer.from(bytes).toString('base64') },
})
/** A head that claims a size, without the pixels: only heads are looked at. */
const sized = (width: number, height: number) => {
  const bytes = Buffer.from(png(1, 1))
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return bytes
}
const NEWER = 'claude-sonnet-5-5'
const OLDER = 'claude-haiku-4-5'
const words = { type: 'text', text: 'What?' } as const
const ask = (content: readonly ContentBlockParam[], model = NEWER) =>
  server.raw('POST', '/v1/messages/count_tokens', JSON.stringify({ model, messages: [{ role: 'user', content }] }))
const counted = async (blocks: readonly ContentBlockParam[], model = NEWER) => {
  const count = async (content: readonly ContentBlockParam[]) =>
    (JSON.parse((await ask(content, model)).body) as { input_tokens: number }).input_tokens
  return (await count([...blocks, words])) - (await count([words]))
}

describe('an image', () => {
  test('is counted by its patches, as large as the model sees it', async () => {
    expect(await counted([image(png(1000, 1000))])).toBe(1296)
    expect(await counted([image(png(1920, 1080))])).toBe(2691)
    expect(await counted([image(png(1920, 1080))], OLDER)).toBe(1560)
    expect(await counted([image(sized(3840, 2160))])).toBe(4784)
  })

  test('of each type is known by its bytes', async () => {
    const gif = Buffer.from('GIF89a\x38\x00\x38\x00', 'latin1')
    const lossless = Buffer.alloc(40)
    lossless.write('RIFF....WEBPVP8L', 'latin1')
    lossless.writeUInt32LE(27 | (27 << 14), 21)
    const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffc0001108001c001c03012200021101031101', 'hex')
    expect(await counted([image(gif, 'image/gif')])).toBe(4)
    expect(await counted([image(lossless, 'image/webp')])).toBe(1)
    expect(await counted([image(jpeg, 'image/jpeg')])).toBe(1)
  })

  test.each([
    ['of another type', image(png(9, 9), 'image/tiff'), "media_type: Input should be 'image/jpeg'"],
    ['that is none', image(Buffer.from('hello')), 'Could not process image'],
    ['under a wrong name', image(png(9, 9), 'image/jpeg'), 'the image appears to be a image/png image'],
    ['of a side too long', image(sized(8001, 9)), 'exceed max allowed size: 8000 pixels'],
    ['of too many bytes', image(Buffer.concat([png(9, 9), Buffer.alloc(7_900_000)])), 'image exceeds 10 MB maximum'],
  ])('%s is refused', async (_, block, why) => {
    const { status, body } = await ask([block])
    expect({ status, body }).toEqual({ status: 400, body: expect.stringContaining(why) })
  })

  test('whose base64 is none is refused', async () => {
    const block = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'not base64!' } } as const
    expect((await ask([block])).body).toContain('messages.0.content.0.image.source.base64: invalid base64 data')
  })

  test('of more than 2000 px is refused once there are more than 20', async () => {
    const large = image(sized(2001, 9))
    const small = (count: number) => Array.from({ length: count }, () => image(png(9, 9)))
    expect((await ask([large, ...small(19)])).status).toBe(200)
    expect((await ask([large, ...small(20)])).body).toContain('many-image requests: 2000 pixels')
  })

  test('too many are too much media, sooner for a small window', async () => {
    const many = Array.from({ length: 101 }, () => image(png(9, 9)))
    expect((await ask(many)).status).toBe(200)
    expect((await ask(many, OLDER)).body).toContain('Too much media: 0 document pages + 101 images > 100')
  })
})

describe('a document', () => {
  test('is counted by its pages, its words, its title', async () => {
    const one = await counted([document(pdf('a', 1).bytes)])
    expect(await counted([document(pdf('a', 3).bytes)])).toBe(3 * one)
    expect(one).toBeGreaterThan(1_500)
    // What is guessed before lies near it, for each size that a model sees.
    for (const model of [NEWER, OLDER]) {
      const guess = attachmentTokens(pdf('a', 3).attachment, modelCard(model))
      expect(Math.abs(guess / (await counted([document(pdf('a', 3).bytes)], model)) - 1)).toBeLessThan(0.1)
    }
    const notes = (title?: string): ContentBlockParam => ({
      type: 'document',
      source: { type: 'text', media_type: 'text/plain', data: 'x'.repeat(2_500) },
      ...(title === undefined ? {} : { title }),
    })
    expect(await counted([notes()])).toBe(1_000)
    expect(await counted([notes('notes.txt')])).toBe(1_004)
  })

  test.each([
    ['that is no PDF', document(Buffer.from('hello')), 'The PDF specified was not valid.'],
    ['that is locked', document(pdf('a', 1, true).bytes), 'The PDF specified is password protected.'],
    ['of another type', document(pdf().bytes, 'application/msword'), "Input should be 'application/pdf'"],
    ['of too many pages', document(pdf('a', 601).bytes), 'A maximum of 600 PDF pages may be provided.'],
    [
      'without a word',
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: ' ' } } as const,
      'text content must be non-empty',
    ],
  ])('%s is refused', async (_, block, why) => {
    const { status, body } = await ask([block])
    expect({ status, body }).toEqual({ status: 400, body: expect.stringContaining(why) })
  })
})

test('a body of more than 32 MB is refused as too large', async () => {
  const { status, body } = await ask(Array.from({ length: 4 }, () => image(Buffer.alloc(6_600_000))))
  expect({ status, body }).toEqual({ status: 413, body: expect.stringContaining('32 MB') })
})
