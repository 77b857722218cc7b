import { expect, test } from 'vitest'
import { widthOf } from '../../src/core/text/width.ts'
import { isWidthCertain, patchRow } from '../../src/glass/row-diff.ts'
import { createEmulator } from '../kit/emulator.ts'

test('a row that stays the same needs nothing', () => {
  expect(patchRow('same', 'same', 80)).toBeNull()
})

test('text that grows is written from where it grows', () => {
  expect(patchRow('Hello', 'Hello world', 80)).toEqual({ col: 5, text: ' world', endCol: 11 })
  expect(patchRow('漢字', '漢字!', 80)).toEqual({ col: 4, text: '!', endCol: 5 })
})

test('a number that changes in the middle leaves what follows alone', () => {
  expect(patchRow('97 tok/s · $0.01', '98 tok/s · $0.01', 80)).toEqual({ col: 1, text: '8', endCol: 2 })
})

test('text that shrinks takes its end with it', () => {
  expect(patchRow('Hello world', 'Hello', 80)).toEqual({ col: 5, text: '\x1b[K', endCol: 5 })
})

test('styles that are on at the first difference are switched on again, and off at the end', () => {
  expect(patchRow('\x1b[1mone\x1b[22m', '\x1b[1mone two\x1b[22m', 80)).toEqual({
    col: 3,
    text: '\x1b[1m two\x1b[22m',
    endCol: 7,
  })
  expect(patchRow('\x1b[31mred\x1b[39m', '\x1b[32mred\x1b[39m', 80)?.text).toBe('\x1b[32mred\x1b[39m')
})

test('a link that is open at the first difference is opened again', () => {
  const open = '\x1b]8;;https://example.org\x1b\\'
  const close = '\x1b]8;;\x1b\\'
  expect(patchRow(`see ${open}he${close}`, `see ${open}here${close}`, 80)).toEqual({
    col: 6,
    text: `${open}re${close}`,
    endCol: 8,
  })
})

test('a row that forgets to close its styles is closed', () => {
  expect(patchRow('', '\x1b[7mopen', 80)?.text).toBe('\x1b[7mopen\x1b[m')
})

test('a row is erased and written from the last sign before one of uncertain width, and the cursor is lost', () => {
  for (const sign of ['👍', '❤️', 'e\u0301', '👨‍👩‍👧', '🇩🇪', 'ש'])
    expect(patchRow(`ab ${sign}`, `ab ${sign} c`, 80)).toEqual({
      col: sign.startsWith('e') ? 3 : 2,
      text: `\x1b[K${sign.startsWith('e') ? '' : ' '}${sign} c`,
      endCol: null,
    })
  expect(patchRow('ab\u0301c', 'abc', 80)).toEqual({ col: 1, text: '\x1b[Kbc', endCol: null })
  expect(patchRow('\x1b[1ma 👍\x1b[22m', '\x1b[1ma 👍 b\x1b[22m', 80)?.text).toBe('\x1b[K\x1b[1m 👍 b\x1b[22m')
})

test('after a full row the column is unknown, and nothing is erased behind it', () => {
  expect(patchRow('1234', '12345', 5)).toEqual({ col: 4, text: '5', endCol: null })
  expect(patchRow('👍', '12345', 5)).toEqual({ col: 0, text: '\x1b[K12345', endCol: null })
})

test('every sign that counts as certain has the width that the emulator gives it', async () => {
  const signs: string[] = []
  for (let code = 0x20; code <= 0xffff; code++) {
    const sign = String.fromCharCode(code)
    if (isWidthCertain(sign)) signs.push(sign)
  }
  const emulator = createEmulator({ columns: 10, rows: 2 })
  await emulator.write(signs.map((sign) => `${sign}|\r\n`).join(''))
  const { active } = emulator.terminal.buffer
  const wrong = signs.filter((sign, y) => active.getLine(y)?.getCell(widthOf(sign))?.getChars() !== '|')
  expect(wrong).toEqual([])
})
