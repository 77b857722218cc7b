import { describe, expect, test } from 'vitest'
import { held, MINUTE, SECOND } from '../../../bench/scripted-chat.ts'
import type { State } from '../../../src/core/conversation.ts'
import { type Change, replayAll, type Sent } from '../../../src/core/lab/what-if/replay.ts'
import { CATALOGUE, scaledPrices } from '../../../src/core/models.ts'
import { rowOfTurn } from '../../../src/core/money/ledger.ts'

const SCRIPT = { question: 150, answer: 450 } as const
const SYSTEM = 'Answer in plain English, briefly, and say how sure you are. '.repeat(30)
const every = (ms: number, count: number) => Array.from({ length: count }, () => ms)
const PAUSES = {
  short: every(40 * SECOND, 19),
  long: every(400 * SECOND, 19),
  mixed: every(40 * SECOND, 19).map((pause, i) => (i === 5 || i === 12 ? 12 * MINUTE : i === 9 ? 70 * MINUTE : pause)),
}
type Ttl = 'auto' | '5m' | '1h' | 'off'

const lived = (pauses: readonly number[], cacheTtl: Ttl, model = 'claude-sonnet-5-5') =>
  held({ ...SCRIPT, pauses, choices: { model, system: SYSTEM, cacheTtl } })

const rows = ({ turns }: State): readonly Sent[] =>
  turns.map((turn) => {
    const row = rowOfTurn(turn)!
    return { ...row, conversation: 1, sentMs: turn.times.sent!, isSingle: false }
  })
const billed = (state: State) => rows(state).reduce((sum, { costUsd }) => sum + costUsd!, 0)
const whatIf = (state: State, change: Change) => replayAll(rows(state), change, CATALOGUE, null).usd

/** What a bill may be off by: of what frames a message, and what a setting changes in tokens. */
const TOLERANCE = 0.02

describe('a conversation held again on paper costs what it did', () => {
  test.each(Object.entries(PAUSES))('with the same settings, pauses %s', async (_, pauses) => {
    for (const ttl of ['auto', '5m', '1h', 'off'] as const) {
      const state = await lived(pauses, ttl)
      expect(whatIf(state, {}) / billed(state)).toBeCloseTo(1, 3)
    }
  })

  test.each(Object.entries(PAUSES))(
    'and with others what it costs when it is really held so, pauses %s',
    async (_, pauses) => {
      const arms = new Map<Ttl, State>()
      for (const ttl of ['auto', '5m', '1h', 'off'] as const) arms.set(ttl, await lived(pauses, ttl))
      for (const from of arms.values())
        for (const [ttl, to] of arms) {
          const ratio = whatIf(from, { cacheTtl: ttl }) / billed(to)
          expect(Math.abs(ratio - 1), `to ${ttl}: ${ratio}`).toBeLessThan(TOLERANCE)
        }
    },
  )

  test('also by another model that counts alike', async () => {
    const [one, other] = [await lived(PAUSES.mixed, '5m'), await lived(PAUSES.mixed, '5m', 'claude-opus-5-5')]
    expect(whatIf(one, { model: 'deep' }) / billed(other)).toBeCloseTo(1, 1)
  })
})

describe('what is chosen otherwise', () => {
  test('a batch is half of it', async () => {
    const state = await lived(PAUSES.short, '5m')
    expect(whatIf(state, { batch: true })).toBeCloseTo(whatIf(state, {}) / 2, 9)
  })

  test('rows of batches are priced by another model and by half, those at half already are not halved again', async () => {
    const [turn] = rows(await lived(PAUSES.short, 'off'))
    const row: Sent = { ...turn!, conversation: 0, purpose: 'batch' }
    const half: Sent = { ...row, prices: scaledPrices(row.prices, 0.5), costUsd: row.costUsd! / 2 }
    const usd = (one: Sent, change: Change) => replayAll([one], change, CATALOGUE, null).usd
    for (const one of [row, half]) {
      expect(usd(one, {})).toBe(one.costUsd)
      expect(usd(one, { batch: true })).toBeCloseTo(row.costUsd! / 2, 12)
      expect(usd(one, { cacheTtl: '1h', summariseAt: 0.01 })).toBe(one.costUsd)
    }
    const deep = replayAll([{ ...row, purpose: 'turn' }], { model: 'deep' }, CATALOGUE, null).usd
    expect(usd(row, { model: 'deep' })).toBeCloseTo(deep, 9)
    expect(usd(half, { model: 'deep' })).toBeCloseTo(deep / 2, 9)
    expect(usd({ ...row, prices: null, costUsd: null }, { batch: true })).toBe(0)
  })

  test('a summary makes the prompts behind it shorter, and is paid for', async () => {
    const state = await lived(PAUSES.long, 'off')
    const early = replayAll(rows(state), { summariseAt: 0.005 }, CATALOGUE, null)
    const never = replayAll(rows(state), { summariseAt: 1 }, CATALOGUE, null)
    expect(early.summaries).toBeGreaterThan(0)
    expect(never.summaries).toBe(0)
    expect(early.promptTokens).toBeLessThan(never.promptTokens)
    expect(never.usd / billed(state)).toBeCloseTo(1, 3)
  })

  test('what has no price stays unknown, and what is too long for a window is counted', async () => {
    const state = await lived(PAUSES.short, 'off')
    const small = [...CATALOGUE, { ...CATALOGUE[0]!, id: 'tiny', prices: null, window: 3_000 }]
    const found = replayAll(rows(state), { model: 'tiny' }, small, null)
    expect(found).toMatchObject({ usd: 0, unpriced: 20 })
    expect(found.tooLong).toBeGreaterThan(0)
  })
})
