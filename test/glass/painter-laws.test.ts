/**
 * Laws of the painter, with an emulator as the judge. `PAINTER_RUNS=5000` looks longer than the few hundred plays that
 * every test run can afford.
 */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { widthOf } from '../../src/core/text/width.ts'
import { foldRow } from '../../src/glass/fold.ts'
import type { Frame } from '../../src/glass/painter.ts'
import { isWidthCertain } from '../../src/glass/row-diff.ts'
import { createEmulator } from '../kit/emulator.ts'
import { bench, cells, lines, plain } from './glass-kit.ts'

/** Time for one law. */
const PATIENCE_MS = process.env.PAINTER_RUNS ? 1_000_000 : 120_000
/** Shrinking a failure is slow, so it ends with the best it has found by half time. */
const LOOK = { numRuns: Number(process.env.PAINTER_RUNS ?? 400), interruptAfterTimeLimit: PATIENCE_MS / 2 }

const CERTAIN = ['a', 'b', 'word ', 'x1', '漢', '字', 'é', '─', '│', ' ', 'か', '한', '→', '…']
/** Signs that terminals disagree about, with the most columns that any of them might take. */
const UNCERTAIN: readonly (readonly [string, number])[] = [
  ['👍', 2],
  ['❤️', 2],
  ['e\u0301', 1],
  ['👨‍👩‍👧', 8],
]
const STYLES = [
  ['', ''],
  ['\x1b[1m', '\x1b[22m'],
  ['\x1b[31m', '\x1b[39m'],
  ['\x1b[2m', '\x1b[22m'],
  ['\x1b[38;5;200m', '\x1b[39m'],
  ['\x1b[44m', '\x1b[49m'],
  ['\x1b[4m\x1b[33m', '\x1b[0m'],
] as const

const sign = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom(...CERTAIN).map((text) => [text, widthOf(text)] as const) },
  { weight: 1, arbitrary: fc.constantFrom(...UNCERTAIN) },
)
/** Styled stretches; how many of them fit is known when the screen's width is. */
const words = fc.array(fc.tuple(fc.nat(STYLES.length - 1), fc.array(sign, { minLength: 1, maxLength: 24 })), {
  maxLength: 5,
})
type Words = typeof words extends fc.Arbitrary<infer T> ? T : never

/** A row of at most so many columns. Signs that terminals disagree about are in none that is wider than the screen. */
function rowOf(stretches: Words, columns: number, clusters: boolean, wide = 1): string {
  if (wide > 1) {
    const row = rowOf(stretches, Math.floor(columns * wide), clusters)
    if (widthOf(plain(row)) > columns && isWidthCertain(row)) return row
  }
  let row = ''
  let left = columns
  for (const [style, signs] of stretches) {
    let text = ''
    for (const [character, width] of signs) {
      if (!clusters && [...character].length > 1) continue
      if (width > left) break
      text += character
      left -= width
    }
    if (text !== '') row += STYLES[style]![0] + text + STYLES[style]![1]
  }
  return row
}

const share = fc.double({ min: 0, max: 0.999, noNaN: true })
const step = fc.record({
  settled: fc.oneof(
    { weight: 5, arbitrary: fc.array(words, { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(words, { minLength: 8, maxLength: 40 }) },
    { weight: 6, arbitrary: fc.constant([]) },
  ),
  /** Settles the first tail rows just as they were, which is what happens most. */
  settleTail: fc.nat(2),
  /** What happens to the tail: it grows at its end, stays, or is another one. */
  tail: fc.oneof(
    words.map((grows) => ({ grows })),
    fc.array(words, { maxLength: 4 }).map((becomes) => ({ becomes })),
    fc.constant({}),
  ),
  chrome: fc.option(fc.array(words, { maxLength: 5 })),
  chromeRow: fc.option(fc.tuple(share, words)),
  caret: fc.option(fc.tuple(share, share), { freq: 6 }),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

interface Limits {
  readonly tail: number
  /** How many times as wide as the screen rows of the tail may be. */
  readonly wide: number
  readonly chrome: number
  /** Whether signs may consist of several: xterm.js mixes their parts up when it reflows a row. */
  readonly clusters: boolean
}

/** The same for rows that settle. */
const WIDEST = 4

/** Plays steps as frames, remembering what has settled. */
function scene() {
  const settled: string[] = []
  let tail: Words[] = []
  let chrome: Words[] = []
  return {
    settled,
    next(play: Step, columns: number, most: Limits): Frame {
      const now = [
        ...tail.splice(0, play.settleTail).map((row) => rowOf(row, columns, most.clusters, most.wide)),
        ...[...play.settled].map((row) => rowOf(row, columns, most.clusters, WIDEST)),
      ]
      settled.push(...now)
      if ('becomes' in play.tail) tail = [...play.tail.becomes]
      if ('grows' in play.tail) tail.push([...(tail.pop() ?? []), ...play.tail.grows].slice(0, 9))
      tail = tail.slice(-most.tail)
      if (play.chrome) chrome = [...play.chrome]
      if (play.chromeRow && chrome.length > 0) chrome[Math.floor(play.chromeRow[0] * chrome.length)] = play.chromeRow[1]
      const caret =
        play.caret && chrome.length > 0
          ? { row: Math.floor(play.caret[0] * chrome.length), col: Math.floor(play.caret[1] * columns) }
          : null
      return {
        settled: now,
        tail: tail.map((row) => rowOf(row, columns, most.clusters, most.wide)),
        chrome: chrome.map((row) => rowOf(row, Math.min(most.chrome, columns - 1), most.clusters)),
        caret,
      }
    },
  }
}

/** The rows of a frame that fit, by the contract's words: chrome first, tail from its end. */
function liveRows(frame: Frame, columns: number, rows: number): string[] {
  const room = rows - 1 - frame.chrome.length
  const tail = frame.tail.flatMap((row) => foldRow(row, columns))
  return [...tail.slice(Math.max(0, tail.length - room)), ...frame.chrome]
}

test(
  'the screen shows every settled row once, in order and in one piece, then the tail, then the chrome, in the right styles',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 9, max: 70 }),
        fc.integer({ min: 6, max: 26 }),
        fc.nat(30),
        fc.boolean(),
        fc.boolean(),
        fc.array(step, { minLength: 1, maxLength: 14 }),
        async (columns, rows, linesBefore, sync, lineFeedReturns, steps) => {
          const at = bench(columns, rows, { sync })
          // A tty may put CR before LF; the painter must not care.
          at.emulator.terminal.options.convertEol = lineFeedReturns
          const before = Array<string>(linesBefore).fill('before')
          void at.emulator.write(before.map((line) => `${line}\r\n`).join(''))
          const play = scene()
          let frame!: Frame
          for (const each of steps) {
            frame = play.next(each, columns, { tail: 9, wide: 3, chrome: columns, clusters: true })
            const bytes = at.painter.paint(frame)
            const writes = at.writes()
            expect(writes.length).toBe(bytes === 0 ? 0 : 1)
            expect(at.painter.paint({ ...frame, settled: [] })).toBe(0)
          }
          await at.seen()
          const wanted = [...before, ...play.settled, ...liveRows(frame, columns, rows)]
          // So tall that nothing scrolls: a terminal may fill the rows that scrolling makes with a background.
          const plainly = createEmulator({ columns, rows: wanted.length * WIDEST + 1 })
          await plainly.write(wanted.map((row) => `${row}\r\n`).join(''))
          expect(cells(at.emulator)).toEqual(cells(plainly))
          expect(joined(lines(at.emulator))).toEqual(joined(lines(plainly)))
          const { buffer } = at.emulator.terminal
          expect(at.emulator.modes.cursorVisible).toBe(frame.caret !== null)
          if (frame.caret) {
            const height = wanted.reduce((sum, row) => sum + foldRow(row, columns).length, 0)
            const firstOfChrome = height - frame.chrome.length
            expect(buffer.active.baseY + buffer.active.cursorY).toBe(firstOfChrome + frame.caret.row)
            expect(buffer.active.cursorX).toBe(frame.caret.col)
          }
          if (linesBefore > 0) expect(at.emulator.counters.fullClears).toBe(0)
          at.emulator.dispose()
          plainly.dispose()
        },
      ),
      LOOK,
    )
  },
  PATIENCE_MS,
)

/** Text that reflow cannot change: the terminal may leave gaps where a wide sign did not fit. */
function joined(rows: readonly string[]): string[] {
  const lines = rows.map((row) => plain(row).replaceAll(' ', ''))
  while (lines.at(-1) === '') lines.pop()
  return lines
}

interface Resizing {
  readonly columns: readonly [number, number]
  readonly rows: readonly [number, number]
  readonly widestChrome: number
  readonly steps: number
  readonly reflows: boolean | 'xterm.js'
}

/** Paints, resizes, paints on; the tail stays low enough for its first row to be on the screen at any size. */
function staysWhole({ columns, rows, widestChrome, steps: mostSizes, reflows }: Resizing) {
  const size = fc.record({
    columns: fc.integer({ min: columns[0], max: columns[1] }),
    rows: fc.integer({ min: rows[0], max: rows[1] }),
  })
  const act = fc.tuple(fc.array(step, { minLength: 1, maxLength: 4 }), fc.array(size, { maxLength: mostSizes }))
  return fc.assert(
    fc.asyncProperty(
      size,
      fc.nat(60),
      fc.array(act, { minLength: 1, maxLength: 5 }),
      step,
      async (first, linesBefore, acts, last) => {
        const at = bench(first.columns, first.rows, { reflows })
        const before = Array<string>(linesBefore).fill('before')
        await at.emulator.write(before.map((line) => `${line}\r\n`).join(''))
        const play = scene()
        const most = { tail: 3, wide: 1.6, chrome: widestChrome, clusters: false }
        for (const [steps, sizes] of acts) {
          for (const each of steps) at.painter.paint(play.next(each, at.columns, most))
          for (const next of sizes) await at.resize(next.columns, next.rows)
        }
        const frame = play.next(last, at.columns, most)
        at.painter.paint(frame)
        await at.seen()
        const wanted = [...before, ...play.settled, ...liveRows(frame, at.columns, at.rows)]
        expect(joined(lines(at.emulator))).toEqual(joined(wanted))
        if (frame.caret) {
          const { column, row } = at.emulator.cursor
          expect(column).toBe(frame.caret.col)
          expect(joined([at.emulator.screen()[row]!])).toEqual(joined([frame.chrome[frame.caret.row]!]))
        }
        at.emulator.dispose()
      },
    ),
    LOOK,
  )
}

test(
  'a window dragged through many sizes doubles, loses and leaves behind no row, while the chrome stays narrow',
  () => staysWhole({ columns: [24, 90], rows: [30, 45], widestChrome: 22, steps: 5, reflows: true }),
  PATIENCE_MS,
)

test(
  'a change of the width in one step is clean even when chrome rows wrap, where the habits of the terminal are known',
  () => staysWhole({ columns: [40, 79], rows: [36, 36], widestChrome: 78, steps: 1, reflows: 'xterm.js' }),
  PATIENCE_MS,
)
