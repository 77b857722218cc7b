/** Pictures on the screen: the question which way a terminal knows, and rows that the painter counts like any others. */

import { describe, expect, test } from 'vitest'
import { roomOf } from '../../src/core/text/width.ts'
import { foldRow } from '../../src/glass/fold.ts'
import { ANSWERS_MS, askGraphics } from '../../src/glass/graphics.ts'
import { InputDecoder } from '../../src/glass/input.ts'
import { Painter } from '../../src/glass/painter.ts'
import { drawnStrip, itermDrawing, kittyRows, writtenStrip } from '../../src/glass/picture-rows.ts'
import { textOf } from '../../src/glass/styling.ts'
import { png } from '../kit/attachments.ts'
import { createEmulator } from '../kit/emulator.ts'

/** Lets a terminal answer by what it hears; its bytes go through the decoder, as in life. */
async function asking(answers: Readonly<Record<string, string>>) {
  const asked: string[] = []
  const keys: unknown[] = []
  let typed: (bytes: string) => void = () => {}
  const graphics = askGraphics((data) => {
    asked.push(data)
    for (const [question, answer] of Object.entries(answers))
      if (data.includes(question)) queueMicrotask(() => typed(answer))
  })
  const decoder = new InputDecoder((key) => keys.push(key), { onReply: graphics.told })
  typed = (bytes) => decoder.feed(Buffer.from(bytes))
  const known = await graphics.known
  expect(keys).toEqual([])
  return { ...known, asked }
}

const NAME = '\x1b[>q'
const CELL = '\x1b[16t'
const LAST = '\x1b[c'
const KITTY = '\x1b_G'

describe('which way a terminal draws', () => {
  test.each([
    ['kitty', 'kitty(0.42.1)', '\x1b_Gi=31;OK\x1b\\', '\x1b[?62;52;c', 'kitty'],
    ['Ghostty', 'ghostty 1.2.3', '\x1b_Gi=31;OK\x1b\\', '\x1b[?62;22;52c', 'kitty'],
    ['kitty, told not to', 'kitty(0.42.1)', '\x1b_Gi=31;EPERM:no\x1b\\', '\x1b[?62c', 'blocks'],
    ['kitty that says nothing of it', 'kitty(0.19)', '', '\x1b[?62c', 'blocks'],
    ['iTerm2', 'iTerm2 3.5.10', '', '\x1b[?64;1;2;4;6;9;15;17;18;21;22c', 'iterm'],
    ['WezTerm', 'WezTerm 20240203-110809-5046fc22', '', '\x1b[?65;4;6;18;22;52c', 'iterm'],
    ['foot', 'foot(1.21.0)', '', '\x1b[?62;4;22;28;29c', 'sixel'],
    ['xterm, compiled with sixel', 'XTerm(390)', '', '\x1b[?64;1;2;4;6c', 'sixel'],
    ['xterm without', 'XTerm(390)', '', '\x1b[?64;1;2;6c', 'blocks'],
  ])('%s', async (_name, name, picture, attributes, way) => {
    const cell = '\x1b[6;36;17t'
    const said = { [NAME]: `\x1bP>|${name}\x1b\\`, [CELL]: cell, [KITTY]: picture, [LAST]: attributes }
    expect(await asking(said)).toMatchObject({ way, cell: { width: 17, height: 36 } })
  })

  test('sixel needs to know how large a cell is', async () => {
    expect(await asking({ [LAST]: '\x1b[?62;4c' })).toMatchObject({ way: 'blocks', cell: null })
    expect(await asking({ [CELL]: '\x1b[6;0;0t', [LAST]: '\x1b[?62;4c' })).toMatchObject({ way: 'blocks' })
  })

  test('only who would understand it is asked for kitty’s pictures: others print the question', async () => {
    const { asked } = await asking({ [NAME]: '\x1bP>|WezTerm 2024\x1b\\', [LAST]: '\x1b[?65;4c' })
    expect(asked.join('')).not.toContain(KITTY)
  })

  test('one that never answers draws blocks', async () => {
    const before = performance.now()
    expect(await asking({})).toMatchObject({ way: 'blocks' })
    expect(performance.now() - before).toBeGreaterThan(ANSWERS_MS - 50)
  })
})

describe('rows of a picture', () => {
  const picture = png(40, 40)

  test('of placeholders are as wide as it, and its bytes go ahead of the first', () => {
    const { rows } = kittyRows(picture, { columns: 40, rows: 8 }, 0x123456)
    expect(rows).toHaveLength(8)
    for (const row of rows) {
      expect(roomOf(textOf(row))).toBe(40)
      expect(foldRow(row, 40)).toEqual([row])
      expect(row).toContain('\x1b[38;2;18;52;86m')
    }
    const sent = [...rows[0]!.matchAll(/\x1b_G([^;]*);([^\x1b]*)\x1b\\/g)]
    expect(sent[0]![1]).toBe('a=T,U=1,q=2,f=100,i=1193046,c=40,r=8,m=0')
    expect(Buffer.from(sent.map((one) => one[2]).join(''), 'base64')).toEqual(Buffer.from(picture))
    expect(new Set(rows.map(textOf)).size).toBe(8)
  })

  test('a large one is sent in pieces that the protocol takes', () => {
    const large = Buffer.alloc(10_000, 7)
    const { rows } = kittyRows(large, { columns: 4, rows: 2 }, 1)
    const sent = [...rows[0]!.matchAll(/\x1b_G([^;]*);([^\x1b]*)\x1b\\/g)]
    expect(sent.map((one) => [/m=(\d)/.exec(one[1]!)![1], one[2]!.length])).toEqual([
      ['1', 4096],
      ['1', 4096],
      ['1', 4096],
      ['0', 13336 - 3 * 4096],
    ])
  })

  test('beside each other keep their columns, also below the lower one', () => {
    const strip = writtenStrip([
      { column: 2, picture: { cells: { columns: 3, rows: 1 }, rows: ['AAA'] } },
      { column: 6, picture: { cells: { columns: 2, rows: 2 }, rows: ['BB', 'bb'] } },
    ])
    expect(strip).toEqual(['  AAA BB', '      bb'])
  })
})

/** A painter on a screen, and where the cursor stood whenever a picture was drawn. */
function screen(columns: number, rows: number) {
  const emulator = createEmulator({ columns, rows })
  const drawn: { readonly line: number; readonly column: number; readonly scrolled: number }[] = []
  emulator.terminal.parser.registerOscHandler(1337, () => {
    const { cursorX, cursorY, baseY } = emulator.terminal.buffer.active
    drawn.push({ line: baseY + cursorY, column: cursorX, scrolled: baseY })
    return true
  })
  let last: Promise<void> = Promise.resolve()
  const write = (data: string) => {
    last = emulator.write(data)
  }
  const target = { columns, rows, write }
  const painter = new Painter(target)
  const paint = (settled: readonly string[], tail: readonly string[] = []) => {
    painter.paint({ settled, tail, chrome: ['', '› ', 'status'], caret: { row: 1, col: 2 } })
    return last
  }
  return { emulator, drawn, paint, lines: () => emulator.text().split('\n') }
}

describe('a picture that is drawn over blank rows', () => {
  const cells = { columns: 10, rows: 4 }
  const strip = drawnStrip([{ column: 2, picture: { cells, drawing: itermDrawing(png(8, 8), cells) } }])
  const turn = ['› look', ...strip]

  test.each([
    ['on an empty screen', 0, 24],
    ['in the middle of it', 9, 24],
    ['at its foot', 40, 24],
    ['together with more rows than the screen has', 100, 12],
  ])('%s its first row is below the question, and nothing else moves', async (_name, before, rows) => {
    const on = screen(40, rows)
    await on.paint([])
    const earlier = Array.from({ length: before }, (_, i) => `row ${i}`)
    if (before < 100) {
      await on.paint(earlier)
      await on.paint(turn, ['answer'])
    } else await on.paint([...earlier, ...turn], ['answer'])
    expect(on.lines()).toEqual([...earlier, '› look', '', '', '', '', '', 'answer', '', '› ', 'status'])
    expect(on.drawn).toHaveLength(1)
    expect(on.drawn[0]).toMatchObject({ line: before + 1, column: 2 })
  })

  test('what comes after it is not written over it, nor drawn twice', async () => {
    const on = screen(40, 16)
    await on.paint(turn, ['one', 'two', 'three'])
    await on.paint(['one', 'two'], ['three', 'four', 'five', 'six', 'seven'])
    for (let i = 0; i < 20; i++) await on.paint([`settled ${i}`], ['x'])
    expect(on.drawn).toHaveLength(1)
    expect(on.lines().slice(0, 8)).toEqual(['› look', '', '', '', '', '', 'one', 'two'])
    expect(on.lines().slice(-4)).toEqual(['x', '', '› ', 'status'])
    expect(on.emulator.counters.fullClears).toBe(0)
  })

  test('rows of the tail that stood where it goes are gone before it is drawn', async () => {
    const on = screen(40, 16)
    await on.paint([], ['thinking 1', 'thinking 2', 'thinking 3', 'thinking 4', 'thinking 5', 'thinking 6'])
    await on.paint(turn, ['answer'])
    expect(on.lines()).toEqual(['› look', '', '', '', '', '', 'answer', '', '› ', 'status'])
    expect(on.drawn).toEqual([{ line: 1, column: 2, scrolled: 0 }])
  })
})
