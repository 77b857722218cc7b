import { describe, expect, test } from 'vitest'
import { asksForGround, groundTold, terminalTheme } from '../../src/modes/terminal-theme.ts'

describe('what the environment says about colours', () => {
  test.each([
    [{ TERM: 'xterm' }, 'ansi16'],
    [{ TERM: 'xterm-256color' }, 'ansi256'],
    [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, 'truecolor'],
    [{ TERM: 'xterm', COLORTERM: 'truecolor', NO_COLOR: '1' }, 'none'],
    [{ TERM: 'xterm-256color', NO_COLOR: '' }, 'ansi256'],
    [{ TERM: 'xterm', NO_COLOR: '1', FORCE_COLOR: '3' }, 'none'],
    [{ TERM: 'xterm', COLORTERM: 'truecolor', FORCE_COLOR: '0' }, 'none'],
    [{ TERM: 'xterm', COLORTERM: 'truecolor', FORCE_COLOR: '1' }, 'ansi16'],
    [{ TERM: 'xterm', FORCE_COLOR: '2' }, 'ansi256'],
    [{ FORCE_COLOR: '3' }, 'truecolor'],
    [{ FORCE_COLOR: 'true' }, 'ansi16'],
    [{ TERM: 'dumb' }, 'none'],
    [{}, 'none'],
  ] as [Record<string, string>, string][])('%j is %s', (env, colour) => {
    expect(terminalTheme(env, 'auto').colour).toBe(colour)
    expect(terminalTheme(env, 'plain').colour).toBe('none')
  })

  test('the setting goes before every hint about the ground, and nothing is asked', () => {
    const env = { TERM: 'xterm', COLORTERM: 'truecolor', COLORFGBG: '0;15' }
    expect(terminalTheme(env, 'auto').ground).toBe('light')
    expect(terminalTheme(env, 'dark').ground).toBe('dark')
    expect(terminalTheme({ ...env, COLORFGBG: '15;default;0' }, 'auto').ground).toBe('dark')
    expect(terminalTheme({ ...env, COLORFGBG: 'default;default' }, 'auto').ground).toBe('unknown')
    expect(asksForGround(terminalTheme(env, 'dark'), 'dark')).toBe(false)
    expect(asksForGround(terminalTheme(env, 'auto'), 'auto')).toBe(true)
    expect(asksForGround(terminalTheme({ TERM: 'xterm' }, 'auto'), 'auto')).toBe(false)
  })

  test('only an answer about the background counts', () => {
    const white = { red: 255, green: 250, blue: 240 }
    expect(groundTold({ type: 'colour', of: 'background', ...white })).toBe('light')
    expect(groundTold({ type: 'colour', of: 'foreground', ...white })).toBeNull()
    expect(groundTold({ type: 'kitty', flags: 1 })).toBeNull()
  })
})
