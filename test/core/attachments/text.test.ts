import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeText, partOf } from '../../../src/core/attachments/text.ts'

const bytes = (text: string, encoding: BufferEncoding) => new Uint8Array(Buffer.from(text, encoding))

/** The platform only decodes: what each pair of bytes means is turned around. */
function encoded(text: string, label: string): Uint8Array {
  const decoder = new TextDecoder(label)
  const spelled = new Map<string, readonly number[]>()
  for (let first = 255; first >= 0; first--)
    for (let second = 254; second >= 0x40 && first >= 0x80; second--) {
      const meant = decoder.decode(Uint8Array.of(first, second))
      if ([...meant].length === 1) spelled.set(meant, [first, second])
    }
  for (let one = 0; one < 256; one++) spelled.set(decoder.decode(Uint8Array.of(one)), [one])
  return Uint8Array.from([...text].flatMap((char) => spelled.get(char)!))
}

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

  test.each([
    ['shift_jis', 'Shift_JIS', '港は六時に開きます。ﾃｽﾄ'],
    ['euc-jp', 'EUC-JP', '港は六時に開きます。カタカナも。'],
    ['gb18030', 'GB18030', '这是一个中文的文件，港口六点开放。'],
    ['big5', 'Big5', '這是一個中文的文件，港口六點開放。'],
    ['euc-kr', 'EUC-KR', '이것은 한국어 문서입니다. 항구는 여섯 시에 엽니다.'],
    ['windows-1251', 'Windows-1251', 'int main() {} // основная функция'],
    ['koi8-r', 'KOI8-R', 'Гавань открывается в шесть часов.'],
    ['iso-8859-5', 'ISO-8859-5', 'Гавань открывается в шесть часов.'],
    ['windows-1253', 'Windows-1253', 'Το λιμάνι ανοίγει στις έξι.'],
    ['windows-1250', 'Windows-1250', 'Zażółć gęślą jaźń. Przystań otwiera się o szóstej.'],
    ['iso-8859-2', 'ISO-8859-2', 'Zażółć gęślą jaźń. Przystań otwiera się o szóstej.'],
    [
      'windows-1252',
      'Windows-1252',
      'L’été où ça ira: 3 m², ½ €, «señor ¿qué?», it´s ±2 °C · Straße, and so on without any of them',
    ],
  ])('in %s is read as that', (label, encoding, text) => {
    expect(decodeText(encoded(text, label))).toEqual({ text, encoding })
  })

  test('of none is not guessed', () => {
    expect(decodeText(bytes('name: \xc5\xe5\xd6\xc3 and so on, and on, and on, and on', 'latin1'))).toBeNull()
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
