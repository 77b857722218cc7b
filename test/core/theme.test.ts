import { describe, expect, it } from 'vitest'
import { theme } from '../../src/core/theme.ts'

const rich = theme({ colour: 'ansi16', links: true })
const bare = theme({ colour: 'none', links: false })

describe('the theme', () => {
  it('wraps a text in its look and ends only that', () => {
    expect(rich.heading('Title')).toBe('\x1b[1mTitle\x1b[22m')
    expect(rich.emphasis(rich.error('no'))).toBe('\x1b[3m\x1b[31mno\x1b[39m\x1b[23m')
    expect(rich.dim('')).toBe('')
  })

  it('says nothing but the text when it is plain', () => {
    for (const role of [bare.heading, bare.code, bare.error, bare.accent]) expect(role('x')).toBe('x')
    expect(bare.paint(bare.sgr.strong, 'x')).toBe('x')
    expect(bare.link('docs', 'https://example.com')).toBe('docs (https://example.com)')
  })

  it('uses the names of the terminal for everything but the accent', () => {
    const many = theme({ colour: 'truecolor', links: true })
    expect(many.accent('x')).toMatch(/^\x1b\[38;2;\d+;\d+;\d+mx/)
    expect(many.code('x')).toBe(rich.code('x'))
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
