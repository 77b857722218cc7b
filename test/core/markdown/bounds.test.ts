import { describe, expect, it } from 'vitest'
import { answerRows } from '../../../src/core/markdown/answer.ts'
import { coloured } from './kit.ts'

/** Pushes a text in pieces; returns the most characters ever held, and when rows came. */
function watch(text: string, size = 64) {
  const answer = answerRows({ width: 80, theme: coloured })
  let held = 0
  let rows = 0
  let early = 0
  for (let at = 0; at < text.length; at += size) {
    rows += answer.push(text.slice(at, at + size)).length
    held = Math.max(held, answer.held)
    if (at < text.length / 2) early = rows
  }
  return { held, early, rows: rows + answer.end().length }
}

const MB = 1 << 20

describe('what is held back', () => {
  it.each([
    ['a fence of 50,000 lines', `\`\`\`ts\n${'const answer = 42\n'.repeat(50_000)}`, 100],
    ['a list of 1,500 items', '- an item with **bold** text\n'.repeat(1500), 200],
    ['a table of 2,000 rows', `| a | b |\n|---|---|\n${'| some | text |\n'.repeat(2000)}`, 400],
    ['a paragraph of 1 MB in one line', 'plain words and **bold** ones '.repeat(MB / 30), 2500],
    ['a paragraph of 20,000 lines', 'a line of a paragraph\n'.repeat(20_000), 2500],
    ['a word of 1 MB', 'x'.repeat(MB), 2500],
    ['a line of code of 1 MB', `\`\`\`json\n${'{"a":1},'.repeat(MB / 8)}`, 1200],
    ['a heading of 1 MB', `# ${'word '.repeat(MB / 5)}`, 8300],
    ['a quote of 5,000 lines', '> quoted text\n'.repeat(5000), 2500],
  ])('is bounded for %s, and the answer flows', (_, text, most) => {
    const { held, early, rows } = watch(text)
    expect(held).toBeLessThanOrEqual(most)
    expect(rows).toBeGreaterThan(100)
    expect(early).toBeGreaterThan(rows * 0.4)
  })

  it.each([
    ['openers of emphasis', '**a *b '.repeat(20_000)],
    ['intraword marks', '_a*'.repeat(20_000)],
    ['brackets', '['.repeat(50_000)],
    ['links that never close', '[a]('.repeat(20_000)],
    ['backticks', 'a`b``'.repeat(20_000)],
    ['blank code', '` '.repeat(50_000)],
    ['tags that never close', '<a '.repeat(20_000)],
    ['formulas that never close', '\\(a$'.repeat(20_000)],
    ['a table of 10,000 columns', `${'|a'.repeat(10_000)}|\n${'|-'.repeat(10_000)}|\n${'|b'.repeat(10_000)}|\n`],
    ['quotes 1,000 deep', `${'>'.repeat(1000)} x\n`.repeat(50)],
    ['lists 1,000 deep', Array.from({ length: 1000 }, (_, i) => `${' '.repeat(2 * i)}- x`).join('\n')],
    ['a flood of marks on one letter', `a${'\u0301'.repeat(MB)}`],
    ['a flood of joiners', '👩\u200d'.repeat(20_000)],
    ['a flood of nothing', '\u200b'.repeat(MB)],
    ['blanks', ' '.repeat(MB)],
    ['empty lines in code', `\`\`\`\na${'\n'.repeat(100_000)}`],
  ])('stays harmless for %s', (_, text) => {
    expect(watch(text, 4096).held).toBeLessThanOrEqual(8192 + 4096)
  })

  it('keeps a tail as short as it is asked for while a long paragraph flows', () => {
    const answer = answerRows({ width: 80, theme: coloured })
    const settled: number[] = []
    for (let i = 0; i < 400; i++) {
      settled.push(answer.push('eight words of which some are long enough ').length)
      expect(answer.tail(5).length).toBeLessThanOrEqual(5)
    }
    // A short paragraph is held whole; a long one gives its rows away while it grows.
    expect(settled.slice(0, 20).every((rows) => rows === 0)).toBe(true)
    expect(settled.reduce((a, b) => a + b)).toBeGreaterThan(180)
  })
})
