import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cardFor, type ImageSizeChoice, readImageSize, sentSize } from '../../../src/core/attachments/image-size.ts'
import { imageTokens, seenSize } from '../../../src/core/attachments/images.ts'
import { modelCard } from '../../../src/core/models.ts'

const older = modelCard('claude-opus-4-6')
const newer = modelCard('claude-opus-4-7')

describe('the size an image is sent in', () => {
  test('is read from what people type', () => {
    expect(['auto', ' NATIVE', '1080P', '720p', '1024x768', '800×600', '0800x600'].map(readImageSize)).toEqual([
      ...['auto', 'native', '1080p', '720p', '1024x768', '800x600', null],
    ])
    for (const text of [
      '',
      'huge',
      '4k',
      'x',
      '0x5',
      '5x0',
      '1024',
      '1024x',
      '1e3x5',
      '-1x5',
      '1.5x2',
      '999999x1',
      'toString',
    ])
      expect(readImageSize(text)).toBeNull()
  })

  // The examples of the API's vision page, as of 2026-08-22.
  test.each([
    [1000, 1000, 'native', 1000, 1000, 1000, 1000],
    [1920, 1080, 'native', 1456, 819, 1920, 1080],
    [2000, 1500, 'native', 1269, 952, 2000, 1500],
    [3840, 2160, 'native', 1456, 819, 2576, 1449],
  ] as const)('%i x %i, %s: %i x %i on older models, %i x %i from 4.7 on', (width, height, size, w1, h1, w2, h2) => {
    expect(sentSize({ width, height }, size, older)).toEqual({ width: w1, height: h1 })
    expect(sentSize({ width, height }, size, newer)).toEqual({ width: w2, height: h2 })
  })

  test('auto is cheap, and as large as the model sees it when there is text in it', () => {
    expect(sentSize({ width: 4032, height: 3024 }, 'auto', newer)).toEqual({ width: 1269, height: 952 })
    expect(sentSize({ width: 3840, height: 2160 }, 'auto', newer, true)).toEqual({ width: 2576, height: 1449 })
    expect(sentSize({ width: 3840, height: 2160 }, 'auto', older, true)).toEqual({ width: 1456, height: 819 })
  })

  test('named sizes lie as the image does', () => {
    expect(sentSize({ width: 3840, height: 2160 }, '1080p', newer)).toEqual({ width: 1920, height: 1080 })
    expect(sentSize({ width: 2160, height: 3840 }, '720p', newer)).toEqual({ width: 720, height: 1280 })
    expect(sentSize({ width: 3000, height: 1000 }, '900x900', newer)).toEqual({ width: 900, height: 300 })
  })

  test('law: never larger than it is, never more than the model sees, below 2000 px where there may be many', () => {
    const px = fc.integer({ min: 1, max: 20_000 })
    const choices = fc.constantFrom<ImageSizeChoice>('auto', 'native', '1080p', '720p', '640x480', '9000x9000')
    fc.assert(
      fc.property(
        px,
        px,
        choices,
        fc.constantFrom(older, newer),
        fc.boolean(),
        fc.boolean(),
        (width, height, choice, model, many, text) => {
          const card = cardFor(model, many)
          const sent = sentSize({ width, height }, choice, card, text)
          expect(seenSize(sent.width, sent.height, model)).toEqual(sent)
          expect(imageTokens(sent.width, sent.height, model)).toBeLessThanOrEqual(model.images.tokens)
          expect(sent.width).toBeLessThanOrEqual(width)
          expect(sent.height).toBeLessThanOrEqual(height)
          expect(Math.min(sent.width, sent.height)).toBeGreaterThanOrEqual(1)
          if (many) expect(Math.max(sent.width, sent.height)).toBeLessThan(2000)
        },
      ),
    )
  })
})
