import { describe, expect, test } from 'vitest'
import { deafToOsc52, MOST_BYTES, osc52 } from '../../src/glass/osc52.ts'

const content = (text: string) => Buffer.from(text).toString('base64')

describe('the clipboard by way of the terminal', () => {
  test('carries any text as base64, so that nothing in it can steer the terminal', () => {
    const sequence = osc52('ä\x07\x1b\\漢', { TERM: 'xterm' })
    expect(sequence).toBe(`\x1b]52;c;${content('ä\x07\x1b\\漢')}\x07`)
  })

  test('is wrapped for tmux, its ESC doubled', () => {
    expect(osc52('hi', { TMUX: '/tmp/x', TERM: 'screen-256color' })).toBe(
      `\x1bPtmux;\x1b\x1b]52;c;${content('hi')}\x07\x1b\\`,
    )
  })

  test('goes through GNU screen in pieces it does not drop', () => {
    const text = 'x'.repeat(5_000)
    const sequence = osc52(text, { STY: '1', TERM: 'screen' })!
    const pieces = sequence.split('\x1b\\').filter(Boolean)
    for (const piece of pieces) {
      expect(piece.startsWith('\x1bP')).toBe(true)
      expect(piece.length).toBeLessThan(768)
    }
    expect(pieces.map((piece) => piece.slice(2)).join('')).toBe(`\x1b]52;c;${content(text)}\x07`)
  })

  test('is not tried with more than terminals take', () => {
    expect(osc52('x'.repeat(MOST_BYTES), {})).not.toBeNull()
    expect(osc52('x'.repeat(MOST_BYTES + 1), {})).toBeNull()
    expect(osc52('漢'.repeat(MOST_BYTES / 2), {})).toBeNull()
  })

  test.each([
    [{ TERM: 'linux' }, true],
    [{ TERM: 'dumb' }, true],
    [{ TERM: 'xterm-256color', TERM_PROGRAM: 'Apple_Terminal' }, true],
    [{ TERM: 'xterm-kitty' }, false],
  ])('%j is known not to take it: %s', (env, isDeaf) => {
    expect(deafToOsc52(env) !== null).toBe(isDeaf)
  })
})
