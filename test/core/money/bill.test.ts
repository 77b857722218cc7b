import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Event, fold, newConversation, type State } from '../../../src/core/conversation.ts'
import { USUAL_PACE } from '../../../src/core/figures/pace.ts'
import { CATALOGUE, costUsd, modelCard, scaledPrices } from '../../../src/core/models.ts'
import { type Bill, billOf, billsBy, type Charge, chargesOf, KINDS, savedUsd } from '../../../src/core/money/bill.ts'
import { costReport } from '../../../src/core/money/cost-report.ts'
import { NO_USAGE, type Usage } from '../../../src/core/turn.ts'
import { failure } from '../../../src/core/weather/failures.ts'
import { CHOICES } from '../../kit/choices.ts'

const SONNET = 'claude-sonnet-5-5'
const HAIKU = 'claude-haiku-5-5'
const fresh = () => newConversation(CHOICES)

const charge = (more: Partial<Charge>): Charge => ({
  ...{ ...NO_USAGE, purpose: 'turn', model: SONNET, outputIsEstimate: false, prices: modelCard(SONNET).prices },
  ...more,
})

const count = fc.nat({ max: 400_000 })
const usages: fc.Arbitrary<Usage> = fc
  .record({ input: count, cacheRead: count, cacheWrite5m: count, cacheWrite1h: count, output: count })
  .chain((usage) => fc.nat({ max: usage.output }).map((thinking) => ({ ...usage, thinking })))
const models = fc.constantFrom(...CATALOGUE.map(({ id }) => id), 'claude-new-9', 'gpt-oss')
const charges: fc.Arbitrary<Charge> = fc
  .tuple(usages, models, fc.boolean())
  .map(([usage, model, outputIsEstimate]) => ({
    ...{ ...usage, model, outputIsEstimate, purpose: 'turn', prices: modelCard(model).prices },
  }))

/** What one turn may go through: attempts in vain, an end of any kind. */
const lives = fc.record({
  model: models,
  usage: usages,
  vain: fc.array(usages, { maxLength: 2 }),
  end: fc.constantFrom('finished', 'stopped', 'failed', 'never began', 'refused', 'stopped early'),
  text: fc.string({ maxLength: 40 }),
})
type Life = typeof lives extends fc.Arbitrary<infer T> ? T : never

const cut = failure('cut', 'The connection ended.')
function happen({ model, usage, vain, end, text }: Life): Event[] {
  const began = (used: Usage): Event => ({
    ...{ type: 'began', at: 3, model, messageId: 'm', usage: used, cacheMiss: null },
  })
  const events: Event[] = [{ type: 'asked', at: 1, text: 'q' }]
  for (const [i, used] of vain.entries())
    events.push({ type: 'sent', at: 2, attempt: i + 1, model }, began(used), {
      type: 'waiting',
      at: 4,
      attempt: i + 1,
      of: 5,
      delayMs: 1,
      failure: cut,
    })
  events.push({ type: 'sent', at: 5, attempt: vain.length + 1, model })
  if (end === 'stopped early') return [...events, { type: 'stopped', at: 9 }]
  if (end === 'refused') return [...events, { type: 'failed', at: 9, failure: failure('overload', 'Overloaded.') }]
  if (end === 'never began') return [...events, { type: 'failed', at: 9, failure: cut }]
  events.push(began({ ...usage, output: 1 }), { type: 'delta', at: 6, text }, { type: 'usage', at: 7, usage })
  if (end === 'finished') return [...events, { type: 'finished', at: 8, stopReason: 'end_turn', explanation: null }]
  return [...events, end === 'stopped' ? { type: 'stopped', at: 8 } : { type: 'failed', at: 8, failure: cut }]
}

const sideCalls: fc.Arbitrary<Event> = fc.record({
  type: fc.constant('billed'),
  at: fc.constant(10),
  purpose: fc.constantFrom('title', 'summary', 'warm'),
  model: models,
  usage: usages,
  requestId: fc.constant(null),
  from: fc.constantFrom('server', 'estimate'),
})

describe('the bill', () => {
  test('is the sum of its kinds, and of the bills of its parts', () => {
    fc.assert(
      fc.property(fc.array(charges), fc.array(charges), (some, others) => {
        const [all, one, other] = [billOf([...some, ...others]), billOf(some), billOf(others)]
        expect(KINDS.reduce((sum, kind) => sum + all.kinds[kind].usd, 0)).toBeCloseTo(all.known.value, 9)
        expect(one.known.value + other.known.value).toBeCloseTo(all.known.value, 9)
        expect(one.calls + other.calls).toBe(all.calls)
        expect(one.unpriced + other.unpriced).toBe(all.unpriced)
        expect(savedUsd(one) + savedUsd(other)).toBeCloseTo(savedUsd(all), 9)
        expect(billOf([...others, ...some].reverse()).known.value).toBeCloseTo(all.known.value, 9)
        const parts = billsBy([...some, ...others], ({ model }) => model)
        expect(parts.reduce((sum, { bill }) => sum + bill.known.value, 0)).toBeCloseTo(all.known.value, 9)
      }),
    )
  })

  test('prices each answer by its own card, also where one model had several, and some none', () => {
    const cards = fc.constantFrom(...[1, 2, 0.5].map((factor) => scaledPrices(modelCard(HAIKU).prices, factor)), null)
    const some = fc.tuple(usages, cards).map(([usage, prices]) => charge({ ...usage, model: HAIKU, prices }))
    fc.assert(
      fc.property(fc.array(some), (all) => {
        const { known, kinds, thinking, unpriced, uncachedUsd } = billOf(all)
        const each = all.map((one) => billOf([one]))
        const total = (of: (bill: Bill) => number) => each.reduce((sum, bill) => sum + of(bill), 0)
        expect(known.value).toBeCloseTo(
          all.reduce((sum, one) => sum + (costUsd(one, one) ?? 0), 0),
          9,
        )
        expect(unpriced).toBe(all.filter(({ prices }) => prices === null).length)
        expect(uncachedUsd).toBeCloseTo(total((bill) => bill.uncachedUsd))
        for (const what of ['tokens', 'usd', 'unpriced'] as const) {
          for (const kind of KINDS)
            expect(kinds[kind][what]).toBeCloseTo(
              total((bill) => bill.kinds[kind][what]),
              9,
            )
          expect(thinking[what]).toBeCloseTo(
            total((bill) => bill.thinking[what]),
            9,
          )
        }
      }),
    )
  })

  test('agrees with the price of each answer', () => {
    fc.assert(
      fc.property(charges, (one) => {
        const usd = costUsd(one, one)
        const bill = billOf([one])
        expect(bill.unpriced).toBe(usd === null ? 1 : 0)
        expect(bill.known.value).toBeCloseTo(usd ?? 0, 10)
      }),
    )
  })

  test('of a conversation is what its state says was spent, and the same after it was saved', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            lives.map(happen),
            sideCalls.map((call) => [call]),
          ),
          { maxLength: 6 },
        ),
        (lived) => {
          const live: State = fold(fresh(), lived.flat())
          const bill = billOf(chargesOf(live))
          expect(bill.known.value).toBeCloseTo(live.spent.known.value, 9)
          expect(bill.unpriced).toBe(live.spent.unknown)
          const isEstimate = live.spent.known.from === 'estimate'
          expect(bill.known.from).toBe(isEstimate ? 'estimate' : 'server')
          const branched = fold(live, [{ type: 'moved', to: null }])
          expect(billOf(chargesOf(branched))).toEqual(bill)
        },
      ),
    )
  })

  test('of a prompt above a price step takes the whole of it at the dearer card', () => {
    const { prices } = modelCard(HAIKU)
    const at = (cacheRead: number) => billOf([charge({ prices, input: 1_000, cacheRead, output: 1_000 })]).known.value
    expect(at(99_000)).toBeCloseTo((1_000 * 0.1 + 99_000 * 0.01 + 1_000 * 0.5) / 1e6, 12)
    expect(at(99_001)).toBeCloseTo((1_000 * 0.5 + 99_001 * 0.05 + 1_000 * 2.5) / 1e6, 12)
  })

  test('names what the cache saved, and what it cost while nothing was read', () => {
    const write = charge({ cacheWrite1h: 10_000 })
    expect(savedUsd(billOf([write]))).toBeCloseTo((10_000 * (2 - 4)) / 1e6, 12)
    const reads = Array.from({ length: 10 }, () => charge({ cacheRead: 10_000 }))
    expect(savedUsd(billOf([write, ...reads]))).toBeCloseTo((10_000 * (11 * 2 - 4 - 10 * 0.1)) / 1e6, 12)
  })

  test('shows thinking as a share of the output, not beside it', () => {
    const { thinking, kinds, known } = billOf([charge({ output: 500, thinking: 400 })])
    expect(thinking).toEqual({ tokens: 400, usd: expect.closeTo(0.004, 12), unpriced: 0 })
    expect(kinds.output).toEqual({ tokens: 500, usd: expect.closeTo(0.005, 12), unpriced: 0 })
    expect(known.value).toBeCloseTo(0.005, 12)
  })

  test('counts what has no price, and does not take it for free', () => {
    const bill = billOf([charge({ prices: null, model: 'x', input: 500, output: 5 }), charge({ output: 100 })])
    expect(bill).toMatchObject({ calls: 2, unpriced: 1, kinds: { input: { tokens: 500, usd: 0 } } })
  })

  test('an earlier answer, for which nobody was asked, is for nothing and lacks no price', () => {
    const bill = billOf([charge({ purpose: 'recalled', prices: null }), charge({ output: 100 })])
    expect(bill).toMatchObject({ calls: 2, unpriced: 0, known: { value: expect.closeTo(0.001, 12) } })
  })
})

describe('an attempt that began and failed', () => {
  const vain = { ...NO_USAGE, input: 1_000 }
  const life: Life = { model: SONNET, usage: { ...vain, output: 100 }, vain: [vain], end: 'finished', text: 'a' }

  test('is billed beside the answer, which costs what it costs', () => {
    const state = fold(fresh(), happen(life))
    const [turn] = state.turns
    expect(turn?.cost).toEqual({ value: (1_000 * 2 + 100 * 10) / 1e6, from: 'server' })
    expect(turn?.wasted).toMatchObject([{ usage: vain, cost: { value: 0.002, from: 'estimate' } }])
    expect(state.spent.known).toEqual({ value: expect.closeTo(0.005, 12), from: 'estimate' })
    expect(chargesOf(state).map(({ purpose, ended }) => [purpose, ended])).toEqual([
      ['retry', 'failed'],
      ['turn', 'finished'],
    ])
  })

  test('is billed once when no other attempt began', () => {
    const state = fold(fresh(), happen({ ...life, end: 'refused' }))
    expect(state.turns[0]).toMatchObject({ usage: null, cost: null })
    expect(state.spent.known.value).toBeCloseTo(0.002, 12)
  })
})

describe('a request that was given up before the server said anything', () => {
  const life: Life = { model: SONNET, usage: { ...NO_USAGE, input: 10 }, vain: [], end: 'stopped early', text: '' }
  const rows = (state: State) => chargesOf(state).map(({ purpose, ended, costUsd }) => [purpose, ended, costUsd])
  const about = 'q'.repeat(2_500)
  const asked = (text: string): Event[] => [
    { type: 'asked', at: 1, text },
    { type: 'sent', at: 2, attempt: 1, model: SONNET },
  ]

  test('is on the bill as an estimate of its prompt', () => {
    const state = fold(fresh(), [...asked(about), { type: 'stopped', at: 9 }])
    // 1,000 tokens that the planner would have written for five minutes, at $2.50 per million.
    expect(rows(state)).toEqual([['unheard', 'stopped', expect.closeTo(0.0025, 9)]])
    expect(state.spent).toMatchObject({ known: { value: expect.closeTo(0.0025, 9), from: 'estimate' }, unknown: 0 })
    expect(billOf(chargesOf(state))).toMatchObject({ promptsFrom: 'estimate', known: { from: 'estimate' } })
    expect(state.turns[0]).toMatchObject({ usage: null, cost: null })
  })

  test('reads what the cache holds', () => {
    const before: Event[] = [
      ...asked('first'),
      {
        ...{ type: 'began', at: 3, model: SONNET, messageId: 'm', cacheMiss: null },
        usage: { ...NO_USAGE, cacheWrite5m: 50_000 },
      },
      { type: 'delta', at: 4, text: 'answer' },
      { type: 'finished', at: 5, stopReason: 'end_turn', explanation: null },
    ]
    const state = fold(fresh(), [...before, ...asked(about), { type: 'stopped', at: 9 }])
    const [, row] = chargesOf(state)
    expect(row).toMatchObject({ purpose: 'unheard', cacheRead: 50_000, input: 0, output: 0, outputIsEstimate: true })
    expect(row!.costUsd).toBeLessThan(0.01)
  })

  test('costs nothing where it was refused, was never sent, or waits for another try', () => {
    expect(rows(fold(fresh(), happen({ ...life, end: 'refused' })))).toEqual([])
    expect(rows(fold(fresh(), [asked('q')[0]!, { type: 'stopped', at: 9 }]))).toEqual([])
    const trouble = failure('overload', 'Overloaded.')
    const waiting: Event = { type: 'waiting', at: 4, attempt: 1, of: 5, delayMs: 1, failure: trouble }
    expect(rows(fold(fresh(), [...asked('q'), waiting, { type: 'stopped', at: 9 }]))).toEqual([])
  })

  test('is listed apart, all of it marked as estimated', () => {
    const state = fold(fresh(), [...asked(about), { type: 'stopped', at: 9 }])
    const report = costReport([{ name: 'conversation', charges: chargesOf(state) }], state.models, () => USUAL_PACE)
    const text = JSON.stringify(report)
    expect(text).toContain('of it stopped unheard')
    expect(text).toContain('~$0.0025')
    expect(text).not.toMatch(/[^~<]\$0\.0025/)
  })
})
