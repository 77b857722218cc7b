import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { USUAL_PACE } from '../../../src/core/figures/pace.ts'
import { CATALOGUE, modelCard } from '../../../src/core/models.ts'
import type { Charge } from '../../../src/core/money/bill.ts'
import { costReport, type Scope } from '../../../src/core/money/cost-report.ts'
import { remarkRows } from '../../../src/core/text/remark.ts'
import { styledWidthOf } from '../../../src/core/text/width.ts'
import { NO_USAGE } from '../../../src/core/turn.ts'
import { coloured, document, plain, spoken } from '../markdown/kit.ts'

const charge = (more: Partial<Charge>, model = 'claude-sonnet-5-5'): Charge => ({
  ...{ ...NO_USAGE, purpose: 'turn', model, outputIsEstimate: false, prices: modelCard(model).prices },
  ...more,
})

const turn = charge({ input: 40, cacheRead: 60_000, cacheWrite1h: 900, output: 850, thinking: 300 })
const first = charge({ cacheWrite1h: 60_000, output: 400 })
const title = charge({ purpose: 'title', input: 380, output: 25 }, 'claude-haiku-5-5')
const stopped = charge({ input: 2_000, output: 90, outputIsEstimate: true })
const scopes: readonly Scope[] = [
  { name: 'last turn', charges: [turn] },
  { name: 'conversation', charges: [first, title, turn] },
  { name: 'today', charges: [first, title, turn, stopped, charge({ input: 10 }, 'llama3')] },
]
const report = (columns: number, of = scopes, look = plain) =>
  remarkRows(
    costReport(of, CATALOGUE, () => USUAL_PACE),
    columns,
    look,
  )

describe('what something cost', () => {
  test('stands in columns: kinds of tokens, what is beside the turns, models, and what the cache saved', () => {
    expect(report(100).slice(0, 17)).toEqual([
      '                      last turn    conversation              today',
      'input               40 <$0.0001    420  $0.0001   2.4k $0.0041 + ?',
      'cache write 1h     900  $0.0036    61k    $0.24       61k    $0.24',
      'cache read         60k  $0.0060    60k  $0.0060       60k  $0.0060',
      'output             850  $0.0085   1.3k    $0.01      1.4k   ~$0.01',
      ' of it thinking    300  $0.0030    300  $0.0030       300  $0.0030',
      'total              62k    $0.02   123k    $0.26    125k ~$0.27 + ?',
      ' of it titles                      405 <$0.0001       405 <$0.0001',
      '',
      'Sonnet 5.5         62k    $0.02   122k    $0.26      124k   ~$0.27',
      'Haiku 5.5                          405 <$0.0001       405 <$0.0001',
      'llama3                                                 10        ?',
      '',
      'without cache             $0.13           $0.25         ~$0.26 + ?',
      'saved by it        86%    $0.11        -$0.0078           -$0.0078',
      'waiting saved             ~5.4s           ~5.4s              ~5.4s',
      '',
    ])
  })

  test('stands below each other where there is little room, and leaves out the tokens where there is less', () => {
    for (const columns of [60, 40]) {
      const narrow = report(columns)
      expect(narrow.filter((row) => /^ +(last turn|conversation|today)$/.test(row))).toHaveLength(3)
      expect(narrow[1]).toMatch(/^input +40 <\$0\.0001$/)
    }
    expect(report(28)[1]).toMatch(/^input +<\$0\.0001$/)
  })

  test('takes what has no price for unknown in every row, and not for nothing', () => {
    const unknown = charge({ input: 10, cacheRead: 40, output: 5, prices: null }, 'llama3')
    const rows = report(80, [{ name: 'today', charges: [unknown] }])
    expect(rows.filter((row) => /^(input|cache read|output|total|without|saved by)/.test(row))).toHaveLength(6)
    for (const row of rows)
      if (/^(input|cache read|output|total|without|saved by)/.test(row)) expect(row).toMatch(/ \?$/)
  })

  test('says what it means that the cache saved less than nothing', () => {
    const told = (of: readonly Scope[]) => report(200, of).some((row) => row.startsWith('Saved below zero:'))
    expect(told([{ name: 'today', charges: [first] }])).toBe(true)
    expect(told([{ name: 'today', charges: [turn] }])).toBe(false)
    expect(told([{ name: 'today', charges: [stopped] }])).toBe(false)
  })

  test('read aloud, is a line for each figure', () => {
    expect(report(80, scopes, spoken).slice(0, 4)).toEqual([
      'last turn:',
      'input: <$0.0001, 40 tokens',
      'cache write 1h: $0.0036, 900 tokens',
      'cache read: $0.0060, 60k tokens',
    ])
  })

  test('says what has no price, and what the time rests on', () => {
    const words = report(200).join('\n')
    expect(words).toContain('The price of llama3 is unknown: 1 answer of today cost something that is in no sum (+ ?).')
    expect(words).toContain('Sonnet 5.5 ~900ms for 10k tokens (a usual figure: too few answers here yet).')
  })

  test('asks once for the pace of a model, however many answers it gave: it follows from hundreds of them', () => {
    const asked: string[] = []
    const paceOf = (model: string) => {
      asked.push(model)
      return USUAL_PACE
    }
    const many = Array.from({ length: 50 }, () => [turn, charge({ cacheRead: 5_000 }, 'claude-opus-5-5')]).flat()
    const told = costReport([...scopes, { name: '30 days', charges: many }], CATALOGUE, paceOf)
    expect(remarkRows(told, 200, plain).join('\n')).toContain('~900ms for 10k tokens')
    expect(asked.sort()).toEqual(['claude-opus-5-5', 'claude-sonnet-5-5', 'llama3'])
  })

  test('fits every window, whatever a model is called, and steers no terminal', () => {
    fc.assert(
      fc.property(fc.array(document, { maxLength: 3 }), fc.integer({ min: 12, max: 120 }), (names, columns) => {
        const odd = names.map((name) => charge({ input: 5, cacheRead: 9 }, name))
        const rows = report(columns, [...scopes, { name: 'odd', charges: odd }], coloured)
        for (const row of rows) {
          expect(styledWidthOf(row)).toBeLessThanOrEqual(columns)
          expect(row.replace(/\x1b\[[\d;]*m/g, '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
        }
      }),
      { numRuns: 40 },
    )
  })
})
