import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeText } from '../../../src/io/attachments/decode-text.ts'

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
  test('is told apart by its bytes', async () => {
    expect(await decodeText(bytes('grün 漢字 🙂', 'utf8'))).toEqual({ text: 'grün 漢字 🙂', encoding: 'UTF-8' })
    expect(await decodeText(bytes('\ufeffmarked', 'utf8'))).toEqual({ text: 'marked', encoding: 'UTF-8' })
    expect(await decodeText(bytes('\ufeffgrün 🙂', 'utf16le'))).toEqual({ text: 'grün 🙂', encoding: 'UTF-16' })
    const swapped = Buffer.from('\ufeffgrün', 'utf16le').swap16()
    expect(await decodeText(new Uint8Array(swapped))).toEqual({ text: 'grün', encoding: 'UTF-16' })
    expect(await decodeText(bytes('Grüße aus Köln \x80', 'latin1'))).toEqual({
      text: 'Grüße aus Köln €',
      encoding: 'windows-1252',
    })
  })

  test.each([
    ['shift_jis', 'Shift_JIS', '港は六時に開きます。船はもう出たあとです。ﾃｽﾄ'],
    ['euc-jp', 'EUC-JP', '港は六時に開きます。カタカナも。'],
    ['gb18030', 'GB18030', '这是一个中文的文件，港口六点开放。'],
    ['big5', 'Big5', '這是一個中文的文件，港口六點開放。'],
    ['euc-kr', 'EUC-KR', '이것은 한국어 문서입니다. 항구는 여섯 시에 엽니다.'],
    ['windows-1251', 'windows-1251', 'int main() { return 0; }\n// основная функция, и больше ничего\nint x = 1;'],
    ['koi8-u', 'KOI8-U', 'Це звичайний український текст, корабель уже пішов.'],
    ['windows-1255', 'ISO-8859-8', 'שלום עולם. הספינה כבר הפליגה, והבאה תצא מחר בבוקר.'],
    ['windows-1257', 'windows-1257', 'Laivas jau išplaukė, kitas bus rytoj rytą. Lietuviškas tekstas čia.'],
    ['koi8-r', 'KOI8-U', 'Гавань открывается в шесть часов.'],
    ['iso-8859-5', 'ISO-8859-5', 'Гавань открывается в шесть часов.'],
    ['windows-1253', 'ISO-8859-7', 'Το λιμάνι ανοίγει στις έξι.'],
    ['windows-1254', 'windows-1254', 'Şişli’de ığdır çiçeği güzel görünüyor, öğretmen bugün geldi.'],
    ['windows-1250', 'windows-1250', 'Zażółć gęślą jaźń. Przystań otwiera się o szóstej.'],
    ['iso-8859-2', 'ISO-8859-2', 'Zażółć gęślą jaźń. Przystań otwiera się o szóstej.'],
    [
      'windows-1252',
      'windows-1252',
      'L’été où ça ira: 3 m², ½ €, «señor ¿qué?», it´s ±2 °C · Straße, and so on without any of them',
    ],
  ])('in %s is read as that', async (label, encoding, text) => {
    expect(await decodeText(encoded(text, label))).toEqual({ text, encoding })
  })

  test('in two bytes a character needs no mark, and Japanese may hide in ASCII', async () => {
    const text = 'name;größe\nKöln;1\n'
    expect(await decodeText(bytes(text, 'utf16le'))).toEqual({ text, encoding: 'UTF-16' })
    expect(await decodeText(new Uint8Array(Buffer.from(text, 'utf16le').swap16()))).toEqual({
      text,
      encoding: 'UTF-16',
    })
    const hidden = bytes('\x1b$B$3$l$OF|K\\8l$G$9!#\x1b(B\n', 'latin1')
    expect(await decodeText(hidden)).toEqual({ text: 'これは日本語です。\n', encoding: 'ISO-2022-JP' })
    expect(await decodeText(bytes('\x1b[31mred\x1b[0m', 'utf8'))).toMatchObject({ encoding: 'UTF-8' })
  })

  test('of a word alone is western', async () => {
    for (const text of ['grün', 'Zoë', 'œuf', 'naïve: 5 €'])
      expect((await decodeText(encoded(text, 'windows-1252')))?.text).toBe(text)
  })

  test('in UTF-8 stays that when a byte of it is broken', async () => {
    const whole = 'grüße über Köln\n'.repeat(20)
    const broken = Buffer.concat([bytes(whole, 'utf8'), Uint8Array.of(0xff), bytes('grün\n', 'utf8')])
    expect(await decodeText(broken)).toEqual({ text: `${whole}\ufffdgrün\n`, encoding: 'damaged UTF-8' })
  })

  test('in UTF-8 stays that in a short text, too, and where it is cut off', async () => {
    const short = Buffer.concat([
      bytes('abc é'.repeat(50), 'utf8'),
      Uint8Array.of(0xff, 0xfe, 0x80),
      bytes(' end', 'utf8'),
    ])
    expect(await decodeText(short)).toEqual({
      text: `${'abc é'.repeat(50)}\ufffd\ufffd\ufffd end`,
      encoding: 'damaged UTF-8',
    })
    expect(await decodeText(bytes('grün é', 'utf8').subarray(0, -1))).toEqual({
      text: 'grün \ufffd',
      encoding: 'damaged UTF-8',
    })
    expect(await decodeText(bytes('a café', 'latin1'))).toMatchObject({ text: 'a café' })
    const halfWidth = await decodeText(encoded('ﾃｽﾄ ﾃﾞｰﾀ ﾌｧｲﾙ ｶﾞ ｱﾘﾏｽ', 'shift_jis'))
    expect(halfWidth?.encoding).not.toBe('damaged UTF-8')
  })

  test('of none is not guessed', async () => {
    expect(await decodeText(bytes('abc \x81 def', 'latin1'))).toBeNull()
    expect(await decodeText(bytes('a\0b', 'latin1'))).toBeNull()
  })

  test('law: what is UTF-8 comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        fc.pre(!text.includes('\0') && !text.startsWith('\ufeff'))
        expect((await decodeText(bytes(text, 'utf8')))?.text).toBe(text)
      }),
    )
  })
})
