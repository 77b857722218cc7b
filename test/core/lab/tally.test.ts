import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { burnOf, sayBurn } from '../../../src/core/lab/tally/burn.ts'
import { type LookBackParts, lookBack } from '../../../src/core/lab/tally/look-back.ts'
import { plotDays, sayDays, sparkline } from '../../../src/core/lab/tally/plots.ts'
import { statsReport } from '../../../src/core/lab/tally/report.ts'
import { limitOf, saySlo, slosOf } from '../../../src/core/lab/tally/slo.ts'
import { type ClockHour, type Day, dayAt, dayNamed, hourAt, spreadOf } from '../../../src/core/lab/tally/tally.ts'
import { merged, risingsOf } from '../../../src/core/lab/tally/times.ts'
import { CATALOGUE } from '../../../src/core/models.ts'
import { remarkRows } from '../../../src/core/text/remark.ts'
import { styledWidthOf } from '../../../src/core/text/width.ts'
import { coloured, plain, spoken } from '../markdown/kit.ts'

/** A row of both kinds: it counts on its day and in its hour of the day. */
type Row = Day & ClockHour

const hour = (more: Partial<Row>): Row => ({
  ...{ day: 20261121, hour: 14, model: 'claude-sonnet-5-5', purpose: 'turn', answers: 2, unpriced: 0, estimates: 0 },
  ...{ input: 200, cacheRead: 800, cacheWrite5m: 0, cacheWrite1h: 0, output: 300, thinking: 100, costUsd: 0.02 },
  ...{ uncachedUsd: 0.03, stalls: 0, stalledMs: 0, retries: 0, instead: 0, finished: 2 },
  ...{ times: '400.5,2000,80.5,800,4000,null', ...more },
})

const parts = (rows: readonly Row[], more: Partial<LookBackParts> = {}): LookBackParts => ({
  ...{
    since: '2026-10-23',
    today: '2026-11-21',
    days: rows,
    lately: rows,
    clock: rows,
    odd: [],
    unfinished: [],
    sessions: [],
  },
  limits: { ttft: limitOf('1s', CATALOGUE), total: limitOf('3s,deep=30s', CATALOGUE) },
  paceOf: () => ({ msPerToken: 0.1, answers: 0 }),
  ...more,
})

const HOURS = [
  hour({ day: 20261119, hour: 9, costUsd: 0.5, times: '500,2500,60' }),
  hour({ day: 20261120, hour: 10, model: 'claude-opus-5-5', costUsd: 0.25, stalls: 1, stalledMs: 4_000, retries: 2 }),
  hour({}),
  hour({ purpose: 'title', model: 'claude-haiku-5-5', answers: 1, costUsd: 0.001, times: null }),
]

describe('a look back', () => {
  test('adds up by day, model and hour, and each comes to the same', () => {
    const look = lookBack(parts(HOURS))
    for (const of of [look.byDay, look.byModel, look.byHour, look.byPurpose])
      expect(of.reduce((sum, { costUsd }) => sum + costUsd, 0)).toBeCloseTo(look.all.costUsd, 12)
    expect(look.today).toMatchObject({ answers: 3, cacheRatio: 0.8 })
    expect(look.all.ttftMs).toMatchObject({ n: 5, p50: 500, p99: expect.closeTo(800, 0) })
    expect(look.all.otps).toMatchObject({ n: 3, p50: 80.5, p95: expect.closeTo(62.05, 1) })
    expect(look.savedMs).toBeCloseTo(3 * 800 * 0.1, 9)
  })

  test('tells how turns ended: what is odd apart, the rest by its own end', () => {
    const odd = [
      { purpose: 'turn', ended: 'finished', stopReason: 'max_tokens', answers: 1 },
      { purpose: 'turn', ended: 'stopped', stopReason: null, answers: 1 },
      { purpose: 'title', ended: 'failed', stopReason: 'overload', answers: 1 },
    ]
    expect(lookBack(parts(HOURS, { odd })).ends).toEqual([
      { end: 'end_turn', answers: 4 },
      { end: 'max_tokens', answers: 1 },
      { end: 'stopped', answers: 1 },
    ])
  })
})

describe('promises', () => {
  test('are judged by model where one has its own, and by all others together', () => {
    const { slos } = lookBack(parts(HOURS))
    expect(slos.map(({ what, model, limitMs, isKept, n }) => [what, model, limitMs, isKept, n])).toEqual([
      ['ttft', null, 1_000, true, 5],
      ['total', null, 3_000, false, 3],
      ['total', 'claude-opus-5-5', 30_000, true, 2],
    ])
    expect(slos.map((slo) => saySlo(slo, CATALOGUE))[2]).toBe(
      'whole answer, Opus 5.5: p95 3.9s, limit 30.0s: kept (2 turns, too few to mean much)',
    )
  })

  test('of nothing are neither kept nor missed', () => {
    const limits = { ttft: limitOf('1s', CATALOGUE), total: limitOf('5s', CATALOGUE) }
    expect(slosOf(limits, [], () => new Int32Array()).map(({ isKept }) => isKept)).toEqual([null, null])
  })
})

describe('turns that were given up', () => {
  const model = 'claude-sonnet-5-5'
  const judged = (unfinished: LookBackParts['unfinished'], rows: readonly Row[] = []) =>
    lookBack(parts(rows, { unfinished })).slos.map(({ isKept, n }) => [isKept, n])

  test('have missed what had not come when the limit was over, and say nothing before it', () => {
    expect(judged([{ model, ttftMs: 400, ttltMs: 6_000 }])).toEqual([
      [true, 1],
      [false, 1],
    ])
    expect(judged([{ model, ttftMs: null, ttltMs: 2_000 }])).toEqual([
      [false, 1],
      [null, 0],
    ])
    expect(judged([{ model, ttftMs: null, ttltMs: 900 }])).toEqual([
      [null, 0],
      [null, 0],
    ])
  })

  test('count for the promises alone', () => {
    const look = lookBack(parts([hour({})], { unfinished: [{ model, ttftMs: 60_000, ttltMs: 60_000 }] }))
    expect(look.slos.map(({ n }) => n)).toEqual([3, 3])
    expect(look.all.ttltMs!.n).toBe(2)
    expect(look.byModel[0]!.ttftMs!.n).toBe(2)
  })
})

describe('the pace of money', () => {
  test('is taken from the days since the first one, and carries the month to its end', () => {
    const burn = burnOf(
      [
        { day: '2026-11-19', usd: 0.5 },
        { day: '2026-11-21', usd: 0.1 },
      ],
      '2026-11-21',
    )
    expect(burn).toMatchObject({ todayUsd: 0.1, days: 3, perDayUsd: expect.closeTo(0.2, 9) })
    expect(burn.forecastUsd).toBeCloseTo(0.6 + 9 * 0.2, 9)
    expect(Object.fromEntries(sayBurn(burn, { day: 1, session: 2 }, 2.5))).toEqual({
      'this month': '$0.60 so far, ~$2.40 by its end at ~$0.20 a day over 3 days',
      today: '$0.90 left of $1.00 (maxCostDay)',
      'at most': 'a session $2.00 (maxCostSession)',
      'dearest conversation': '$2.50, more than a session may cost',
    })
  })

  test('is spent in full when every day costs the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 28 }), (date) => {
        const days = Array.from({ length: date }, (_, i) => ({
          day: `2026-11-${String(i + 1).padStart(2, '0')}`,
          usd: 2,
        }))
        expect(burnOf(days, `2026-11-${String(date).padStart(2, '0')}`).forecastUsd).toBeCloseTo(60, 9)
      }),
    )
  })
})

describe('times of turns', () => {
  const written = (value: number | null) => (value === null ? 'null' : String(value))

  test('are read from a list in tenths and in order, each under its name', () => {
    const time = fc.option(fc.integer({ min: 0, max: 2e8 }).map((tenths) => tenths / 10))
    fc.assert(
      fc.property(fc.array(fc.tuple(time, time, time)), (turns) => {
        const read = risingsOf(turns.length === 0 ? null : turns.flat().map(written).join(','))
        for (const [i, name] of (['ttftMs', 'ttltMs', 'otps'] as const).entries()) {
          const own = turns.flatMap((turn) => (turn[i] === null ? [] : [turn[i]!]))
          expect([...read[name]].map((tenths) => tenths / 10)).toEqual(own.sort((a, b) => a - b))
        }
      }),
    )
  })

  test('written in some other way are rounded, and what is beyond counting is told as the most', () => {
    const { ttftMs, ttltMs, otps } = risingsOf('399.0,1.25e3,1e300,12.34,-5,0.06')
    expect([...ttftMs]).toEqual([123, 3_990])
    expect([...ttltMs]).toEqual([12_500])
    expect([...otps]).toEqual([1, 2 ** 31 - 1])
  })

  test('in order stay in order together', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat())), (lists) => {
        const sorted = (values: readonly number[]) => Int32Array.from(values).sort()
        expect(merged(lists.map(sorted))).toEqual(sorted(lists.flat()))
      }),
    )
  })
})

test('a day and an hour are those of the calendar here', () => {
  const at = new Date(2026, 10, 1, 4).getTime()
  expect([dayAt(at), hourAt(at), dayNamed(dayAt(at))]).toEqual([20261101, 2026110104, '2026-11-01'])
})

test('percentiles are in order, those of speeds the other way round', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1 }), (values) => {
      const sorted = [...values].sort((a, b) => a - b)
      const [waits, speeds] = [spreadOf(sorted)!, spreadOf(sorted, 'more')!]
      expect(waits.p50).toBeLessThanOrEqual(waits.p90)
      expect(waits.p95).toBeLessThanOrEqual(waits.p99)
      expect(speeds.p50).toBeGreaterThanOrEqual(speeds.p90)
      expect(speeds.p95).toBeGreaterThanOrEqual(speeds.p99)
      expect(waits.p50).toBeCloseTo(speeds.p50, 6)
    }),
  )
})

describe('pictures', () => {
  const days = Array.from({ length: 60 }, (_, i) => ({
    day: new Date(Date.UTC(2026, 8, 22 + i)).toISOString().slice(0, 10),
    usd: (i % 7) / 3,
  }))

  test('of days fit the window, by week where there is little room', () => {
    for (const columns of [40, 60, 80, 120]) {
      const rows = plotDays(days.slice(-30), columns)!.split('\n')
      expect(rows[0]).toBe(columns < 80 ? 'By week:' : 'By day:')
      for (const row of rows) expect(row.length).toBeLessThanOrEqual(columns)
    }
    expect(plotDays(days.slice(0, 2), 80)).toBeNull()
    expect(sayDays(days.slice(0, 7))).toBe(
      'Spent on 7 days since 2026-09-22: $1.00 on a usual one, $2.00 on 2026-09-28, the dearest.',
    )
  })

  test('a row of small bars has a place for what is not known', () => {
    expect(sparkline([1, null, 8, 4.5])).toBe('▁·█▅')
    expect(sparkline([3, 3])).toBe('▄▄')
  })
})

test('the report fits every window, and read aloud has no pictures', () => {
  const look = lookBack(parts(HOURS))
  const words = { models: CATALOGUE, budgets: {}, by: null, hasBars: true, isSpoken: false }
  for (const columns of [40, 60, 80, 120]) {
    const report = statsReport(look, { ...words, plot: plotDays([], columns) })
    for (const row of remarkRows(report, columns, coloured)) expect(styledWidthOf(row)).toBeLessThanOrEqual(columns)
  }
  const rows = remarkRows(statsReport(look, { ...words, plot: null }), 80, plain)
  expect(rows.slice(0, 3)).toEqual([
    '                 today  since 2026-10-23',
    'answers              3                 7',
    'spent            $0.02             $0.77',
  ])
  const aloud = remarkRows(
    statsReport(look, { ...words, plot: null, hasBars: false, isSpoken: true }),
    80,
    spoken,
  ).join('\n')
  expect(aloud).not.toMatch(/[▁▂▃▄▅▆▇█]/)
  expect(aloud).toContain('First word (median) by hour of the day: 500ms at 09:00 at best')
})
