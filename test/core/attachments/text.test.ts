import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeText, partOf } from '../../../src/core/attachments/text.ts'

const bytes = (text: string, encoding: BufferEncoding) => new Uint8Array(Buffer.from(text, encoding))

describe('text of any encoding', () => {
  test('is told apart by its bytes', () => {
    expect(decodeText(bytes('grün 漢字 🙂', 'utf8'))).toEqual({ text: 'grün 漢字 🙂', encoding: 'UTF-8' })
    expect(decodeText(bytes('\ufeffmarked', 'utf8'))).toEqual({ text: 'marked', encoding: 'UTF-8' })
    expect(decodeText(bytes('\ufeffgrün 🙂', 'utf16le'))).toEqual({ text: 'grün 🙂', encoding: 'UTF-16' })
    const swapped = Buffer.from('\ufeffgrün', 'utf16le').swap16()
    expect(decodeText(new Uint8Array(swapped))).toEqual({ text: 'grün', encoding: 'UTF-16' })
    expect(decodeText(bytes('Grüße aus Köln \x80', 'latin1'))).toEqual({
      text: 'Grüße aus Köln €',
      encoding: 'Windows-1252',
    })
  })

  test('of none is not guessed', () => {
    expect(decodeText(bytes('\xd0\xf3\xf1\xf1\xea\xe8\xe9 \xf2\xe5\xea\xf1\xf2', 'latin1'))).toBeNull()
    expect(decodeText(bytes('abc \x81 def', 'latin1'))).toBeNull()
    expect(decodeText(bytes('a\0b', 'latin1'))).toBeNull()
  })

  test('law: what is UTF-8 comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!text.includes('\0') && !text.startsWith('\ufeff'))
        expect(decodeText(bytes(text, 'utf8'))?.text).toBe(text)
      }),
    )
  })
})

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
