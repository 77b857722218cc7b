import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sanitise, sanitiser } from '../../../src/core/text/sanitise.ts'
import { graphemesOf, widthOf } from '../../../src/core/text/width.ts'
import { cutAt, hostileText } from '../markdown/kit.ts'

describe('text from outside', () => {
  it.each([
    ['keeps words, newlines and tabs', 'a\n\tb — 漢 é', 'a\n\tb — 漢 é'],
    ['shows an escape instead of obeying it', '\x1b[2J\x1b]0;title\x07', '␛[2J␛]0;title␇'],
    ['shows the other controls', '\0\b\x7f', '␀␈␡'],
    ['shows C1 controls as unknown', '\x9b31m\x85', '\ufffd31m\ufffd'],
    ['takes a DOS line end for a line end, and shows a lone carriage return', 'a\r\nb\rc', 'a\nb␍c'],
    ['drops what reorders text', 'a\u202eb\u2066c\u200fd', 'abcd'],
    ['drops what breaks lines unseen', 'a\u2028b\u2029c', 'abc'],
    ['drops what is invisible', 'a\u200bb\u2060c\ufeffd\u00ade\u200cf', 'abcdef'],
    ['drops hidden messages in tag and selector characters', 'a\u{e0068}\u{e0069}b\u{e0100}\ufe01', 'ab'],
    ['drops letters that no font draws', 'a\u3164b\u115f\u1160c\uffa0d\u17b4\u180b', 'abcd'],
    ['keeps joined emoji and their selectors', '👩‍👧 ❤️', '👩‍👧 ❤️'],
    ['shows half a character as unknown', 'a\ud83db\udc4d', 'a\ufffdb\ufffd'],
  ])('%s', (_, dirty, clean) => {
    expect(sanitise(dirty)).toBe(clean)
  })

  it('stacks a dozen marks on a cell and no flood of them', () => {
    expect(sanitise(`a${'\u0301'.repeat(9000)}b\u0301`)).toBe(`a${'\u0301'.repeat(12)}b\u0301`)
    for (const cell of graphemesOf(sanitise('👩‍'.repeat(500)))) expect(cell.length).toBeLessThan(64)
  })

  it('is the same however it is cut', () => {
    fc.assert(
      fc.property(hostileText, fc.array(fc.nat()), (text, cuts) => {
        const stream = sanitiser()
        const out = cutAt(text, cuts).map((piece) => stream.push(piece))
        expect(out.join('') + stream.end()).toBe(sanitise(text))
      }),
      { numRuns: 3000 },
    )
  })

  it('holds only newlines, tabs and visible characters afterwards, and stays so', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const clean = sanitise(text)
        expect(clean).not.toMatch(
          /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\u200b\ufeff]|\p{Cs}/u,
        )
        expect(sanitise(clean)).toBe(clean)
        expect(widthOf(clean)).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 3000 },
    )
  })
})
