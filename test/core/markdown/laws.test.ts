import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerRows, type Highlight, renderMarkdown } from '../../../src/core/markdown/answer.ts'
import { styledWidthOf, widthOf } from '../../../src/core/text/width.ts'
import { cutSlices, expandTabs } from '../../../src/core/text/wrap.ts'
import { bare, coloured, cutAt, document, longDocument, plain, streamed, whole } from './kit.ts'

const widths = fc.integer({ min: 2, max: 90 })
const cuts = fc.array(fc.nat(), { maxLength: 30 })

/** A colouring with memory: the look of a line depends on all lines before it. */
const counting: Highlight = () => {
  let lines = 0
  return { line: (text) => `\x1b[3${++lines % 8}m${text.slice(0, 3)}\x1b[39m${text.slice(3)}\x1b[1m\x1b[0m` }
}

const expectSound = (rows: readonly string[]) => {
  for (const row of whole(rows)) {
    expect(widthOf(bare(row))).toBe(styledWidthOf(row))
    expect(bare(row)).not.toMatch(/[\0-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]/)
    // Whatever is switched on is off at the end of the row.
    expect(row.replace(/\x1b\[[\d;]+m[^\x1b]*\x1b\[(?:2[2-9]|39)?m/g, '')).not.toMatch(/\x1b\[/)
    expect(row.match(/\x1b\]8;;/g)?.length ?? 0).toBe(2 * (row.match(/\x1b\]8;;[^\x1b]/g)?.length ?? 0))
  }
}

describe('a streamed answer', () => {
  it('gives the same rows however it is cut', () => {
    fc.assert(
      fc.property(document, cuts, widths, (text, places, width) => {
        expect(streamed(cutAt(text, places), width, coloured, counting)).toEqual(
          streamed([text], width, coloured, counting),
        )
      }),
      { numRuns: 4000 },
    )
  })

  it('gives the same rows character by character, also where it is long', () => {
    fc.assert(
      fc.property(longDocument, widths, fc.integer({ min: 1, max: 40 }), (text, width, size) => {
        const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
          text.slice(i * size, (i + 1) * size),
        )
        expect(streamed(pieces, width, coloured)).toEqual(renderMarkdown(text, { width, theme: coloured }))
      }),
      { numRuns: 150 },
    )
  })

  it('lets nothing but its own colours and links through', () => {
    fc.assert(
      fc.property(
        fc.oneof({ weight: 29, arbitrary: document }, { weight: 1, arbitrary: longDocument }),
        widths,
        (text, width) => {
          expectSound(renderMarkdown(text, { width, theme: coloured, highlight: counting }))
          for (const row of whole(renderMarkdown(text, { width, theme: plain }))) expect(row).not.toContain('\x1b')
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('fills no row beyond the width but with a word that no row has room for, and breaks nothing else there', () => {
    const word = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('word', 'of', '**bold**', '`code`', '漢字', 'x.', '[link](http://a.b)') },
      {
        weight: 1,
        arbitrary: fc.integer({ min: 5, max: 300 }).map((length) => `http://${'a/b-'.repeat(length / 4)}.`),
      },
    )
    const prose = fc.array(word, { minLength: 1, maxLength: 30 }).map((words) => words.join(' '))
    const start = fc.constantFrom('', '# ', '> ', '- ', '12. ', '> - ', '[^1]: ')
    const block = fc.oneof(
      { weight: 5, arbitrary: fc.tuple(start, prose).map((parts) => parts.join('')) },
      { weight: 1, arbitrary: prose.map((cell) => `| a | b |\n|---|---|\n| ${cell} | ${cell} |`) },
    )
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 5 }), widths, (blocks, width) => {
        const text = blocks.join('\n\n')
        for (const row of renderMarkdown(text, { width, theme: plain })) {
          const pieces = cutSlices(row, width)
          if (pieces.length === 1) continue
          const long = row.split(' ').reduce((a, b) => (b.length > a.length ? b : a))
          const at = row.indexOf(long)
          expect(row.slice(0, at)).toMatch(/^(?:[> ]|- |12\. |\[1\] )*$/)
          expect(at + long.length).toBeGreaterThan(width)
          expect(pieces.at(-1)!.start).toBeLessThan(at + long.length)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('keeps a line of code in one row, however long it is and wherever it stands', () => {
    const line = fc
      .array(fc.constantFrom('const x = 1; ', '漢字', '    ', '👍', 'é', '"ab"', '\\', '**'), {
        minLength: 1,
        maxLength: 40,
      })
      .chain((parts) => fc.constantFrom(1, 1, 1, 40).map((times) => `x${parts.join('').repeat(times)}x`))
    const open = fc.constantFrom('```\n', '```ts\n', '    ', '$$\n', '> ```\n> ', '- ```\n  ', '> 1. ```\n>    ')
    fc.assert(
      fc.property(open, line, cuts, widths, (start, code, places, width) => {
        const rows = whole(streamed(cutAt(`${start}${code}\nend`, places), width, coloured)).map(bare)
        expect(rows.filter((row) => row.endsWith(expandTabs(code))).length).toBe(1)
      }),
      { numRuns: 1000 },
    )
  })

  it('begins and ends with something to see', () => {
    fc.assert(
      fc.property(document, widths, (text, width) => {
        const rows = whole(renderMarkdown(text, { width, theme: plain }))
        expect(rows[0]).not.toBe('')
        expect(rows.at(-1)).not.toBe('')
        for (const row of rows) if (row.trim() === '') expect(row).toBe('')
      }),
      { numRuns: 3000 },
    )
  })

  it('draws a tail that is sound, short enough and changes nothing', () => {
    fc.assert(
      fc.property(document, cuts, widths, fc.integer({ min: 0, max: 12 }), (text, places, width, rows) => {
        const answer = answerRows({ width, theme: coloured, highlight: counting })
        const final: string[] = []
        for (const piece of cutAt(text, places)) {
          final.push(...answer.push(piece))
          const tail = answer.tail(rows)
          expect(tail.length).toBeLessThanOrEqual(rows)
          expectSound(tail)
          const whole = answer.tail(1000)
          expect(whole.slice(whole.length - tail.length)).toEqual(tail)
          // Settled and open rows together read as one page: no blank row leads it, none is lost between them.
          expect([...final, ...whole][0]).not.toBe('')
        }
        expect([...final, ...answer.end()]).toEqual(streamed([text], width, coloured, counting))
      }),
      { numRuns: 2000 },
    )
  })

  it('ends with the rows its tail has shown, when nothing was left open', () => {
    const closed = [
      'A *b* `c`.',
      '- one\n  - two',
      '1. x\n\n   y',
      '| a | b |\n|---|---|\n| 1 | 2 |',
      '> q\n> - r',
      '# T',
      '```js\nx\n```',
      '    code',
      '$$\nx\n$$',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...closed), { maxLength: 8 }), widths, (blocks, width) => {
        const answer = answerRows({ width, theme: coloured })
        answer.push(blocks.join('\n\n'))
        const tail = answer.tail(1000)
        expect(answer.end()).toEqual(tail)
      }),
      { numRuns: 1000 },
    )
  })

  it('wraps only what is open at a new width', () => {
    fc.assert(
      fc.property(document, fc.nat(), widths, widths, (text, place, before, after) => {
        const [first = '', second = ''] = cutAt(text, [place])
        const answer = answerRows({ width: before, theme: coloured })
        expectSound(answer.push(first))
        answer.resize(after)
        expectSound(answer.tail(50))
        expectSound([...answer.push(second), ...answer.end()])
      }),
      { numRuns: 2000 },
    )
  })
})
