import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Event, fold, type State } from '../../../src/core/conversation.ts'
import { planRequest } from '../../../src/core/request/plan.ts'
import { NO_USAGE } from '../../../src/core/turn.ts'
import { messagesOf, windowOf } from '../../../src/core/window/window.ts'
import { conversation } from '../../kit/conversations.ts'
import { fresh, lived } from '../../kit/lived.ts'

/** Turns that ask `q1`, `q2` and so on and are answered `a1`, `a2`. */
const turns = (count: number): Event[] =>
  Array.from({ length: count }, (_, i) => i + 1).flatMap((n): Event[] => [
    { type: 'asked', at: n * 10, text: `q${n}` },
    { type: 'sent', at: n * 10, attempt: 1, model: 'claude-sonnet-5-5' },
    ...([
      { type: 'began', at: n * 10, model: 'claude-sonnet-5-5', messageId: `m${n}`, usage: NO_USAGE, cacheMiss: null },
    ] as const),
    { type: 'delta', at: n * 10, text: `a${n}` },
    { type: 'finished', at: n * 10, stopReason: 'end_turn', explanation: null },
  ])
const summarised = (upTo: number, of: number | null = null): Event => ({
  ...{ type: 'summarised', at: 99, upTo, of, kind: 'summary', text: `up to ${upTo}`, facts: [] },
})
const folded = (...events: Event[]): State => fold(fresh(), events)
const sent = (state: State) => messagesOf(windowOf(state)).map(({ text }) => text)
const numbers = (state: State) => windowOf(state).turns.map(({ number }) => number)

describe('what is sent of a conversation', () => {
  test('is all of it, until something stands for its beginning', () => {
    expect(sent(folded(...turns(2)))).toEqual(['q1', 'a1', 'q2', 'a2'])
    const state = folded(...turns(4), summarised(2))
    expect(numbers(state)).toEqual([3, 4])
    expect(sent(state)[0]).toContain('up to 2')
    expect(state.turns).toHaveLength(4)
  })

  test('a summary of a summary goes before it, and gives way to it when it is taken back', () => {
    const state = folded(...turns(5), summarised(2), summarised(4, 1))
    expect(windowOf(state).summary).toMatchObject({ id: 2, of: 1, upTo: 4 })
    const back = fold(state, [{ type: 'unsummarised', id: 2, isUndone: true }])
    expect(windowOf(back).summary?.id).toBe(1)
    expect(numbers(fold(back, [{ type: 'unsummarised', id: 1, isUndone: true }]))).toEqual([1, 2, 3, 4, 5])
  })

  test('a pinned turn stays word for word, a dropped one goes, and both can be had back', () => {
    const state = folded(
      ...turns(4),
      summarised(3),
      { type: 'marked', turn: 1, as: 'pinned' },
      { type: 'marked', turn: 4, as: 'dropped' },
    )
    expect(numbers(state)).toEqual([1])
    expect(numbers(fold(state, [{ type: 'marked', turn: 4, as: null }]))).toEqual([1, 4])
  })

  test('a summary holds only where its turns lead', () => {
    const state = folded(...turns(4), summarised(3), { type: 'moved', to: 2 })
    expect(numbers(state)).toEqual([1, 2])
    expect(numbers(fold(state, [{ type: 'moved', to: 4 }]))).toEqual([4])
  })

  test('facts to be kept are part of it', () => {
    const state = folded(...turns(2), summarised(1), { type: 'amended', id: 1, facts: ['port 8080'] })
    expect(sent(state)[0]).toContain('- port 8080')
  })

  test('law: saved and folded again, it is the same, and speakers take turns', () => {
    fc.assert(
      fc.property(conversation, (events) => {
        const { state, saved } = lived(events)
        const again = fold(fresh(), saved)
        const messages = messagesOf(windowOf(again))
        expect(messages).toEqual(messagesOf(windowOf(state)))
        expect(messages.every(({ role }, i) => role === (i % 2 === 0 ? 'user' : 'assistant'))).toBe(true)
      }),
    )
  })

  test('law: unless something is edited, a prompt begins with the one before it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.option(fc.integer({ min: 1, max: 8 }), { nil: null }),
        (count, upTo) => {
          const first = folded(...turns(count), ...(upTo === null || upTo > count ? [] : [summarised(upTo)]))
          const asked = fold(first, [{ type: 'asked', at: 1e6, text: 'next' }])
          const before = planRequest(asked, 'next').messages
          const over = fold(asked, [
            ...([{ type: 'began', at: 1e6, model: 'm', messageId: 'm', usage: NO_USAGE, cacheMiss: null }] as const),
            { type: 'delta', at: 1e6, text: 'answer' },
            { type: 'finished', at: 1e6, stopReason: 'end_turn', explanation: null },
          ])
          expect(planRequest(over, 'more').messages.slice(0, before.length)).toEqual(before)
        },
      ),
    )
  })
})
