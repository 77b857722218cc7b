import fc from 'fast-check'
import { expect, test } from 'vitest'
import { roomOf } from '../../src/core/text/width.ts'
import { foldRow, isHeightCertain } from '../../src/glass/fold.ts'
import { closingOf, textOf } from '../../src/glass/styling.ts'

test('a row that fits is left as it is', () => {
  expect(foldRow('\x1b[1m12345', 5)).toEqual(['\x1b[1m12345'])
})

test('styles are closed at the end of a piece and opened again in the next', () => {
  const link = '\x1b]8;;http://a.b\x1b\\'
  const end = '\x1b]8;;\x1b\\'
  expect(foldRow(`ab\x1b[31mcd\x1b[39m${link}ef${end}`, 3)).toEqual([
    'ab\x1b[31mc\x1b[m',
    `\x1b[31md\x1b[39m${link}ef${end}`,
  ])
})

test('the pieces fit on any terminal, end with everything closed, and say together what the row says', () => {
  const parts = ['a', ' ', '漢', '👍', '👨‍👩‍👧', 'e\u0301', '🇩🇪', '\x1b[31m', '\x1b[m', '\x1b[1;44m', '\x1b[22m']
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...parts), { maxLength: 60 }),
      fc.integer({ min: 8, max: 40 }),
      (all, columns) => {
        const row = all.join('')
        const pieces = foldRow(row, columns)
        expect(pieces.map(textOf).join('')).toBe(textOf(row))
        for (const piece of pieces) {
          expect(roomOf(textOf(piece))).toBeLessThanOrEqual(columns)
          if (pieces.length > 1) expect(closingOf(piece)).toBe('')
        }
      },
    ),
  )
})

test('the height of a row is certain when no terminal can make another one of it', () => {
  expect(isHeightCertain('漢字漢', 2, 5)).toBe(true)
  expect(isHeightCertain('👍 12345678', 2, 6)).toBe(true)
  expect(isHeightCertain('👍 1234', 2, 6)).toBe(false)
  expect(isHeightCertain('👨‍👩‍👧 123456', 2, 9)).toBe(false)
})
