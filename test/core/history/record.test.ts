import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Event, fold, type State, update } from '../../../src/core/conversation.ts'
import { legalEvents } from '../../../src/core/history/legal-events.ts'
import { condensed, shifted } from '../../../src/core/history/record.ts'
import { batchOf } from '../../../src/core/history/saved.ts'
import { NO_USAGE } from '../../../src/core/turn.ts'
import { conversation } from '../../kit/conversations.ts'
import { fresh, lived } from '../../kit/lived.ts'

describe('what is saved of a conversation', () => {
  test('LAW: folding it gives the state that was, however long its pieces were gathered', () => {
    fc.assert(
      fc.property(conversation, (events) => {
        const { state, saved } = lived(events)
        expect(fold(fresh(), condensed(saved))).toEqual(state)
      }),
    )
  })

  test('is billed with the effort a turn was asked with, also where another one holds by its end', () => {
    const usage = { ...NO_USAGE, output: 5 }
    const events: Event[] = [
      { type: 'chosen', choices: { effort: 'low' } },
      { type: 'asked', at: 1, text: 'Once more?' },
      { type: 'chosen', choices: { effort: 'max' } },
      { type: 'began', at: 2, model: 'claude-sonnet-5-5', messageId: 'm', usage, cacheMiss: null },
      { type: 'delta', at: 3, text: 'Yes.' },
      { type: 'finished', at: 4, stopReason: 'end_turn', explanation: null },
    ]
    expect(batchOf(events, fold(fresh(), events), 4).ledger).toMatchObject([{ effort: 'low' }])
  })

  test('LAW: every event of it is one that is read again', () => {
    fc.assert(
      fc.property(conversation, (events) => {
        const written = JSON.parse(JSON.stringify(condensed(lived(events).saved)))
        expect(legalEvents(written)).toBe(written)
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
