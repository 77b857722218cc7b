import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Event } from '../../src/core/conversation.ts'
import { dayAt, savedUsdOf, sumOf } from '../../src/core/lab/tally/tally.ts'
import { merged, risingsOf } from '../../src/core/lab/tally/times.ts'
import { CATALOGUE } from '../../src/core/models.ts'
import { billOf, savedUsd } from '../../src/core/money/bill.ts'
import type { LedgerRow } from '../../src/core/money/ledger.ts'
import { MIGRATIONS } from '../../src/io/history/schema.ts'
import type { History } from '../../src/io/history.ts'
import { begun, NOON, opened, rawly, room, saved, turn } from './history-kit.ts'

const tokens = fc.integer({ min: 0, max: 150_000 })
const row: fc.Arbitrary<LedgerRow> = fc
  .record({
    card: fc.constantFrom(...CATALOGUE),
    purpose: fc.constantFrom<LedgerRow['purpose'][]>('turn', 'title', 'retry', 'hedge'),
    usage: fc.record({ input: tokens, cacheRead: tokens, cacheWrite5m: tokens, cacheWrite1h: tokens, output: tokens }),
    outputIsEstimate: fc.boolean(),
    thinking: fc.option(tokens),
    ttftMs: fc.option(fc.double({ min: 1, max: 90_000, noNaN: true })),
    attempts: fc.integer({ min: 1, max: 5 }),
    ended: fc.constantFrom<LedgerRow['ended'][]>('finished', 'failed', 'stopped'),
  })
  .map(({ card, usage, ...one }) => ({
    ...{ turn: 1, model: card.id, insteadOf: null, effort: null, ...usage, ...one, prices: card.prices },
    costUsd: card.prices && billOf([{ ...usage, ...one, model: card.id, prices: card.prices }]).known.value,
    ...{ ttltMs: one.ttftMs, otps: null, stalls: 1, stalledMs: 3_500 },
    ...{ firstByteMs: null, firstThinkingMs: null, visibleOtps: null, phases: null, formatOk: null },
    ...{ stopReason: 'end_turn', requestId: null, messageId: null },
  }))

/** Milliseconds to the first word, of all turns. */
const firstWords = (history: Pick<History, 'clock'>) =>
  [...merged(history.clock(0).map(({ times }) => risingsOf(times).ttftMs))].map((tenths) => tenths / 10)

test('the sums of days and of hours of the day are those of the ledger, whatever is in it: money, what it would have been, counts, times', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(row, fc.integer({ min: 0, max: 50 })), { maxLength: 25 }), async (rows) => {
      using place = room()
      using history = await opened(place.path)
      for (const [one, hours] of rows) history.pay(one, NOON + hours * 3_600_000)
      const charges = history.charges(0)
      const bill = billOf(charges)
      const sums = sumOf(history.days(0))
      for (const [name, sum] of Object.entries(sumOf(history.clock(0))))
        expect(sum).toBeCloseTo(sums[name as keyof typeof sums], 6)
      expect(sums.answers).toBe(bill.calls)
      expect(sums.unpriced).toBe(bill.unpriced)
      expect(sums.costUsd).toBeCloseTo(bill.known.value, 6)
      expect(savedUsdOf(sums)).toBeCloseTo(savedUsd(bill), 6)
      expect(sums.output).toBe(bill.kinds.output.tokens)
      expect(sums.retries).toBe(rows.reduce((sum, [{ attempts }]) => sum + attempts - 1, 0))
      const first = rows.flatMap(([{ purpose, ended, ttftMs }]) =>
        purpose === 'turn' && ended === 'finished' && ttftMs !== null ? [Math.round(ttftMs * 10) / 10] : [],
      )
      const rising = firstWords(history)
      expect(rising).toHaveLength(first.length)
      for (const [i, value] of first.sort((a, b) => a - b).entries()) expect(rising[i]).toBeCloseTo(value, 0)
    }),
    { numRuns: 12 },
  )
})

test('a history from before the sums were kept has them once it was opened', async () => {
  using place = room()
  {
    using history = await opened(place.path)
    saved(history, [turn('a', 'b', NOON), turn('c', 'd', NOON + 3_600_000)])
  }
  const step = MIGRATIONS.find((sql) => sql.includes('create table hours'))!
  rawly(place.path, (db) => {
    db.exec('drop trigger hours_more; drop trigger hours_less; drop table hours; drop index answers_odd')
    db.exec(step)
  })
  using history = await opened(place.path)
  const days = history.days(0)
  expect(new Set(days.map(({ day }) => day))).toEqual(new Set([dayAt(NOON + 901), dayAt(NOON + 3_600_000 + 901)]))
  expect(history.clock(0).map(({ hour }) => hour)).toEqual(
    [NOON + 901, NOON + 3_600_000 + 901].map((ms) => new Date(ms).getHours()).sort((a, b) => a - b),
  )
  expect(sumOf(days)).toMatchObject({ answers: 2, finished: 2, input: 2_000, output: 200 })
  expect(sumOf(days).costUsd).toBeCloseTo(0.006, 9)
  expect(firstWords(history)).toEqual([399, 399])
})

test('a call that is told once more is counted once', async () => {
  using place = room()
  using history = await opened(place.path)
  const [first] = fc.sample(row, { numRuns: 1, seed: 7 })
  const call = { ...first!, purpose: 'title' as const, model: 'claude-haiku-5-5' }
  history.pay(call, NOON)
  const usage = { input: 10, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 5, thinking: null }
  const billed: Event = { type: 'billed', at: NOON, purpose: 'title', model: call.model, requestId: null, usage }
  saved(history, [turn('a', 'b', NOON - 5_000), [billed]])
  expect(history.charges(0)).toHaveLength(2)
  expect(history.days(0).map(({ purpose, answers }) => [purpose, answers])).toEqual([
    ['title', 1],
    ['turn', 1],
  ])
})

test('a turn that was stopped tells what it took, by the index of odd ends', async () => {
  using place = room()
  using history = await opened(place.path)
  const stopped: Event = { type: 'stopped', at: NOON + 6_001 }
  saved(history, [turn('a', 'b', NOON - 5_000), [...begun('c', 'd', NOON), stopped]])
  saved(history, [[...begun('e', '', NOON + 10_000), { ...stopped, at: NOON + 12_001 }]])
  expect(history.unfinished(0).map(({ ttftMs, ttltMs }) => [ttftMs, ttltMs])).toEqual([
    [399, 6_000],
    [null, 2_000],
  ])
  expect(history.unfinished(NOON + 11_000)).toHaveLength(1)
})

test('the dearest conversations are those of the span, whatever they cost before it', async () => {
  using place = room()
  using history = await opened(place.path)
  const long = saved(
    history,
    Array.from({ length: 5 }, (_, i) => turn(`old ${i}`, 'b', NOON + i)),
  )
  saved(history, [turn('new', 'b', NOON + 100_000), turn('new too', 'b', NOON + 101_000)])
  const all = history.dearest(0, 10)
  expect(all.map(({ answers }) => answers)).toEqual([5, 2])
  expect(all[0]!.uid).toBe(history.one(long)!.uid)
  expect(history.dearest(NOON + 50_000, 10).map(({ answers }) => answers)).toEqual([2])
  expect(history.dearest(0, 1)).toHaveLength(1)
})
