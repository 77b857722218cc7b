import { expect, test } from 'vitest'
import type { Frame } from '../../src/glass/painter.ts'
import { bench, lines, plain } from './glass-kit.ts'

const PROMPT = '> type here'
const STATUS = 'model · 0.8s · 93 tok/s'

function frame(parts: Partial<Frame>): Frame {
  return { settled: [], tail: [], chrome: [PROMPT, STATUS], caret: { row: 0, col: 2 }, ...parts }
}

test('a word added to the tail costs its letters and at most twenty bytes more', async () => {
  const at = bench(80, 24)
  at.painter.paint(frame({ tail: ['An answer that is being written'] }))
  at.writes()
  const bytes = at.painter.paint(frame({ tail: ['An answer that is being written word'] }))
  expect(bytes).toBeLessThanOrEqual(5 + 20)
  expect(at.writes()).toEqual(['\x1b[A\x1b[32G word\n\x1b[3G'])
  await at.seen()
  expect(at.emulator.golden()).toBe(`An answer that is being written word\n${PROMPT}\n${STATUS}`)
})

test('a row that settles unchanged costs nothing but the room for the next one', () => {
  const at = bench(80, 24)
  at.painter.paint(frame({ tail: ['A row that is full'] }))
  at.writes()
  const bytes = at.painter.paint(frame({ settled: ['A row that is full'], tail: ['next'] }))
  expect(at.writes().join('')).not.toContain('full')
  expect(bytes).toBeLessThanOrEqual(4 + 40)
})

test('a frame that changes nothing writes nothing', () => {
  const at = bench(80, 24)
  at.painter.paint(frame({ tail: ['same'] }))
  at.writes()
  expect(at.painter.paint(frame({ tail: ['same'] }))).toBe(0)
  expect(at.writes()).toEqual([])
})

test('a caret that moves writes the move alone', () => {
  const at = bench(80, 24)
  at.painter.paint(frame({}))
  at.writes()
  at.painter.paint(frame({ caret: { row: 0, col: 7 } }))
  expect(at.writes()).toEqual(['\x1b[8G'])
})

test('without a caret the cursor is hidden, and comes back with it', async () => {
  const at = bench(80, 24)
  at.painter.paint(frame({ caret: null }))
  await at.seen()
  expect(at.emulator.modes.cursorVisible).toBe(false)
  at.painter.paint(frame({}))
  await at.seen()
  expect(at.emulator.modes.cursorVisible).toBe(true)
})

test('only frames that touch several rows are synchronized, and none where the terminal should not', () => {
  const one = bench(80, 24)
  one.painter.paint(frame({}))
  expect(one.writes()[0]).toMatch(/^\x1b\[\?2026h.*\x1b\[\?2026l$/s)
  one.painter.paint(frame({ chrome: ['> typed', STATUS] }))
  expect(one.writes()[0]).not.toContain('2026')
  const other = bench(80, 24, { sync: false })
  other.painter.paint(frame({}))
  expect(other.writes()[0]).not.toContain('2026')
})

test('a tail too tall for the screen shows its end; all of it is there once settled', async () => {
  const at = bench(40, 8)
  const tail = Array.from({ length: 20 }, (_, i) => `row ${i}`)
  at.painter.paint(frame({ tail }))
  await at.seen()
  expect(at.emulator.screen().slice(0, 7)).toEqual([...tail.slice(-5), PROMPT, STATUS])
  at.painter.paint(frame({ settled: tail }))
  await at.seen()
  expect(at.emulator.text().split('\n')).toEqual([...tail, PROMPT, STATUS])
})

test('a chrome too tall for the screen keeps the row with the caret', async () => {
  const at = bench(40, 5)
  const chrome = Array.from({ length: 9 }, (_, i) => `item ${i}`)
  at.painter.paint({ settled: [], tail: ['hidden'], chrome, caret: { row: 2, col: 1 } })
  await at.seen()
  expect(at.emulator.golden()).toBe('item 2\nitem 3\nitem 4\nitem 5')
  expect(at.emulator.cursor).toEqual({ column: 1, row: 0 })
})

test('a row too wide for the screen is one line once it settles, is folded in the tail, and cut in the chrome', async () => {
  const at = bench(10, 8)
  const tail = '\x1b[1m漢漢漢漢漢漢\x1b[22m'
  at.painter.paint({ settled: ['0123456789abcde'], tail: [tail], chrome: ['> 0123456789'], caret: null })
  await at.seen()
  expect(at.emulator.golden()).toBe('0123456789\nabcde\n漢漢漢漢漢\n漢\n> 01234567')
  expect(lines(at.emulator).slice(0, 4)).toEqual(['0123456789abcde', '漢漢漢漢漢', '漢', '> 01234567'])
})

const LONG = Array.from({ length: 12 }, (_, i) => `\x1b[3${i % 7}mword${i}\x1b[39m`).join(' ')

test('a long line goes out in one piece, and with it the rows that showed it while it was open become one', async () => {
  const at = bench(20, 12)
  at.painter.paint(frame({ tail: ['before', LONG.slice(0, 90)] }))
  at.painter.paint(frame({ tail: ['before', LONG] }))
  await at.seen()
  expect(lines(at.emulator).slice(1, 4)).not.toContain(plain(LONG))
  at.writes()
  at.painter.paint(frame({ settled: ['before', LONG], tail: ['next'] }))
  expect(at.writes().join('')).toContain(`${LONG}\x1b[K\r\n`)
  for (const tail of [['next', 'one'], [], ['other']]) at.painter.paint(frame({ tail }))
  at.painter.paint(frame({ settled: ['other'], chrome: [PROMPT] }))
  await at.seen()
  expect(lines(at.emulator).slice(0, 4)).toEqual(['before', plain(LONG), 'other', PROMPT])
})

test('a line taller than the window is one line, too, and is wrapped anew by a wider window', async () => {
  const at = bench(20, 6)
  const line = '0123456789'.repeat(30)
  at.painter.paint(frame({ tail: [line] }))
  at.painter.paint(frame({ settled: [line, line] }))
  await at.seen()
  expect(lines(at.emulator).slice(0, 2)).toEqual([line, line])
  await at.resize(100, 6)
  at.painter.paint(frame({}))
  await at.seen()
  expect(at.emulator.screen().slice(1, 4)).toEqual([line.slice(0, 100), line.slice(0, 100), line.slice(0, 100)])
  expect(at.emulator.counters.fullClears).toBe(0)
})

test('signs whose width is not certain do not break a line, as long as they cannot change its height', async () => {
  const row = (emoji: string, length: number) => `console.log("${emoji}") // ${'x'.repeat(length)}`
  for (const version of ['6', '11'])
    for (const emoji of ['👍', '❤️', 'e\u0301', '👨‍👩‍👧'])
      for (const length of [10, 14, 16, 18, 19, 20, 21, 22, 40]) {
        const at = bench(40, 8)
        at.emulator.terminal.unicode.activeVersion = version
        const line = row(emoji, length)
        at.painter.paint(frame({ settled: ['before'], tail: [line] }))
        at.painter.paint(frame({ settled: [line, 'after'] }))
        await at.seen()
        const [first, ...rest] = lines(at.emulator)
        expect(first).toBe('before')
        expect(rest.slice(0, rest.indexOf('after')).join('')).toBe(line)
        expect(rest.slice(0, rest.indexOf('after'))).not.toContain('')
        expect(rest.slice(rest.indexOf('after')).slice(0, 3)).toEqual(['after', PROMPT, STATUS])
        if (length === 40) expect(rest[0]).toBe(line)
      }
})

test('a terminal that was told not to wrap is told to before the first long line, and again after somebody else had it', async () => {
  const at = bench(20, 12)
  await at.emulator.write('\x1b[?7l')
  at.painter.paint(frame({ settled: [LONG] }))
  at.painter.paint(frame({ settled: [LONG] }))
  expect(at.writes().join('').split('\x1b[?7h')).toHaveLength(2)
  at.painter.leave({ eraseChrome: true })
  at.painter.forget()
  await at.emulator.write('\x1b[?7l')
  at.painter.paint(frame({ settled: [LONG] }))
  await at.seen()
  expect(lines(at.emulator).filter((line) => line === plain(LONG))).toHaveLength(3)
})

test('a line too long to be held goes on where it stopped, unless its place has moved', async () => {
  const part = 'abcdefghij'.repeat(4)
  for (const height of [5, 6, 7, 8, 9, 30]) {
    const at = bench(20, height)
    at.painter.paint(frame({ settled: [`${part}\x1f`], tail: ['open'] }))
    at.painter.paint(frame({ settled: [`\x1b[2m${part}\x1b[m\x1f`], tail: [] }))
    at.painter.paint(frame({ tail: ['漢字'] }))
    at.painter.paint(frame({ settled: ['漢字', 'next'] }))
    at.painter.paint(frame({ settled: [`${part}\x1f`] }))
    at.painter.paint(frame({ settled: ['', 'after a line that ended there'] }))
    await at.seen()
    expect(lines(at.emulator).slice(0, 4)).toEqual([
      `${part}${part}漢字`,
      'next',
      part,
      'after a line that ended there',
    ])
  }
  const at = bench(20, 10)
  at.painter.paint(frame({ settled: [`${part}\x1f`], chrome: [PROMPT] }))
  await at.resize(15, 10)
  at.painter.paint(frame({ settled: [part], chrome: [PROMPT] }))
  await at.seen()
  expect(lines(at.emulator).slice(0, 2)).toEqual([part, part])
})

test('of a long line that a lowered window has pushed up in part, only the rest is written', async () => {
  const at = bench(20, 20)
  const line = Array.from({ length: 24 }, (_, i) => `word${i}`).join(' ')
  at.painter.paint(frame({ tail: ['before', line], chrome: [PROMPT] }))
  await at.resize(20, 5)
  at.painter.paint(frame({ tail: [line.slice(-60)], chrome: [PROMPT] }))
  at.painter.paint(frame({ settled: ['before', line], tail: ['next'], chrome: [PROMPT] }))
  await at.seen()
  expect(
    lines(at.emulator)
      .join('')
      .replace(/next.*/, ''),
  ).toBe(`before${line}`)
})

test('rows pushed out of a lowered window are not written again when they settle', async () => {
  const at = bench(40, 20)
  const tail = Array.from({ length: 10 }, (_, i) => `row ${i}`)
  at.painter.paint(frame({ tail, chrome: [PROMPT] }))
  await at.resize(40, 8)
  at.painter.paint(frame({ tail: tail.slice(-6), chrome: [PROMPT] }))
  at.painter.paint(frame({ settled: tail.slice(0, 4), tail: tail.slice(4), chrome: [PROMPT] }))
  at.painter.paint(frame({ settled: tail.slice(4), tail: ['next'], chrome: [PROMPT] }))
  await at.seen()
  expect(at.emulator.text().split('\n')).toEqual([...tail, 'next', PROMPT])
})

test('a row typed over by somebody else is drawn again after resized, and nothing above it', async () => {
  const at = bench(40, 10)
  at.painter.paint(frame({ settled: ['settled'], tail: ['tail'] }))
  await at.emulator.write('GARBAGE')
  await at.emulator.write('\x1b[3G')
  at.painter.resized(40)
  at.painter.paint(frame({ tail: ['tail'] }))
  await at.seen()
  expect(at.emulator.golden()).toBe(`settled\ntail\n${PROMPT}\n${STATUS}`)
})

test('after forget the region starts on a fresh line, wherever the cursor was left', async () => {
  for (const left of ['', 'shell$ fg']) {
    const at = bench(40, 12)
    at.painter.paint(frame({}))
    at.painter.leave()
    at.painter.forget()
    await at.emulator.write(left)
    at.painter.paint(frame({}))
    await at.seen()
    const rows = at.emulator.golden().split('\n')
    expect(rows.map((row) => row.trimEnd())).toEqual([PROMPT, STATUS, ...(left ? [left] : []), PROMPT, STATUS])
    expect(at.emulator.cursor.column).toBe(2)
  }
})

test('leaving puts a visible cursor on a fresh line below everything', async () => {
  const at = bench(40, 4)
  at.painter.paint(frame({ settled: ['one', 'two'], tail: ['tail'], caret: null }))
  at.painter.leave()
  await at.seen()
  expect(at.emulator.text()).toBe(`one\ntwo\ntail\n${PROMPT}\n${STATUS}`)
  expect(at.emulator.cursor).toEqual({ column: 0, row: 3 })
  expect(at.emulator.modes.cursorVisible).toBe(true)
})

test('leaving may take the chrome away; what comes next follows the last row of text', async () => {
  const at = bench(40, 10)
  at.painter.paint(frame({ settled: ['one'], tail: ['tail'] }))
  at.painter.leave({ eraseChrome: true })
  await at.seen()
  expect(at.emulator.golden()).toBe('one\ntail')
  expect(at.emulator.cursor).toEqual({ column: 0, row: 2 })
})

test('leaving in the middle of a resize loses nothing', async () => {
  const at = bench(40, 10)
  at.painter.paint(frame({ settled: ['one'], tail: ['a tail of more than twenty columns'], chrome: [PROMPT] }))
  await at.resize(20, 10)
  at.painter.leave({ eraseChrome: true })
  await at.seen()
  expect(at.emulator.golden()).toBe('one\na tail of more than \ntwenty columns')
  expect(at.emulator.cursor.column).toBe(0)
})

test('leaving in the middle of a resize takes the chrome away also where no tail is left', async () => {
  const at = bench(40, 10)
  at.painter.paint(frame({ settled: ['one'] }))
  await at.resize(30, 10)
  at.painter.leave({ eraseChrome: true })
  await at.seen()
  expect(at.emulator.golden()).toBe('one')
  expect(at.emulator.cursor).toEqual({ column: 0, row: 1 })
})

test('a first screen drawn before the painter was there is taken over without a byte', async () => {
  const at = bench(40, 10)
  await at.emulator.write(`${PROMPT}\r\n${STATUS}\x1b[A\x1b[3G`)
  at.painter.adopt({ tail: [], chrome: [PROMPT, STATUS], caret: { row: 0, col: 2 } })
  expect(at.painter.paint(frame({}))).toBe(0)
  at.painter.paint(frame({ settled: ['hello'] }))
  await at.seen()
  expect(at.emulator.golden()).toBe(`hello\n${PROMPT}\n${STATUS}`)
})

test('a terminal that does not reflow is repainted by its plain rows', async () => {
  const at = bench(40, 10, { reflows: false })
  at.emulator.terminal.options.windowsPty = { backend: 'conpty', buildNumber: 1 } // switches reflow off in xterm.js
  at.painter.paint(frame({ settled: ['settled'], tail: ['a tail of more than twenty columns'] }))
  await at.resize(20, 10)
  at.painter.paint(frame({ tail: ['a tail of more', 'than twenty columns'] }))
  await at.seen()
  // The emulator keeps what is behind the edge, where nobody sees it.
  const seen = at.emulator.screen().map((row) => row.slice(0, 20).trimEnd())
  expect(seen.slice(0, 6)).toEqual([
    'settled',
    'a tail of more',
    'than twenty columns',
    PROMPT,
    STATUS.slice(0, 20),
    '',
  ])
})

test('nothing is ever cleared from the top of the screen, also when the region begins there', async () => {
  const at = bench(40, 10)
  at.painter.paint(frame({ tail: ['one'] }))
  await at.resize(30, 9)
  at.painter.paint(frame({ tail: ['one'] }))
  at.painter.paint(frame({ settled: Array.from({ length: 30 }, (_, i) => `row ${i}`) }))
  await at.seen()
  expect(at.emulator.counters.fullClears).toBe(0)
})
