import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { saidLine } from '../../../src/core/history/said-line.ts'
import { roomOf } from '../../../src/core/text/width.ts'
import { hostileParts } from '../../kit/hostile-parts.ts'

/** The excerpt with the hits in brackets. */
const shown = (text: string, typed: string, columns = 60) =>
  saidLine(text, typed, columns)
    ?.stretches.map(({ text: part, isHit }) => (isHit ? `[${part}]` : part))
    .join('') ?? null

describe('the line around what was searched for', () => {
  test('shows a little before the place and more behind it, cut at words', () => {
    const text = `${'word '.repeat(50)}the moon pulls ${'more '.repeat(50)}`
    expect(shown(text, 'moon', 40)).toMatch(/^…(word )*the \[moon\] pulls (more )*mo?r?e?…$/)
    expect(shown('The moon.', 'moon')).toBe('The [moon].')
  })

  test('matches as the search does: without case and accents, words perhaps only begun', () => {
    expect(shown('Café au lait', 'CAFE')).toBe('[Café] au lait')
    expect(shown('Tidal turbines turn', 'tidal turb')).toBe('[Tidal] [turb]ines turn')
    expect(shown('Tidal turbines', 'dal')).toBe(null)
    expect(shown('x-ray and y', 'x-ray')).toBe('[x]-[ray] and y')
  })

  test('finds scripts without spaces where the characters follow each other', () => {
    expect(shown('空と海は青い', '海は')).toBe('空と[海は]青い')
    expect(shown('海の上は', '海は')).toBe(null)
  })

  test('takes the place that says most of the words', () => {
    const text = `moon ${'x '.repeat(200)} moon and sun ${'y '.repeat(50)}`
    expect(shown(text, 'moon sun', 40)).toContain('[moon] and [sun]')
  })

  test('is one harmless line, blanks and line ends gathered', () => {
    expect(shown('a\n\n\n  the\tmoon\nb', 'moon')).toBe('a the [moon] b')
    const text = `moon ${hostileParts('tag')
      .map((part) => part.text)
      .join(' ')}`
    expect(shown(text, 'moon', 2_000)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
  })

  test('LAW: never wider than it may be, and always with a hit in it', () => {
    const word = fc.constantFrom('moon', '海', 'a', '👨‍👩‍👧', 'e\u0301', '\n', '   ', 'x'.repeat(100), '\ud83d', 'MOON')
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), fc.integer({ min: 10, max: 120 }), (words, columns) => {
        const found = saidLine(words.join(' '), 'moon', columns)
        expect(found !== null).toBe(words.some((one) => one.toLowerCase() === 'moon'))
        if (!found) return
        expect(roomOf(found.stretches.map(({ text }) => text).join(''))).toBeLessThanOrEqual(columns)
        expect(found.stretches.some(({ isHit }) => isHit)).toBe(true)
      }),
    )
  })
})
