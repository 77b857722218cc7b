import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Choices } from '../../../src/core/conversation/choices.ts'
import { type Event, newConversation, type State, update } from '../../../src/core/conversation.ts'
import { history } from '../../../src/core/request/messages.ts'
import { planRequest } from '../../../src/core/request/plan.ts'
import { NO_USAGE, type TurnEvent, type Usage } from '../../../src/core/turn.ts'
import { failure } from '../../../src/core/weather/failures.ts'
import { CHOICES } from '../../kit/choices.ts'

const fresh = (more: Partial<Choices> = {}) => newConversation({ ...CHOICES, ...more })
const play = (state: State, ...events: Event[]) => events.reduce((now, event) => update(now, event).state, state)

const asked = (text: string, at = 0): Event => ({ type: 'asked', at, text })
const sent = (at = 1, attempt = 1): Event => ({ type: 'sent', at, attempt, model: 'claude-sonnet-5-5' })
const began = (usage: Partial<Usage> = {}, at = 100): Event => ({
  type: 'began',
  at,
  model: 'claude-sonnet-5-5',
  messageId: 'msg_1',
  usage: { ...NO_USAGE, input: 1_000, ...usage },
  cacheMiss: null,
})
const delta = (text: string, at = 200): Event => ({ type: 'delta', at, text })
const usage = (more: Partial<Usage>, at = 300): Event => ({
  type: 'usage',
  at,
  usage: { ...NO_USAGE, input: 1_000, output: 500, ...more },
})
const finished = (stopReason = 'end_turn', at = 400): Event => ({ type: 'finished', at, stopReason, explanation: null })

/** One whole turn. */
const turn = (question: string, answer: string): Event[] => [
  asked(question),
  sent(),
  began(),
  delta(answer),
  usage({}),
  finished(),
]

describe('a turn', () => {
  test('goes from the question to a settled answer, and only then joins the turns', () => {
    const midway = play(fresh(), asked('Why?'), sent(), began(), delta('Be'))
    expect(midway.turns).toEqual([])
    expect(midway.live).toMatchObject({ question: 'Why?', answer: 'Be', phase: 'answering' })
    const over = play(midway, delta('cause.'), usage({}), finished())
    expect(over.live).toBeNull()
    expect(over.turns).toMatchObject([{ number: 1, question: 'Why?', answer: 'Because.', phase: 'done' }])
  })

  test('asks for exactly one request, and nothing else does', () => {
    const step = update(fresh(), asked('Why?'))
    expect(step.effects).toMatchObject([{ type: 'send', request: { messages: [{ role: 'user', text: 'Why?' }] } }])
    expect(update(step.state, delta('x')).effects).toEqual([])
  })

  test('costs an estimate while it runs and the server’s own tokens once finished', () => {
    const running = play(fresh(), asked('Why?'), sent(), began(), delta('x'.repeat(250)))
    // 1,000 input at $2 and an estimated 100 output tokens at $10 per million.
    expect(running.live?.cost).toEqual({ value: (1_000 * 2 + 100 * 10) / 1e6, from: 'estimate' })
    const over = play(running, usage({ output: 120 }), finished())
    expect(over.turns[0]?.cost).toEqual({ value: (1_000 * 2 + 120 * 10) / 1e6, from: 'server' })
    expect(over.spent).toEqual({ known: { value: 0.0032, from: 'server' }, unknown: 0, turns: 1 })
  })

  test('bills every kind of token at its own price', () => {
    const kinds = { input: 10, cacheRead: 1_000, cacheWrite5m: 100, cacheWrite1h: 200, output: 50 }
    const over = play(fresh(), asked('q'), sent(), began(kinds), delta('a'), usage(kinds), finished())
    expect(over.turns[0]?.cost?.value).toBeCloseTo((10 * 2 + 1_000 * 0.1 + 100 * 2.5 + 200 * 4 + 50 * 10) / 1e6, 12)
  })

  test('of an unknown model has an unknown cost, never $0', () => {
    const over = play(
      fresh({ model: 'llama-9' }),
      asked('q'),
      sent(),
      { ...began(), model: 'llama-9' } as Event,
      delta('a'),
      usage({}),
      finished(),
    )
    expect(over.turns[0]?.cost).toBeNull()
    expect(over.spent).toEqual({ known: { value: 0, from: 'server' }, unknown: 1, turns: 1 })
  })

  test('that the user stops keeps what came and an estimated cost', () => {
    const over = play(fresh(), asked('q'), sent(), began(), delta('half of'), { type: 'stopped', at: 250 })
    expect(over.turns).toMatchObject([{ answer: 'half of', end: { type: 'stopped' }, cost: { from: 'estimate' } }])
  })

  test('that failed before it began costs nothing and is not sent again as history', () => {
    const over = play(fresh(), asked('q'), sent(), {
      type: 'failed',
      at: 9,
      failure: failure('overload', 'Overloaded'),
    })
    expect(over.spent).toEqual({ known: { value: 0, from: 'server' }, unknown: 0, turns: 1 })
    expect(history(over.turns)).toEqual([])
  })

  test('waiting for another attempt says when, and the attempt clears it', () => {
    const trouble = failure('overload', 'Overloaded')
    const waiting = play(fresh(), asked('q'), sent(), {
      type: 'waiting',
      at: 50,
      attempt: 1,
      of: 5,
      delayMs: 1_000,
      failure: trouble,
    })
    expect(waiting.live).toMatchObject({ phase: 'waiting', retry: { until: 1_050, attempt: 2, of: 5 } })
    expect(play(waiting, sent(1_050, 2)).live).toMatchObject({
      phase: 'sending',
      attempt: 2,
      retry: null,
      times: { sent: 1_050 },
    })
  })
})

describe('what is sent', () => {
  test('holds the turns so far, without thinking, and byte for byte the same every time', () => {
    const state = play(
      fresh({ system: 'Be brief.' }),
      ...turn('one', ' first \n'),
      asked('two'),
      sent(),
      { type: 'thinking', at: 5, phase: 'more', text: 'hmm' },
      delta('second'),
      finished(),
    )
    const request = planRequest(state, 'three')
    expect(request.messages.map(({ text }) => text)).toEqual(['one', ' first \n', 'two', 'second', 'three'])
    expect(JSON.stringify(planRequest(state, 'three'))).toBe(JSON.stringify(request))
    expect(JSON.stringify(request)).not.toContain('hmm')
  })

  test('leaves out a refused exchange and answers without text', () => {
    const refused = play(
      fresh(),
      asked('bad'),
      sent(),
      began(),
      delta('I'),
      finished('refusal'),
      asked('empty'),
      sent(),
      began(),
      finished(),
    )
    expect(history(refused.turns)).toEqual([])
  })

  test('carries cache marks, effort and thinking only to a server that takes them', () => {
    const system = 's'.repeat(2_000)
    expect(planRequest(fresh({ system }), 'q')).toMatchObject({
      cache: { system: '5m', end: '5m' },
      effort: 'medium',
      thinking: 'summarised',
      previousMessageId: null,
    })
    const plain = planRequest(fresh({ system, features: 'plain' }), 'q')
    expect(plain).toMatchObject({ cache: { system: null, end: null }, effort: null, thinking: 'unsaid' })
    expect(plain).not.toHaveProperty('previousMessageId')
  })

  test('marks a single question only where a long system prompt can be read again', () => {
    expect(planRequest(fresh({ kind: 'single', system: 'short' }), 'q').cache).toEqual({ system: null, end: null })
    expect(planRequest(fresh({ kind: 'single', system: 'x'.repeat(2_000) }), 'q').cache).toEqual({
      system: '5m',
      end: null,
    })
  })
})

describe('while an answer runs', () => {
  test('further messages queue up and are sent one by one, in order', () => {
    const busy = play(fresh(), asked('one'), asked('two'), asked('three'))
    expect(busy.queue).toEqual(['two', 'three'])
    const step = update(play(busy, sent(), began(), delta('1')), finished())
    expect(step.state).toMatchObject({ queue: ['three'], live: { question: 'two' } })
    expect(step.effects).toMatchObject([{ type: 'send' }])
  })

  test('a failure leaves the queue to the user', () => {
    const over = play(fresh(), asked('one'), asked('two'), sent(), {
      type: 'failed',
      at: 5,
      failure: failure('key', 'no'),
    })
    expect(over).toMatchObject({ live: null, queue: ['two'] })
  })
})

test('clearing while an answer runs stops it and keeps it out of what is sent', () => {
  const busy = play(fresh(), ...turn('q', 'a'), asked('more'), sent(), began(), delta('half'))
  const step = update(busy, { type: 'cleared' })
  expect(step.effects).toEqual([{ type: 'stop' }])
  const over = play(step.state, { type: 'stopped', at: 9 })
  expect(over.turns).toEqual([])
  expect(over.settled).toMatchObject({ number: 2, answer: 'half' })
  expect(planRequest(over, 'next').messages).toEqual([{ role: 'user', text: 'next' }])
})

test('clearing forgets the turns and keeps the bill', () => {
  const cleared = play(fresh(), ...turn('q', 'a'), { type: 'cleared' })
  expect(cleared.turns).toEqual([])
  expect(cleared.spent.known.value).toBeGreaterThan(0)
  expect(planRequest(cleared, 'next').messages).toHaveLength(1)
})

test('LAW: however an answer is cut into deltas, the settled turn is the same text', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (pieces) => {
      const over = play(fresh(), asked('q'), sent(), began(), ...pieces.map((piece) => delta(piece)), finished())
      expect(over.turns[0]?.answer).toBe(pieces.join(''))
    }),
  )
})

test('LAW: the session costs the sum of its turns', () => {
  const tokens = fc.integer({ min: 0, max: 50_000 })
  fc.assert(
    fc.property(
      fc.array(fc.record({ input: tokens, output: tokens, cacheRead: tokens }), { maxLength: 8 }),
      (usages) => {
        const over = usages.reduce(
          (state, use) => play(state, asked('q'), sent(), began(use), delta('a'), usage(use), finished()),
          fresh(),
        )
        const total = over.turns.reduce((sum, { cost }) => sum + (cost?.value ?? 0), 0)
        expect(over.spent.known.value).toBeCloseTo(total, 10)
      },
    ),
  )
})

const LOST = { model: 'claude-sonnet-5-5', requestId: null, messageId: null, usage: null, failure: null }

test('LAW: no order of events breaks the fold, and a settled turn never changes', () => {
  const event: fc.Arbitrary<Event> = fc.oneof(
    fc.string().map((text) => asked(text)),
    fc.string().map((text) => delta(text)),
    fc.constantFrom<Event>(
      sent(),
      began(),
      usage({}),
      finished(),
      { type: 'stopped', at: 1 },
      { type: 'cleared' },
      { type: 'stopAsked' },
      { type: 'alive', at: 1 },
      { type: 'connecting', at: 1 },
      { type: 'connected', at: 1 },
      { type: 'hedged', at: 1 },
      { type: 'raced', at: 1, won: 'first', lost: LOST },
      { type: 'raced', at: 1, won: 'second', lost: { ...LOST, failure: failure('overload', 'busy') } },
    ),
    fc.constant<TurnEvent>({ type: 'failed', at: 2, failure: failure('cut', 'cut') }),
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      let state = fresh()
      for (const one of events) {
        const before = state
        state = update(state, one).state
        // One that was cleared while it ran goes with its turn's end.
        if (one.type !== 'cleared' && !before.clearing)
          expect(state.turns.slice(0, before.turns.length)).toEqual(before.turns)
        for (const turn of state.turns) expect(turn.end).not.toBeNull()
        // Whatever was given up on the way is in the sum, once.
        const costs = [...state.turns, ...state.turns.flatMap(({ wasted }) => wasted)].map(
          ({ cost }) => cost?.value ?? 0,
        )
        if (!events.some(({ type }) => type === 'cleared'))
          expect(state.spent.known.value).toBeCloseTo(
            costs.reduce((sum, usd) => sum + usd, 0),
            9,
          )
      }
    }),
  )
})
