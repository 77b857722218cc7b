import { describe, expect, it } from 'vitest'
import { contrast, groundOf, type Rgb } from '../../../src/core/text/contrast.ts'
import { ACCENTS, INKS, theme } from '../../../src/core/text/theme.ts'

const rich = theme({ colour: 'ansi16', links: true })
const bare = theme({ colour: 'none', links: false })

describe('the theme', () => {
  it('wraps a text in its look and ends only that', () => {
    expect(rich.h2('Title')).toBe('\x1b[1mTitle\x1b[22m')
    expect(rich.emphasis(rich.error('no'))).toBe('\x1b[3m\x1b[31mno\x1b[39m\x1b[23m')
    expect(rich.dim('')).toBe('')
  })

  it('says nothing but the text when it is plain', () => {
    for (const role of [bare.h1, bare.code, bare.error, bare.accent]) expect(role('x')).toBe('x')
    expect(bare.paint(bare.sgr.strong, 'x')).toBe('x')
    expect(bare.link('docs', 'https://example.com')).toBe('docs (https://example.com)')
  })

  it('uses the names of the terminal for everything but the accent', () => {
    const many = theme({ colour: 'truecolor', links: true, ground: 'dark' })
    expect(many.accent('x')).toMatch(/^\x1b\[38;2;\d+;\d+;\d+mx/)
    expect(many.code('x')).toBe(rich.code('x'))
    expect(theme({ colour: 'ansi256', links: true, ground: 'light' }).accent('x')).toMatch(/^\x1b\[38;5;\d+mx/)
    expect(theme({ colour: 'ansi16', links: true, ground: 'light' }).accent('x')).toBe(rich.accent('x'))
  })

  it('leaves the accent to the terminal, too, while the ground is not known', () => {
    expect(theme({ colour: 'truecolor', links: true }).accent('x')).toBe(rich.accent('x'))
  })

  const GROUNDS = {
    light: ['#ffffff', '#fafafa'],
    dark: ['#000000', '#1e1e1e'],
  } as const
  /** Bright names as xterm mixes them. */
  const BRIGHT: Readonly<Record<string, Rgb>> = { 95: [255, 0, 255] }
  const rgbOf = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb
  /** A colour of the 6x6x6 cube, as xterm mixes it. */
  const cube = (index: number) =>
    [36, 6, 1].map((step) => [0, 95, 135, 175, 215, 255][Math.floor((index - 16) / step) % 6]) as unknown as Rgb

  it.each(['light', 'dark'] as const)('can be read on usual %s backgrounds: 4.5 to 1 and better', (ground) => {
    for (const background of GROUNDS[ground]) {
      const { rgb, index } = ACCENTS[ground]
      expect(contrast(rgb, rgbOf(background))).toBeGreaterThanOrEqual(4.5)
      expect(contrast(cube(index), rgbOf(background))).toBeGreaterThanOrEqual(4.5)
      for (const ink of Object.values(INKS[ground])) {
        const rgb = BRIGHT[ink] ?? cube(Number(ink.split(';')[2]))
        expect(contrast(rgb, rgbOf(background))).toBeGreaterThanOrEqual(4.5)
      }
      expect(groundOf(rgbOf(background))).toBe(ground)
    }
  })

  it('puts inks of its own in the place of names that could not be read there', () => {
    const on = (ground: 'light' | 'dark' | 'unknown', colour: 'ansi16' | 'ansi256' = 'ansi256') =>
      theme({ colour, links: false, ground }).sgr.keyword
    expect([on('light'), on('dark'), on('unknown'), on('light', 'ansi16')]).toEqual(['38;5;90', '95', '35', '35'])
  })

  it('counts contrast as WCAG does', () => {
    expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21)
    expect(contrast([0x76, 0x76, 0x76], [255, 255, 255])).toBeCloseTo(4.54, 2)
    expect(contrast([9, 9, 9], [9, 9, 9])).toBe(1)
  })

  it.each([
    ['docs', 'https://example.com/a b', '\x1b]8;;https://example.com/a%20b\x1b\\'],
    ['https://example.com/', 'https://example.com', '\x1b]8;;https://example.com\x1b\\'],
    ['me@example.com', 'mailto:me@example.com', '\x1b]8;;mailto:me@example.com\x1b\\'],
    ['Node.js', 'https://nodejs.org', '\x1b]8;;https://nodejs.org\x1b\\'],
    ['ä', 'https://example.com/\x1b\\ä', '\x1b]8;;https://example.com/%1B\\%C3%A4\x1b\\'],
  ])('makes %j clickable', (text, url, sequence) => {
    expect(rich.link(text, url)).toContain(sequence)
  })

  it.each([
    ['https://good.example', 'https://evil.example'],
    ['good.example', 'https://evil.example'],
    ['see www.good.example now', 'https://evil.example'],
    ['me@good.example', 'mailto:you@evil.example'],
    ['docs', 'javascript:alert(1)'],
    ['docs', 'file:///etc/passwd'],
    ['docs', '#section'],
  ])('writes out where %j really leads', (text, url) => {
    expect(rich.link(text, url)).not.toContain('\x1b]8')
    expect(rich.link(text, url)).toContain(`(${url})`)
  })
})
