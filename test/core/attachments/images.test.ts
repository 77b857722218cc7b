import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { imageTokens, seenSize } from '../../../src/core/attachments/images.ts'
import { modelCard } from '../../../src/core/models.ts'

const older = modelCard('claude-opus-4-6')
const newer = modelCard('claude-opus-4-7')

describe('what an image costs', () => {
  // The examples of the API's vision page, as of 2026-08-22.
  test.each([
    [1000, 1000, 1296, 1296],
    [1920, 1080, 1560, 2691],
    [2000, 1500, 1564, 3888],
    [3840, 2160, 1560, 4784],
  ])('%i x %i: %i tokens on older models, %i from Opus 4.7 on', (width, height, standard, high) => {
    expect(imageTokens(width, height, older)).toBe(standard)
    expect(imageTokens(width, height, newer)).toBe(high)
    expect(imageTokens(height, width, newer)).toBe(high)
  })

  test('what is too large is seen smaller, in the same shape', () => {
    expect(seenSize(1920, 1080, older)).toEqual({ width: 1456, height: 819 })
    expect(seenSize(2000, 1500, older)).toEqual({ width: 1269, height: 952 })
    expect(seenSize(3840, 2160, newer)).toEqual({ width: 2576, height: 1449 })
    expect(seenSize(1920, 1080, newer)).toEqual({ width: 1920, height: 1080 })
  })

  test('law: never more than the limit, never larger than it was, and what is seen is seen as it is', () => {
    const px = fc.integer({ min: 1, max: 20_000 })
    fc.assert(
      fc.property(px, px, fc.constantFrom(older, newer), (width, height, card) => {
        const seen = seenSize(width, height, card)
        expect(imageTokens(width, height, card)).toBeLessThanOrEqual(card.images.tokens)
        expect(Math.max(seen.width, seen.height)).toBeLessThanOrEqual(Math.max(width, height))
        expect(seenSize(seen.width, seen.height, card)).toEqual(seen)
      }),
    )
  })
})
