/** Two requests side by side: through the real client, the road and the runtime, with a server that holds them. */

import { afterEach, describe, expect, test } from 'vitest'
import { type Event, fold, newConversation, type State } from '../../src/core/conversation.ts'
import { kept } from '../../src/core/history/record.ts'
import { chargesOf } from '../../src/core/money/bill.ts'
import { rowsOfTurn } from '../../src/core/money/ledger.ts'
import { chargesSoFar } from '../../src/core/money/unheard.ts'
import { fitted } from '../../src/core/text/steps.ts'
import { offersOf, sayOffers, sayTooEarly, UNKNOWN, unusualOf } from '../../src/core/weather/another-try.ts'
import { sayRaced } from '../../src/core/weather/raced.ts'
import { type Demo, startDemo } from '../../src/demo/server.ts'
import { createApi } from '../../src/io/api.ts'
import { createSender } from '../../src/modes/chat/sending.ts'
import type { Allow } from '../../src/modes/thrift/allowance.ts'
import { createRuntime } from '../../src/runtime.ts'
import type { Setup } from '../../src/setup.ts'
import { CHOICES } from '../kit/choices.ts'

const ends: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

interface Play {
  readonly demo: Demo
  readonly state: State
  readonly happened: readonly Event[]
  readonly attempts: ReturnType<typeof createSender>['attempts']
  dispatch(event: Event): void
  /** Resolves when this is so. */
  until(so: (state: State) => boolean): Promise<void>
  asked(): void
  over(): Promise<void>
}

async function play(script: string, allow: Allow = (request) => request): Promise<Play> {
  const demo = await startDemo({ speed: Number.POSITIVE_INFINITY, script })
  const now = () => performance.now()
  const api = createApi({ baseUrl: demo.url, credential: { kind: 'key', secret: 'any', origin: 'test' }, now })
  ends.push(
    () => api.close(),
    () => demo.close(),
  )
  const state = newConversation(CHOICES)
  const settings = { stallAfterMs: 60_000, breaker: 'off' }
  const setup = { api, state, settings, road: {} } as unknown as Setup
  const nobody = { hasMore: () => false, next: async () => ({ type: 'none' as const, notes: [] }) }
  const beside = { allow, instead: nobody, tell() {} }
  const { send, attempts } = createSender({
    setup: () => setup,
    now,
    perf: { pieceCame() {}, drawnMs: 0 },
    beside: () => beside,
  })
  const runtime = createRuntime({ state, send, frame: (flush) => flush() })
  const happened: Event[] = []
  const waiting: (() => void)[] = []
  runtime.subscribe((state, event) => {
    const saved = kept(event, state)
    if (saved) happened.push(saved)
    for (const look of [...waiting]) look()
  })
  const until = (so: (state: State) => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (so(runtime.state)) resolve()
      }
      waiting.push(look)
      look()
    })
  return {
    ...{ demo, attempts, happened, until },
    dispatch: runtime.dispatch,
    get state() {
      return runtime.state
    },
    asked: () => runtime.dispatch({ type: 'asked', at: now(), text: 'Which sea?' }),
    over: () => until(({ live, turns }) => live === null && turns.length > 0),
  }
}

const last = ({ state }: Play) => state.turns.at(-1)!
const usd = (state: State) => chargesOf(state).reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0)
/** What is saved gives the same turns and the same bill. */
function foldsBack({ state, happened }: Play) {
  const again = fold(newConversation(CHOICES), happened)
  expect(again.turns).toEqual(state.turns)
  expect(again.spent).toEqual(state.spent)
  expect(state.spent.known.value).toBeCloseTo(usd(state), 9)
}

describe('a second request beside the first', () => {
  test('wins when it speaks first: its answer and its cost count, the other is in the bill as an estimate', async () => {
    const night = await play('text "late" hold\ntext "early"')
    night.asked()
    await night.until(({ live }) => live?.usage != null)
    const before = night.state.live?.requestId
    expect(await night.attempts.hedge()).toBe(true)
    await night.over()
    const turn = last(night)
    // The person has waited since the first one went out.
    expect(turn.times.sent).toBe(turn.times.firstSent)
    expect(turn).toMatchObject({ answer: 'early', attempt: 1, hedge: { won: 'second' }, end: { type: 'finished' } })
    expect(turn.requestId).not.toBe(before)
    expect(turn.wasted).toMatchObject([{ requestId: before, isHedge: true, failure: null, cost: { from: 'estimate' } }])
    expect(rowsOfTurn(turn).map(({ purpose, outputIsEstimate }) => [purpose, outputIsEstimate])).toEqual([
      ['hedge', true],
      ['turn', false],
    ])
    expect(sayRaced(turn)).toMatch(
      /the second one had the first word\. The answer cost <?\$0\.\d+, the one given up [~<]\$0\.\d+\. Both are in the bill\./,
    )
    await expect.poll(() => night.demo.requests.map(({ aborted }) => aborted)).toEqual([true, false])
    foldsBack(night)
  })

  test('loses when the first speaks after all, and is ended', async () => {
    const night = await play('text "first" hold-before-head\ntext "second" hold')
    night.asked()
    await night.demo.held()
    await night.attempts.hedge()
    await expect.poll(() => night.demo.requests.length).toBe(2)
    night.demo.release()
    await night.over()
    const turn = last(night)
    expect(turn).toMatchObject({ answer: 'first', hedge: { won: 'first' }, wasted: [{ isHedge: true }] })
    await expect.poll(() => night.demo.requests.map(({ aborted }) => aborted)).toEqual([false, true])
    foldsBack(night)
  })

  test('takes over when the first fails, which then costs nothing', async () => {
    const night = await play('529 hold-before-head\ntext "still here" hold')
    night.asked()
    await night.demo.held()
    await night.attempts.hedge()
    await expect.poll(() => night.demo.requests.length).toBe(2)
    night.demo.release()
    await night.until(({ live }) => live?.hedge?.won === 'second')
    await night.demo.held()
    night.demo.release()
    await night.over()
    expect(last(night)).toMatchObject({ answer: 'still here', attempt: 1, wasted: [], end: { type: 'finished' } })
    expect(sayRaced(last(night))).toContain('the one given up nothing')
    foldsBack(night)
  })

  test('that fails leaves the first alone', async () => {
    const night = await play('text "first" hold\n529')
    night.asked()
    await night.demo.held()
    await night.attempts.hedge()
    await night.until(({ live }) => live?.hedge?.won === 'first')
    expect(night.state.live).toMatchObject({ phase: 'sending', wasted: [] })
    night.demo.release()
    await night.over()
    expect(sayRaced(last(night))).toContain('the one given up nothing')
    foldsBack(night)
  })

  test('is ended with the turn, and counted even so', async () => {
    const night = await play('text "a" hold\ntext "b" hold')
    night.asked()
    await night.until(({ live }) => live?.usage != null)
    await night.attempts.hedge()
    await expect.poll(() => night.demo.requests.length).toBe(2)
    night.dispatch({ type: 'stopAsked' })
    await night.over()
    expect(last(night)).toMatchObject({
      end: { type: 'stopped' },
      wasted: [{ isHedge: true, cost: { from: 'estimate' } }],
    })
    await expect.poll(() => night.demo.requests.map(({ aborted }) => aborted)).toEqual([true, true])
    foldsBack(night)
  })

  test.each([
    ['hold-before-head', 'hold-before-head'],
    ['hold', 'hold-before-head'],
    ['hold-before-head', 'hold'],
  ])('stopped while both are silent (%s, %s): both are counted, and alike', async (one, other) => {
    const night = await play(`text "a" ${one}\ntext "b" ${other}`)
    night.asked()
    await night.demo.held()
    await night.attempts.hedge()
    await expect.poll(() => night.demo.requests.length).toBe(2)
    const soFar = chargesSoFar(night.state, performance.now())
    expect(soFar).toHaveLength(2)
    night.dispatch({ type: 'stopAsked' })
    await night.over()
    const rows = rowsOfTurn(last(night))
    expect(rows).toHaveLength(2)
    const [first, second] = rows.map(
      ({ input, cacheRead, cacheWrite1h, cacheWrite5m }) => input + cacheRead + cacheWrite1h + cacheWrite5m,
    )
    expect(first).toBeGreaterThan(0)
    expect(second).toBe(first)
    expect(soFar.map(({ costUsd }) => costUsd)).toEqual(rows.map(({ costUsd }) => costUsd))
    foldsBack(night)
  })

  test('is not sent once a word has come, nor a third time', async () => {
    const night = await play('text "wo" "rd" hold after=1')
    night.asked()
    await night.until(({ live }) => live?.answer === 'wo')
    expect(night.attempts.wordless).toBeNull()
    expect(await night.attempts.hedge()).toBe(false)
    night.demo.release()
    await night.over()
    expect(night.demo.requests).toHaveLength(1)
  })
})

describe('another try before any text', () => {
  test('is the next attempt of the same turn, at once', async () => {
    const night = await play('text "late" hold\ntext "there"')
    night.asked()
    await night.until(({ live }) => live?.usage != null)
    expect(night.attempts.again('Begun, but nothing came for 20 s.')).toBe(true)
    await night.over()
    expect(last(night)).toMatchObject({ answer: 'there', attempt: 2, wasted: [{ failure: { kind: 'stalled' } }] })
    expect(night.attempts.again('Nothing came.')).toBe(false)
    foldsBack(night)
  })

  test('gives up both of two, whichever went on', async () => {
    for (const script of ['text "a" hold\ntext "b" hold\ntext "c"', '529 hold-before-head\ntext "b" hold\ntext "c"']) {
      const night = await play(script)
      night.asked()
      await night.demo.held()
      await night.attempts.hedge()
      await expect.poll(() => night.demo.requests.length).toBe(2)
      if (script.startsWith('529')) {
        night.demo.release()
        await night.until(({ live }) => live?.hedge?.won === 'second')
      }
      expect(night.attempts.again('Nothing came.')).toBe(true)
      await night.over()
      expect(last(night)).toMatchObject({ answer: 'c', end: { type: 'finished' } })
      foldsBack(night)
    }
  })
})

describe('what is unusual', () => {
  test('is what one of a hundred own answers takes longer than, once there are twenty', () => {
    const past = (n: number) => Array.from({ length: n }, (_, i) => ({ ttftMs: 5_000 + i * 100 }))
    expect(unusualOf(past(19))).toEqual(UNKNOWN)
    expect(unusualOf(past(101))).toEqual({ ms: 14_900, answers: 101 })
    expect(unusualOf([...past(10), { ttftMs: null }])).toEqual(UNKNOWN)
  })

  test('is offered before a word has come, another try after a silence of its own', async () => {
    const night = await play('text "wo" "rd" hold after=1')
    night.asked()
    await night.until(({ live }) => live?.answer === 'wo')
    const turn = night.state.live!
    const from = turn.times.sent!
    const offers = (one: typeof turn, ms: number) =>
      offersOf(one, from + ms, { offerAfterMs: 15_000, unusual: { ms: 9_000, answers: 40 } })
    const silent = { ...turn, answer: '', phase: 'sending' as const, times: { ...turn.times, lastOutput: null } }
    expect(offers(silent, 8_000)).toEqual({ again: null, second: null })
    expect(offers(silent, 9_500)).toMatchObject({ again: null, second: { ms: 9_000 } })
    expect(offers(silent, 40_000).again).toMatchObject({ kind: 'unspoken' })
    expect(offers(turn, 40_000)).toMatchObject({ again: { kind: 'between' }, second: null })
    expect(offers({ ...silent, hedge: { won: null, failure: null } }, 40_000).second).toBeNull()
    expect(offersOf(null, 1e9, { offerAfterMs: 1, unusual: UNKNOWN })).toEqual({ again: null, second: null })
  })
})

test('what is offered fits every width, the keys the last to go; asked for too early, it says when', () => {
  const again = { kind: 'unheard', sinceMs: 20_000, signMs: null } as const
  const offers = { again, second: { ms: 12_000, answers: 40 } }
  const steps = sayOffers(offers, { answer: '' }, { again: 'Ctrl+X', second: 'Ctrl+S' })!
  expect(steps[0]).toBe('Ctrl+X tries again · Ctrl+S asks a second time beside it (paid twice; your p99 is 12.0s)')
  expect(fitted(steps, 60)).toBe('Ctrl+X tries again · Ctrl+S asks beside it, paid twice')
  expect(fitted(steps, 45)).toBe('Ctrl+X tries again · Ctrl+S asks beside it')
  expect(sayTooEarly(UNKNOWN, '/hedge')).toBe(
    'A second request beside it is offered after 30.0s; /hedge sends it now, and both are paid.',
  )
})
