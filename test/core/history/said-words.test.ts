import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { marked, placesOf, wordsOf } from '../../../src/core/history/said-words.ts'
import { tabled } from '../../../src/core/picker/columns.ts'
import { excerpt } from '../../../src/core/picker/excerpt.ts'
import { roomOfSpans, type Span, span } from '../../../src/core/text/spans.ts'

const found = (text: string, typed: string, anywhere = false) =>
  placesOf(text, wordsOf(typed), anywhere).map(({ start, end }) => text.slice(start, end))
const plain = (spans: readonly Span[]) => spans.map(({ text }) => text).join('')
const shown = (rows: readonly (readonly Span[])[]) =>
  rows.map((row) => row.map(({ text, look }) => (look === 'underline' ? `[${text}]` : text)).join(''))

describe('the words of a search', () => {
  test('are found where a word begins, capitals and accents aside', () => {
    expect(found('Salt is salty; basalt is not.', 'salt')).toEqual(['Salt', 'salt'])
    expect(found('Das Café, cafe\u0301s', 'cafe')).toEqual(['Café', 'cafe\u0301'])
    expect(found('basalt', 'salt', true)).toEqual(['salt'])
    expect(found('a.b', '.')).toEqual([])
  })

  test('are found anywhere in scripts that have no spaces', () => {
    expect(found('海水はなぜ塩辛い', '塩辛')).toEqual(['塩辛'])
  })

  test('LAW: the marked text is the text, whatever is looked for', () => {
    const text = fc.string({ unit: 'grapheme' })
    fc.assert(
      fc.property(text, text, fc.boolean(), (said, typed, anywhere) => {
        expect(plain(marked(said, placesOf(said, wordsOf(typed), anywhere)))).toBe(said)
      }),
    )
  })
})

describe('a turn in a few rows', () => {
  const told = { question: 'Why is the sea salt?', answer: 'Rivers.\n\nThey carry salt.\nAll of them.', note: null }

  test('is its question and the beginning of its answer, without blank lines', () => {
    expect(shown(excerpt(told, '', { width: 40, rows: 3 }))).toEqual([
      'Why is the sea salt?',
      'Rivers.',
      'They carry salt. …',
    ])
  })

  test('begins where the words that were looked for are said, and marks them', () => {
    const long = { ...told, answer: `${'Something else.\n'.repeat(50)}It is salt of the sea.\nThe end.` }
    expect(shown(excerpt(long, 'sea salt', { width: 40, rows: 4 }))).toEqual([
      'Why is the [sea] [salt]?',
      '… It is [salt] of the [sea].',
      'The end.',
    ])
  })

  test('leads up to words far into a long line', () => {
    const long = { ...told, answer: `${'and so on '.repeat(50)}salt at last, ${'and more '.repeat(90)}` }
    const [, first] = shown(excerpt(long, 'salt', { width: 60, rows: 2 }))
    expect(first).toMatch(/^… .*\[salt\]/)
  })

  test('shows what was looked for, wherever in a long line it stands and however little room there is', () => {
    const filler = fc.constantFrom('word ', 'longerword ', '海水', 'é ', '😀')
    fc.assert(
      fc.property(
        fc.array(filler, { maxLength: 300 }),
        fc.array(filler, { maxLength: 30 }),
        fc.record({ width: fc.integer({ min: 34, max: 76 }), rows: fc.integer({ min: 1, max: 6 }) }),
        (before, behind, size) => {
          const answer = `${before.join('')} needle ${behind.join('')}`
          const rows = excerpt({ question: '', answer, note: null }, 'needle', size)
          expect(shown(rows).join('\n')).toContain('needle')
        },
      ),
    )
  })

  test('keeps a row for how it ended', () => {
    expect(shown(excerpt({ ...told, note: 'Stopped.' }, '', { width: 40, rows: 3 }))).toEqual([
      'Why is the sea salt?',
      'Rivers. …',
      'Stopped.',
    ])
  })

  test('LAW: has no more rows and columns than there are, and nothing in it can steer a terminal', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 })
    fc.assert(
      fc.property(
        text,
        text,
        text,
        fc.integer({ min: 4, max: 90 }),
        fc.integer({ min: 1, max: 8 }),
        (a, b, c, width, rows) => {
          const lines = excerpt({ question: a, answer: b, note: c }, c, { width, rows })
          expect(lines.length).toBeLessThanOrEqual(rows)
          for (const line of lines) {
            expect(roomOfSpans(line)).toBeLessThanOrEqual(width)
            expect(plain(line)).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
          }
        },
      ),
    )
  })
})

describe('a table', () => {
  const columns = [
    { align: 'right', rank: 0 },
    { align: 'left', rank: 1 },
  ] as const
  const rows = [
    {
      text: [span('A title that is rather long for a list')],
      beside: span('stopped'),
      columns: [span('5m'), span('Opus')],
    },
    { text: [span('Another one that is as long as the first')], columns: [span('12m'), null] },
  ]
  const at = (width: number) => tabled(rows, columns, width).map(plain)

  test('has its columns at the right, and gives them up one by one as it narrows', () => {
    expect(at(70)).toEqual([
      'A title that is rather long for a list  stopped   5m  Opus',
      'Another one that is as long as the first         12m      ',
    ])
    expect(at(40)).toEqual(['A title that is rat…  stopped   5m  Opus', 'Another one that is as long …  12m      '])
    expect(at(22)).toEqual(['A title that is …   5m', 'Another one that…  12m'])
    expect(at(15)).toEqual(['A title that i…', 'Another one th…'])
  })
})
