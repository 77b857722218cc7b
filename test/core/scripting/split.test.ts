import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CATALOGUE, modelCard } from '../../../src/core/models.ts'
import { partQuestion, partsOf, splitFor, wholeQuestion } from '../../../src/core/scripting/split.ts'

const CARD = modelCard('balanced', CATALOGUE)
const text = fc
  .array(fc.constantFrom('a line of words\n', '\n', '# heading\n', '👩‍👩‍👧 ', 'word '), { maxLength: 200 })
  .map((all) => all.join(''))

describe('parts of a long text', () => {
  test('joined are the text, none is longer than it may be, and the same text gives the same parts', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 300 }), (long, most) => {
        const parts = partsOf(long, most)
        expect(parts.join('')).toBe(long)
        expect(partsOf(long, most)).toEqual(parts)
        for (const part of parts) expect(part.length).toBeLessThanOrEqual(most)
        for (const part of parts.slice(0, -1)) expect(part.length).toBeGreaterThanOrEqual(Math.floor(most / 2))
        // No sign is torn into halves that nobody can read.
        for (const part of parts) expect(part.isWellFormed()).toBe(true)
      }),
    )
  })

  test('begin at a heading where there is one, else at a paragraph, else at a line', () => {
    expect(partsOf('aaaa\n\nb\n# two\ncc\n\nd', 15)).toEqual(['aaaa\n\nb\n', '# two\ncc\n\nd'])
    expect(partsOf('aaaa\n\nbb\nccccc dd', 11)).toEqual(['aaaa\n\n', 'bb\nccccc dd'])
    expect(partsOf('aaaa\nbbbb\ncccc', 11)).toEqual(['aaaa\nbbbb\n', 'cccc'])
  })

  test('are made only of what is too long, or longer than wished, and leave room for all answers', () => {
    expect(splitFor('short', CARD, null)).toBeNull()
    const words = 'word '.repeat(20_000)
    expect(splitFor(words, CARD, null)).toBeNull()
    const split = splitFor(words, CARD, 10_000)
    if (split === null || typeof split === 'string') throw new Error('It should have been split.')
    expect(split.parts.length).toBeGreaterThan(3)
    expect(split.room * split.parts.length).toBeLessThan(CARD.window!)
    const small = { ...CARD, window: 20_000 }
    expect(splitFor(words, small, null)).toMatchObject({ room: 2_400 })
    expect(splitFor(words, small, 600)).toMatch(/^In \d+ parts the text would have more answers than fit/)
  })

  test('are measured by sign where a sign is a token', () => {
    const split = splitFor('日本語の文章。'.repeat(8_000), CARD, 5_000)
    if (split === null || typeof split === 'string') throw new Error('It should have been split.')
    for (const part of split.parts) expect(part.length).toBeLessThanOrEqual(5_000)
    expect(split.parts).toHaveLength(12)
    expect(splitFor('語'.repeat(4_999), CARD, 5_000)).toBeNull()
    expect(partsOf('語'.repeat(3), 1, 2.5)).toEqual(['語', '語', '語'])
  })

  test('and their answers stand in the order of the text', () => {
    expect(partQuestion('b', 2, 3, 'why?')).toContain('<part number="2" of="3">\nb\n</part>')
    expect(wholeQuestion(['x', 'y'], 'why?')).toContain(
      '<answer part="1">\nx\n</answer>\n<answer part="2">\ny\n</answer>',
    )
  })
})
