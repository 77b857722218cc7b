import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sanitise } from '../../../src/core/text/sanitise.ts'
import { widthOf } from '../../../src/core/text/width.ts'
import { clip, cutSlices, expandTabs, wrapSlices, wrapText } from '../../../src/core/text/wrap.ts'
import { hostileText } from '../markdown/kit.ts'

const cutText = (text: string, width: number) => cutSlices(text, width).map(({ start, end }) => text.slice(start, end))

describe('breaking text into rows', () => {
  it.each([
    ['between words', 'the quick brown fox', 10, ['the quick', 'brown fox']],
    ['at newlines, keeping empty lines', 'a\n\nb', 10, ['a', '', 'b']],
    ['keeps an indentation', '  a b', 10, ['  a b']],
    ['drops blanks at a break', 'aaaa    bbbb', 6, ['aaaa', 'bbbb']],
    ['starts a long word on its own row and cuts it', 'go abcdefghij', 4, ['go', 'abcd', 'efgh', 'ij']],
    ['goes on behind the end of a long word', 'abcdef gh', 4, ['abcd', 'ef', 'gh']],
    ['between the characters of a wide script', '漢字漢字漢', 5, ['漢字', '漢字', '漢']],
    ['keeps closing punctuation with its character', '漢字漢。字', 6, ['漢字', '漢。字']],
    ['never within an emoji', 'ab👩‍👩‍👧‍👦cd', 3, ['ab', '👩‍👩‍👧‍👦', 'cd']],
    ['makes one empty row of nothing', '', 10, ['']],
    ['expands tabs', 'a\tb', 10, ['a   b']],
  ])('%s', (_, text, width, rows) => {
    expect(wrapText(text, width)).toEqual(rows)
  })

  it('cuts code where the row is full, blanks and all', () => {
    expect(cutText('ab  cd  ef', 4)).toEqual(['ab  ', 'cd  ', 'ef'])
    expect(cutText('漢字x', 3)).toEqual(['漢', '字x'])
  })

  it('cuts the first row at one width and the others at another', () => {
    const rows = cutSlices('abcdefghij', 2, 3).map(({ start, end }) => 'abcdefghij'.slice(start, end))
    expect(rows).toEqual(['ab', 'cde', 'fgh', 'ij'])
  })

  it.each([
    ['a word too long for any row, on a row of its own', 'go abcdefghij', ['go', 'abcdefghij']],
    ['what follows it, as far as the last row that it makes has room', 'abcdefg jk l', ['abcdefg jk', 'l']],
    ['what is as wide as all rows it makes, alone', 'abcdefghij k', ['abcdefghij', 'k']],
    ['but nothing that terminals may break elsewhere', 'abcdefé漢', ['abcd', 'efé', '漢']],
  ])('leaves whole, where the terminal can wrap it, %s', (_, text, rows) => {
    // A row of 4 columns behind a margin of 2, on a screen of 6.
    expect(wrapSlices(text, 4, 6).map(({ start, end }) => text.slice(start, end))).toEqual(rows)
  })

  it('loses no visible character and overfills no row', () => {
    fc.assert(
      fc.property(hostileText.map(sanitise).map(expandTabs), fc.integer({ min: 2, max: 30 }), (text, width) => {
        const rows = wrapSlices(text, width).map(({ start, end }) => text.slice(start, end))
        for (const row of rows) expect(widthOf(row)).toBeLessThanOrEqual(width)
        expect(rows.join('').replace(/[ \n]/g, '')).toBe(text.replace(/[ \n]/g, ''))
        const line = text.replaceAll('\n', ' ')
        const cut = cutText(line, width)
        for (const row of cut) expect(widthOf(row)).toBeLessThanOrEqual(width)
        expect(cut.join('')).toBe(line)
      }),
      { numRuns: 3000 },
    )
  })

  it('overfills no row with a monster of a character', () => {
    for (const monster of ['\u1100'.repeat(500), '👍🏽'.repeat(3) + '🏽'.repeat(500), '☺\ufe0f\u200d'.repeat(80)]) {
      for (const row of wrapText(monster, 7)) expect(widthOf(row)).toBeLessThanOrEqual(7)
    }
  })

  it('clips with an ellipsis', () => {
    expect(clip('abcdef', 4)).toBe('abc…')
    expect(clip('漢字漢', 4)).toBe('漢…')
    expect(clip('abcd', 4)).toBe('abcd')
    expect(clip('abcd', 0)).toBe('')
  })
})
