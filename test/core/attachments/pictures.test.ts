/** Small pictures as values: how many cells they take, which stand beside each other, and pixels as half-blocks. */

import fc from 'fast-check'
import { decode } from 'sixel'
import { describe, expect, test } from 'vitest'
import { blockRows } from '../../../src/core/attachments/pictures/blocks.ts'
import { beside, fitted, INDENT, picturesIn, roomIn, USUAL_CELL } from '../../../src/core/attachments/pictures/fit.ts'
import { sixel, sixelHeight } from '../../../src/core/attachments/pictures/sixel.ts'
import { styledWidthOf } from '../../../src/core/text/width.ts'
import { pdf, photo } from '../../kit/attachments.ts'

describe('the cells of a picture', () => {
  test.each([
    ['a photo', 1176, 882, { columns: 21, rows: 8 }],
    ['a portrait', 882, 1176, { columns: 12, rows: 8 }],
    ['a screenshot', 1456, 819, { columns: 28, rows: 8 }],
    ['a long receipt', 400, 4000, { columns: 2, rows: 8 }],
    ['a banner', 4000, 200, { columns: 40, rows: 1 }],
    ['an icon, which is not drawn larger than it is', 32, 32, { columns: 3, rows: 2 }],
  ])('%s', (_name, width, height, cells) => {
    expect(fitted({ width, height }, roomIn({ columns: 100, rows: 30 })!, USUAL_CELL)).toEqual(cells)
  })

  test('never go beyond their room, and are never none', () => {
    const px = fc.integer({ min: 1, max: 8000 })
    const cellPx = fc.integer({ min: 1, max: 60 })
    fc.assert(
      fc.property(px, px, cellPx, cellPx, fc.nat(300), fc.nat(100), (width, height, wide, high, columns, rows) => {
        const room = roomIn({ columns, rows })
        if (!room) return
        const cells = fitted({ width, height }, room, { width: wide, height: high })
        expect(cells.columns).toBeGreaterThanOrEqual(1)
        expect(cells.rows).toBeGreaterThanOrEqual(1)
        expect(INDENT + cells.columns).toBeLessThan(columns)
        expect(cells.rows).toBeLessThanOrEqual(Math.min(8, rows / 3))
      }),
    )
  })

  test('a window with hardly any rows or columns has no room for them', () => {
    expect(roomIn({ columns: 100, rows: 5 })).toBeNull()
    expect(roomIn({ columns: 10, rows: 30 })).toBeNull()
  })

  test('several stand beside each other as far as the window goes', () => {
    const pictures = [21, 28, 21, 21].map((columns) => ({ cells: { columns, rows: 8 } }))
    expect(beside(pictures, 100).map(({ column }) => column)).toEqual([2, 24, 53, 75])
    expect(beside(pictures, 60).map(({ column }) => column)).toEqual([2, 24])
    expect(beside(pictures, 24).map(({ column }) => column)).toEqual([2])
  })

  test('only images have pictures, and no more than four of them', () => {
    const images = Array.from({ length: 6 }, (_, i) => photo(`${i}.png`).attachment)
    expect(picturesIn([pdf().attachment, ...images]).map(({ name }) => name)).toEqual([
      '0.png',
      '1.png',
      '2.png',
      '3.png',
    ])
  })
})

describe('half-blocks', () => {
  const RED = [255, 0, 0, 255]
  const GREY = [128, 128, 128, 255]
  const NONE = [9, 9, 9, 0]
  const grid = (...rows: readonly (readonly number[][])[]) => ({
    data: Uint8Array.from(rows.flat(2)),
    width: rows[0]!.length,
    height: rows.length,
  })

  test('two pixels make a cell: ink above, ground below; a colour that stays is not said again', () => {
    const rows = blockRows(grid([RED, RED, GREY], [GREY, GREY, RED]), 'truecolor')
    expect(rows).toEqual(['\x1b[48;2;128;128;128;38;2;255;0;0m▀▀\x1b[48;2;255;0;0;38;2;128;128;128m▀\x1b[m'])
  })

  test('what is transparent shows what the terminal has there', () => {
    expect(blockRows(grid([NONE, RED, NONE], [NONE, NONE, RED]), 'truecolor')).toEqual([' \x1b[38;2;255;0;0m▀▄\x1b[m'])
    expect(blockRows(grid([NONE], [NONE]), 'truecolor')).toEqual([' '])
  })

  test('with 256 colours the nearest of the fixed ones', () => {
    expect(blockRows(grid([RED], [GREY]), 'ansi256')).toEqual(['\x1b[48;5;244;38;5;196m▀\x1b[m'])
  })

  test('every row is as wide as the picture and leaves no colour behind', () => {
    const side = fc.integer({ min: 1, max: 12 })
    fc.assert(
      fc.property(side, side, fc.infiniteStream(fc.nat(255)), fc.boolean(), (width, rows, parts, isTrue) => {
        const data = Uint8Array.from({ length: width * rows * 8 }, () => parts.next().value)
        const drawn = blockRows({ data, width, height: rows * 2 }, isTrue ? 'truecolor' : 'ansi256')
        expect(drawn).toHaveLength(rows)
        for (const row of drawn) {
          expect(styledWidthOf(row)).toBe(width)
          expect(row).toMatch(/(^|\x1b\[m| )$/)
          expect(row.includes('\x1b') && !row.endsWith('\x1b[m')).toBe(false)
        }
      }),
    )
  })
})

describe('sixel', () => {
  test('is read back as the same pixels by a reader that is not ours', () => {
    const side = fc.integer({ min: 1, max: 20 })
    // Parts that a percentage spells exactly.
    const part = fc.constantFrom(0, 51, 102, 153, 204, 255)
    const colour = fc.tuple(part, part, part)
    const drawing = fc.tuple(side, side, fc.infiniteStream(fc.option(colour, { freq: 5 })))
    fc.assert(
      fc.property(drawing, ([width, rows, colours]) => {
        const height = sixelHeight(rows)
        const wanted = Array.from({ length: width * height }, () => colours.next().value as number[] | null)
        const data = Uint8Array.from(wanted.flatMap((one) => (one ? [...one, 255] : [7, 7, 7, 0])))
        const text = sixel({ data, width, height })
        expect(text).toMatch(/^\x1bP0;1q[ -~]*\x1b\\$/)
        const read = decode(text.slice(6, -2), { fillColor: 0 })
        expect([read.width, read.height]).toEqual([width, height])
        const bytes = new Uint8Array(read.data32.buffer, read.data32.byteOffset)
        for (const [i, one] of wanted.entries())
          expect([...bytes.slice(i * 4, i * 4 + 4)]).toEqual(one ? [...one, 255] : [0, 0, 0, 0])
      }),
    )
  })

  test('says nothing of what is empty, and counts what repeats', () => {
    const red = [255, 0, 0, 255]
    const none = [0, 0, 0, 0]
    const data = Uint8Array.from(
      Array(6)
        .fill([...Array(9).fill(red), none, none].flat())
        .flat(),
    )
    expect(sixel({ data, width: 11, height: 6 })).toBe('\x1bP0;1q"1;1;11;6#0;2;100;0;0#0!9~\x1b\\')
  })
})
