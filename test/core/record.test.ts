import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Event, fold, newConversation, type State, update } from '../../src/core/conversation.ts'
import { failure } from '../../src/core/failures.ts'
import { condensed, kept, shifted } from '../../src/core/record.ts'
import { NO_USAGE } from '../../src/core/turn.ts'
import { CHOICES } from '../kit/choices.ts'

const fresh = () => newConversation(CHOICES)

/** What a recorder sees: every event with the state after it. Returns the end and what was kept. */
function lived(events: readonly Event[], from: State = fresh()): { state: State; saved: readonly Event[] } {
  let state = from
  const saved: Event[] = []
  for (const event of events) {
    state = update(state, event).state
    const one = kept(event, state)
    if (one) saved.push(one)
  }
  return { state, saved }
}

const MODELS = ['claude-sonnet-5-5', 'claude-haiku-5-5', 'llama-9']

/** Random conversations: turns that end in every way, stalls, retries, a queue, branches, titles, choices. */
const conversation = fc
  .array(
    fc.record({
      kind: fc.constantFrom('turn', 'turn', 'turn', 'moved', 'chosen', 'titled', 'billed', 'queued'),
      pieces: fc.array(fc.tuple(fc.string({ maxLength: 5 }), fc.integer({ min: 0, max: 5_000 })), { maxLength: 6 }),
      thought: fc.array(fc.tuple(fc.string({ maxLength: 5 }), fc.integer({ min: 0, max: 5_000 })), { maxLength: 4 }),
      end: fc.constantFrom('finished', 'failed', 'stopped'),
      retry: fc.boolean(),
      to: fc.option(fc.integer({ min: 1, max: 8 }), { nil: null }),
      model: fc.constantFrom(...MODELS),
      tokens: fc.integer({ min: 0, max: 90_000 }),
    }),
    { maxLength: 10 },
  )
  .map((acts) => {
    let at = 0
    const events: Event[] = []
    const tick = (ms: number) => {
      at += ms
      return at
    }
    for (const { kind, pieces, thought, end, retry, to, model, tokens } of acts) {
      if (kind === 'moved') events.push({ type: 'moved', to })
      else if (kind === 'chosen') events.push({ type: 'chosen', choices: { model } })
      else if (kind === 'titled') events.push({ type: 'titled', title: model, by: 'model' })
      else if (kind === 'billed')
        events.push({
          ...{ type: 'billed', at: tick(1), purpose: 'title', model, requestId: null },
          usage: { ...NO_USAGE, input: tokens },
        })
      else {
        events.push({ type: 'asked', at: tick(9), text: `q${at}` })
        if (kind === 'queued') events.push({ type: 'asked', at: tick(9), text: `later${at}` })
        events.push({ type: 'sent', at: tick(1), attempt: 1, model })
        if (retry) {
          const trouble = failure('overload', 'Overloaded')
          events.push({ type: 'waiting', at: tick(5), attempt: 1, of: 5, delayMs: 9, failure: trouble })
          events.push({ type: 'sent', at: tick(9), attempt: 2, model })
        }
        events.push({ type: 'heard', at: tick(50), requestId: 'r', limits: {} })
        const usage = { ...NO_USAGE, input: tokens }
        events.push({ type: 'began', at: tick(1), model, messageId: `m${at}`, usage, cacheMiss: null })
        if (thought.length > 0) {
          events.push({ type: 'thinking', at: tick(1), phase: 'start', text: '' })
          for (const [text, gap] of thought) events.push({ type: 'thinking', at: tick(gap), phase: 'more', text })
          events.push({ type: 'thinking', at: tick(1), phase: 'end', text: '' })
        }
        for (const [text, gap] of pieces) events.push({ type: 'delta', at: tick(gap), text })
        if (end === 'finished') {
          events.push({ type: 'usage', at: tick(1), usage: { ...usage, output: 70 } })
          events.push({ type: 'finished', at: tick(1), stopReason: 'end_turn', explanation: null })
        }
        if (end === 'failed') events.push({ type: 'failed', at: tick(1), failure: failure('cut', 'Cut.') })
        if (end === 'stopped') events.push({ type: 'stopped', at: tick(1) })
      }
    }
    return events
  })

describe('what is saved of a conversation', () => {
  test('LAW: folding it gives the state that was, however long its pieces were gathered', () => {
    fc.assert(
      fc.property(conversation, (events) => {
        const { state, saved } = lived(events)
        expect(fold(fresh(), condensed(saved))).toEqual(state)
      }),
    )
  })

  test('LAW: so does what was gathered in portions, as when notes are taken while it runs', () => {
    fc.assert(
      fc.property(conversation, fc.integer({ min: 1, max: 7 }), (events, size) => {
        const { state, saved } = lived(events)
        const portions: Event[] = []
        for (let i = 0; i < saved.length; i += size) portions.push(...condensed(saved.slice(i, i + size)))
        expect(fold(fresh(), condensed(portions))).toEqual(state)
      }),
    )
  })

  test('LAW: a clock that shows another time changes no duration and no sum', () => {
    fc.assert(
      fc.property(conversation, fc.integer({ min: -1e12, max: 1e12 }), (events, by) => {
        const { state, saved } = lived(events)
        const elsewhere = fold(
          fresh(),
          saved.map((event) => shifted(event, by)),
        )
        expect(elsewhere.spent).toEqual(state.spent)
        const back = fold(
          fresh(),
          saved.map((event) => shifted(shifted(event, by), -by)),
        )
        expect(back).toEqual(state)
      }),
    )
  })

  test('keeps the prices an answer was billed by, though the catalogue says otherwise later', () => {
    const { state, saved } = lived([
      { type: 'asked', at: 0, text: 'q' },
      { type: 'sent', at: 1, attempt: 1, model: 'claude-sonnet-5-5' },
      {
        ...{ type: 'began', at: 2, model: 'claude-sonnet-5-5', messageId: 'm', cacheMiss: null },
        usage: { ...NO_USAGE, input: 1_000_000 },
      },
      { type: 'usage', at: 3, usage: { ...NO_USAGE, input: 1_000_000, output: 10 } },
      { type: 'finished', at: 4, stopReason: 'end_turn', explanation: null },
    ])
    const free = fresh().models.map((card) => ({ ...card, prices: null }))
    expect(fold({ ...fresh(), models: free }, saved).turns[0]?.cost).toEqual(state.turns[0]?.cost)
    expect(state.turns[0]?.cost?.value).toBeGreaterThan(0)
  })

  test('is short: an answer of a thousand pieces is one event', () => {
    const pieces = Array.from({ length: 1_000 }, (_, i): Event => ({ type: 'delta', at: i * 10, text: 'x' }))
    expect(condensed(pieces)).toEqual([{ type: 'delta', at: 9_990, since: 0, text: 'x'.repeat(1_000) }])
  })
})

describe('branches', () => {
  const turn = (text: string, at: number): Event[] => [
    { type: 'asked', at, text },
    { type: 'sent', at: at + 1, attempt: 1, model: 'claude-sonnet-5-5' },
    { type: 'delta', at: at + 2, text: `answer to ${text}` },
    { type: 'finished', at: at + 3, stopReason: 'end_turn', explanation: null },
  ]
  const asked = (state: State) => state.turns.map(({ question }) => question)

  test('an edited turn stays in the tree beside the new one, and can be gone back to', () => {
    const edited = fold(fresh(), [
      ...turn('a', 0),
      ...turn('b', 10),
      ...turn('c', 20),
      { type: 'moved', to: 1 },
      ...turn('d', 30),
    ])
    expect(asked(edited)).toEqual(['a', 'd'])
    expect(edited.branches.map(({ question }) => question)).toEqual(['b', 'c'])
    const back = fold(edited, [{ type: 'moved', to: 3 }])
    expect(asked(back)).toEqual(['a', 'b', 'c'])
    expect(back.branches.map(({ question }) => question)).toEqual(['d'])
  })

  test('LAW: moving about destroys nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 9 }), { nil: null })), (moves) => {
        let state = fresh()
        let at = 0
        for (const to of moves) {
          at += 10
          state = fold(state, to === 0 ? turn(`q${at}`, at) : [{ type: 'moved', to }])
          const numbers = [...state.turns, ...state.branches].map(({ number }) => number).sort((a, b) => a - b)
          expect(numbers).toEqual(Array.from({ length: state.next - 1 }, (_, i) => i + 1))
          const parents = state.turns.map(({ parent }) => parent)
          expect(parents).toEqual([null, ...state.turns.map(({ number }) => number)].slice(0, parents.length))
        }
      }),
    )
  })

  test('nobody moves while an answer runs', () => {
    const busy = fold(fresh(), [...turn('a', 0), { type: 'asked', at: 9, text: 'b' }])
    expect(update(busy, { type: 'moved', to: null }).state).toBe(busy)
  })
})
