import { describe, expect, test } from 'vitest'
import type { Event } from '../../src/core/conversation.ts'
import { pastOf } from '../../src/core/history/saved.ts'
import { billOf } from '../../src/core/money/bill.ts'
import { dayStart } from '../../src/io/process/wall-clock.ts'
import { fresh } from '../kit/lived.ts'
import { batch, MODEL, NOON, opened, rawly, room, saved, turn } from './history-kit.ts'

/** What a turn of these histories costs: 1,000 tokens in, 100 out. */
const TURN_USD = (1_000 * 2 + 100 * 10) / 1e6
const HOUR = 3_600_000

describe('the ledger', () => {
  test('counts every answer once: those of copies, of what lies in the bin, and of what is gone for good', async () => {
    using place = room()
    using history = await opened(place.path)
    const id = saved(history, [turn('a', 'b', NOON), turn('c', 'd', NOON + 1_000)])
    const { state } = batch(turn('a', 'b', NOON))
    history.copy(id, 1, pastOf(state, NOON))
    const gone = saved(history, [turn('e', 'f', NOON + 2_000)])
    history.bin(gone, NOON)
    expect(history.prune(null, NOON + 10 * HOUR)).toBe(1)
    const charges = history.charges(NOON)
    expect(charges.map(({ purpose, model }) => [purpose, model])).toEqual(Array(3).fill(['turn', MODEL]))
    expect(billOf(charges).known.value).toBeCloseTo(3 * TURN_USD, 12)
    expect(history.spentSince(NOON)).toBeCloseTo(3 * TURN_USD, 12)
  })

  test('of a day begins where the day began here', async () => {
    using place = room()
    using history = await opened(place.path)
    const midnight = dayStart(NOON)
    saved(history, [turn('yesterday', 'a', midnight - 2_000), turn('today', 'b', midnight)])
    expect(new Date(midnight).getHours()).toBe(0)
    expect(history.charges(midnight)).toHaveLength(1)
    expect(history.charges(dayStart(NOON, 1))).toHaveLength(2)
  })

  test('holds attempts in vain, and calls beside the turns, each by its name', async () => {
    using place = room()
    using history = await opened(place.path)
    const [asked, sent, heard, began, ...rest] = turn('q', 'a')
    const failure = { kind: 'cut', reason: 'It broke.', remedy: '', transient: true } as const
    const waiting: Event = {
      ...({ type: 'waiting', at: NOON + 300, attempt: 1, of: 3, delayMs: 5 } as const),
      failure: { ...failure, retryAfterMs: null, status: null, requestId: null, code: null },
    }
    const step = batch([asked!, sent!, heard!, began!, waiting, sent!, heard!, began!, ...rest], fresh())
    const id = history.begin('chat', step.batch.summary, NOON)
    history.append(id, 0, step.batch)
    const charges = history.charges(0)
    expect(charges.map(({ purpose, output, outputIsEstimate }) => [purpose, output, outputIsEstimate])).toEqual([
      ['retry', 0, true],
      ['turn', 100, false],
    ])
    expect(history.one(id)?.costUsd).toBeCloseTo(TURN_USD + 0.002, 12)
    expect(history.one(id)?.costIsEstimate).toBe(true)
  })

  test('tells how long the last answers of a model took', async () => {
    using place = room()
    using history = await opened(place.path)
    saved(history, [turn('a', 'b', NOON), turn('c', 'd', NOON + 5_000)])
    expect(history.past(10, MODEL)).toMatchObject(Array(2).fill({ ttftMs: 399, ttltMs: 900, output: 100 }))
    expect(history.past(1)).toHaveLength(1)
    expect(history.past(10, 'claude-opus-5-5')).toEqual([])
  })
})

test('what the time of an answer went to is kept; rows of older versions are left out', async () => {
  using place = room()
  using history = await opened(place.path)
  saved(history, [turn('a', 'b', NOON), turn('c', 'd', NOON + 5_000)])
  const [last, first] = history.timed(10, MODEL)
  expect(last).toMatchObject({ prompt: 1_000, output: 100, phases: { headers: expect.any(Number) } })
  expect(Object.values(last!.phases).reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(901, 3)
  expect(first?.phases).toEqual(last?.phases)
  rawly(place.path, (db) => db.exec('update answers set phases = null where id = 1'))
  expect(history.timed(10, MODEL)).toHaveLength(1)
  for (const bent of ['{', '7', '{"headers":"soon"}', '{"decode":-1}', 'null']) {
    rawly(place.path, (db) => db.prepare('update answers set phases = ? where id = 2').run(bent))
    expect(history.timed(10, MODEL)).toEqual([])
  }
})

describe('money that is held', () => {
  test('is nobody else’s, until it is released; what is in the ledger counts with it', async () => {
    using place = room()
    using one = await opened(place.path)
    using other = await opened(place.path)
    saved(one, [turn('a', 'b')])
    const first = one.hold(0.6, 1, 0, NOON)
    expect(first).toEqual({ id: expect.any(Number), usedUsd: expect.closeTo(TURN_USD, 12) })
    expect(other.hold(0.5, 1, 0, NOON)).toEqual({ id: null, usedUsd: expect.closeTo(0.6 + TURN_USD, 12) })
    one.release(first.id!)
    expect(other.hold(0.5, 1, 0, NOON).id).not.toBeNull()
  })

  test('by a program that is gone is free', async () => {
    using place = room()
    using history = await opened(place.path)
    history.hold(1, 1, 0, NOON)
    rawly(place.path, (db) => db.exec(`update held set owner = 'elsewhere:0:1-1'`))
    expect(history.hold(1, 1, 0, NOON + 2 * HOUR).id).not.toBeNull()
  })
})
