import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { partOf } from '../../../src/core/attachments/text.ts'

describe('a part of a text', () => {
  const lines = Array.from({ length: 100 }, (_, i) => `line ${i}\n`).join('')

  test('is its head or its tail in whole lines, and says so', () => {
    const head = partOf(lines, { end: 'head', tokens: 20 }, 2)
    expect(head.text).toBe('line 0\nline 1\nline 2\nline 3\nline 4\n')
    expect(head.note).toBe('cut to its head: 35 of 790 characters, 4%')
    expect(partOf(lines, { end: 'tail', tokens: 20 }, 2).text).toBe('line 95\nline 96\nline 97\nline 98\nline 99\n')
    expect(partOf(lines, 'whole', 2)).toEqual({ text: lines, note: null })
    expect(partOf('short', { end: 'head', tokens: 20 }, 2)).toEqual({ text: 'short', note: null })
  })

  test('law: it is a beginning or an end, no character is halved, and it is no longer than asked for, but for a half', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.constantFrom('head' as const, 'tail' as const),
        fc.integer({ min: 1, max: 30 }),
        (text, end, tokens) => {
          const part = partOf(text, { end, tokens }, 1).text
          expect(end === 'head' ? text.startsWith(part) : text.endsWith(part)).toBe(true)
          expect(part.isWellFormed()).toBe(true)
          expect(part.length).toBeLessThanOrEqual(tokens + 1)
        },
      ),
    )
  })
})
