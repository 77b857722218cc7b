import { expect, test } from 'vitest'
import { reflowOf, reflowTold, rowsAboveCursor, wrappedHeight } from '../../src/glass/reflow.ts'
import { csiReply } from '../../src/glass/replies.ts'

test('the habit of a terminal is told by its environment; in doubt rows wrap again', () => {
  expect(reflowOf({ TERM: 'xterm-256color' })).toBe(true)
  expect(reflowOf({ TERM: 'xterm-256color', XTERM_VERSION: 'XTerm(380)' })).toBe(false)
  expect(reflowOf({ TERM: 'linux' })).toBe(false)
  expect(reflowOf({ TERM: 'screen', STY: '1.tty' })).toBe(false)
  expect(reflowOf({ TERM: 'screen-256color', TMUX: '/tmp/tmux' })).toBe('exact')
  expect(reflowOf({ TERM: 'xterm-256color', TERM_PROGRAM: 'vscode' })).toBe('xterm.js')
})

test('a wide sign that does not fit the end of a row goes to the next', () => {
  expect(wrappedHeight('', 5)).toBe(1)
  expect(wrappedHeight('12345', 5)).toBe(1)
  expect(wrappedHeight('\x1b[1m123456\x1b[22m', 5)).toBe(2)
  expect(wrappedHeight('漢漢漢漢漢', 5)).toBe(3)
})

test('how far up the region begins depends on what wrapped, and on whose habit it is', () => {
  const rows = ['x'.repeat(25), 'x'.repeat(15), 'x'.repeat(12)]
  const cursor = { row: 1, col: 14 }
  expect(rowsAboveCursor(rows, cursor, 10, false)).toBe(1)
  expect(rowsAboveCursor(rows, cursor, 10, true)).toBe(3)
  expect(rowsAboveCursor(rows, cursor, 10, 'exact')).toBe(4)
  // The last row wraps and pushes the cursor onto itself, so the cursor's own row is wrapped as well.
  expect(rowsAboveCursor(rows, cursor, 10, 'xterm.js')).toBe(5)
})

test('xterm.js is known by its answer, whatever program it is at home in', () => {
  expect(reflowTold(csiReply('>0;276;0', 'c')!)).toBe('xterm.js')
  for (const other of ['>41;390;0', '>65;7800;1', '>1;4000;35', '>0;115;0', '>84;0;0']) {
    expect(reflowTold(csiReply(other, 'c')!)).toBeNull()
  }
})
