import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { coldSend, standing } from '../../../src/core/cache/cold-send.ts'
import type { Choices } from '../../../src/core/conversation/choices.ts'
import { type Event, fold, newConversation, type State } from '../../../src/core/conversation.ts'
import { USUAL_PACE } from '../../../src/core/figures/pace.ts'
import { quoteOf } from '../../../src/core/money/quote.ts'
import { markingOf, markTurns } from '../../../src/core/window/marking.ts'
import { rentOf } from '../../../src/core/window/room.ts'
import { CHOICES } from '../../kit/choices.ts'
import { conversation } from '../../kit/conversations.ts'
import { MINUTE, turn } from '../../kit/told-turns.ts'

/** About 2,400 tokens. */
const SYSTEM = 'You know the seas. '.repeat(320)
const told = (more: Partial<Choices>, ...events: readonly Event[]): State =>
  fold(newConversation({ ...CHOICES, ...more }), events)
const quoted = (state: State, now: number) => quoteOf(state, '', { counted: null, past: [], now })
const tagged = (state: State, now: number) => {
  const known = standing(state, now)
  const one = known && coldSend(known, '', now)
  return one && (one.leftMs > 0 ? one.warmUsd : one.coldUsd)
}

/** Turns that use the cache, after pauses of all lengths, with whatever else happens to a conversation. */
const cached = fc
  .tuple(
    fc.array(
      fc.record({
        pause: fc.constantFrom(20_000, 4 * MINUTE, 6 * MINUTE, 50 * MINUTE, 70 * MINUTE),
        read: fc.boolean(),
        ttl: fc.constantFrom('5m', '1h'),
        written: fc.integer({ min: 600, max: 9_000 }),
        after: fc.constantFrom('', '', 'pinned', 'dropped', 'summarised', 'moved'),
      }),
      { minLength: 1, maxLength: 8 },
    ),
    conversation,
  )
  .map(([acts, rest]) => {
    let [at, held] = [0, 0]
    const events = acts.flatMap(({ pause, read, ttl, written, after }, i): Event[] => {
      at += pause
      const cacheRead = read ? held : 0
      held = cacheRead + written
      const asked = turn(at, { cacheRead, ...(ttl === '1h' ? { cacheWrite1h: written } : { cacheWrite5m: written }) })
      if (after === 'pinned' || after === 'dropped') return [...asked, { type: 'marked', turn: 1 + (i % 3), as: after }]
      if (after === 'moved') return [...asked, { type: 'moved', to: Math.max(1, i) }]
      if (after === '') return asked
      const summary = { type: 'summarised', at, upTo: i, of: null, kind: 'summary', text: 's', facts: [] } as const
      return i === 0 ? asked : [...asked, summary]
    })
    return { events, rest, at }
  })

describe('the price of the next prompt', () => {
  test('LAW: the quote, /context and the tag of a cold send say the same', () => {
    fc.assert(
      fc.property(
        cached,
        fc.constantFrom(null, SYSTEM),
        fc.constantFrom('auto', '5m', '1h', 'off'),
        fc.integer({ min: 0, max: 90 }),
        ({ events, at }, system, cacheTtl, minutes) => {
          const state = told({ system, cacheTtl }, ...events)
          const now = at + minutes * MINUTE
          const least = quoted(state, now).usd!.least
          expect(markingOf(state, [1], 'pinned', now).instead?.value).toBeCloseTo(least, 9)
          const tag = tagged(state, now)
          if (tag !== null) expect(tag).toBeCloseTo(least, 9)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('LAW: what /context calls cold is what /cache does, while an entry is held', () => {
    let compared = 0
    fc.assert(
      fc.property(cached, fc.constantFrom('auto', '5m', '1h'), ({ events, at }, cacheTtl) => {
        const state = told({ cacheTtl }, ...events)
        const known = standing(state, at + MINUTE)
        const one = known && coldSend(known, '', at + MINUTE)
        if (!known || known.entries.length > 1 || one!.leftMs <= 0) return
        compared++
        expect(rentOf(state, known.tokens)(known.tokens, USUAL_PACE).cold?.value).toBeCloseTo(one!.coldUsd, 9)
      }),
      { numRuns: 300 },
    )
    expect(compared).toBeGreaterThan(30)
  })

  test('LAW: so they do of any conversation', () => {
    fc.assert(
      fc.property(conversation, fc.integer({ min: 0, max: 90 }), (events, minutes) => {
        const state = told({}, ...events)
        if (state.live) return
        const least = quoted(state, minutes * MINUTE).usd?.least
        const instead = markingOf(state, [1], 'pinned', minutes * MINUTE).instead?.value
        if (least === undefined) expect(instead).toBeUndefined()
        else expect(instead).toBeCloseTo(least, 9)
      }),
    )
  })

  test('reads the system prompt from the cache when nothing of the conversation can be', () => {
    const state = told(
      { system: SYSTEM },
      ...turn(0, { cacheWrite5m: 6_000 }, { text: 'long '.repeat(1_800) }),
      ...turn(2 * MINUTE, { cacheRead: 6_000, cacheWrite5m: 200 }),
    )
    const { events, remark } = markTurns(state, [1], 'drop', 3 * MINUTE)
    expect(remark).toMatch(/of which the cache holds the first ~2\.\dk tokens/)
    const dropped = fold(state, events)
    expect(quoted(dropped, 3 * MINUTE).cached.value).toBeGreaterThan(2_000)
    // It was last used with the second turn, and is kept for five minutes.
    expect(quoted(dropped, 7.5 * MINUTE).cached.value).toBe(0)
    expect(quoted(fold(dropped, [{ type: 'chosen', choices: { model: 'deep' } }]), 3 * MINUTE).cached.value).toBe(0)
  })
})
