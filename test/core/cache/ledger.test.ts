import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hitRatio, ratioAlert, saved, verdictOf, verdicts } from '../../../src/core/cache/ledger.ts'
import { askedOf, prefixDifference, sayDifference } from '../../../src/core/cache/prefix-difference.ts'
import { cacheReport } from '../../../src/core/cache/report.ts'
import type { Choices } from '../../../src/core/conversation/choices.ts'
import { type Event, fold, newConversation, type State } from '../../../src/core/conversation.ts'
import type { Message } from '../../../src/core/request.ts'
import { CHOICES } from '../../kit/choices.ts'
import { MINUTE, turn, turns } from '../../kit/told-turns.ts'

const told = (more: Partial<Choices>, ...events: Event[]): State =>
  fold(newConversation({ ...CHOICES, ...more }), events)
const last = (state: State) => verdictOf(state, state.turns.length - 1)

describe('the cache ledger', () => {
  test('knows a first turn, a hit, and what was too short', () => {
    const state = told({}, ...turns(3, 40_000))
    expect(verdicts(state, 9).map(({ kind }) => kind)).toEqual(['hit', 'hit', 'first'])
    expect(last(told({}, ...turn(0, { input: 90 })))).toMatchObject({ kind: 'short' })
  })

  test('an entry that was too old says so, and what was still read', () => {
    const missed = told({}, ...turns(3, 40_000), ...turn(20 * MINUTE, { cacheWrite5m: 2_400 }))
    expect(last(missed)).toEqual({
      ...{ turn: 4, kind: 'miss', left: 1_800, read: 0 },
      why: ['it was 18m old, and is kept 5 minutes'],
    })
    const part = told({}, ...turns(2, 40_000, '1h'), ...turn(80_000, { cacheRead: 1_200, cacheWrite5m: 600 }))
    expect(last(fold(part, turn(20 * MINUTE, { cacheRead: 1_200, cacheWrite5m: 1_200 })))).toMatchObject({
      ...{ kind: 'part', left: 1_800, read: 1_200 },
    })
  })

  test('tells the server’s reason in words, beside what our own records show', () => {
    const state = told(
      {},
      ...turns(3, 40_000),
      { type: 'marked', turn: 2, as: 'dropped' },
      ...turn(2 * MINUTE, { cacheWrite5m: 2_000 }, { miss: 'messages_changed' }),
    )
    expect(last(state)?.why).toEqual([
      'message 3 of 5 differs at bytes 12 to 13 (1 byte)',
      'the server says: earlier messages changed',
    ])
    const other = told(
      {},
      ...turns(2, 40_000),
      { type: 'chosen', choices: { effort: 'low' } },
      ...turn(80_000, { cacheWrite5m: 900 }, { miss: 'unavailable' }),
    )
    expect(last(other)?.why).toEqual(['another effort', 'the server says: it cannot compare'])
    const unknown = told({}, ...turns(2, 40_000), ...turn(80_000, { cacheWrite5m: 900 }, { miss: 'unavailable' }))
    expect(last(unknown)?.why).toEqual(['the server says: it cannot compare: thinking or effort may have changed'])
  })

  test('where nothing differs and nothing was too old, the server had let go', () => {
    const state = told({}, ...turns(2, 40_000), ...turn(80_000, { cacheWrite5m: 1_800 }))
    expect(last(state)).toMatchObject({
      kind: 'miss',
      why: ['the requests do not differ: the server had let go of it'],
    })
  })

  test('a prompt that became shorter has missed no more than it has', () => {
    const dropped: Event[] = [{ type: 'marked', turn: 1, as: 'dropped' }]
    const state = told(
      {},
      ...turn(0, { cacheWrite5m: 30_000 }),
      ...turn(MINUTE, { cacheRead: 30_000, cacheWrite5m: 17_000 }),
      ...dropped,
      ...turn(2 * MINUTE, { cacheWrite5m: 16_600 }),
    )
    expect(last(state)).toMatchObject({ kind: 'miss', left: 16_600, read: 0 })
    expect(JSON.stringify(cacheReport(state, '', 3 * MINUTE))).toContain('read 0 of 17k tokens')
  })

  test('is the same for a conversation that was saved and folded again', () => {
    const events = [...turns(3, 40_000), ...turn(20 * MINUTE, { cacheWrite5m: 2_400 })]
    expect(verdicts(told({}, ...events), 9)).toEqual(
      verdicts(told({}, ...(JSON.parse(JSON.stringify(events)) as Event[])), 9),
    )
  })
})

describe('the hit ratio', () => {
  test('counts every prompt after the first', () => {
    expect(hitRatio(told({}, ...turns(1, 1)))).toBeNull()
    expect(hitRatio(told({}, ...turns(3, 40_000)))).toBeCloseTo((600 + 1_200) / (1_200 + 1_800), 9)
  })

  test('a session that reads too little is told why; one that has only just begun, or has missed nothing, is not', () => {
    const cold = Array.from({ length: 7 }, (_, i) => turn(i * 6 * MINUTE, { cacheWrite5m: 600 * (i + 1) })).flat()
    expect(ratioAlert(told({}, ...cold))).toBe(
      'Only 0% of the prompts came from the cache so far; turn 7 read 0 of 3.6k tokens: it was 6m old, and is kept 5 minutes. /cache shows more.',
    )
    expect(ratioAlert(told({}, ...cold.slice(0, 24)))).toBeNull()
    expect(ratioAlert(told({}, ...turns(6, 40_000)))).toBeNull()
  })

  test('what is saved is what was read less what writing cost more', () => {
    // Sonnet 5.5: $2 in, $0.10 read, $2.50 written.
    expect(saved(told({}, ...turns(2, 40_000)))).toBeCloseTo((600 * 1.9 - 1_200 * 0.5) / 1e6, 12)
  })
})

describe('where two requests part', () => {
  const asked = (...texts: string[]) => {
    const messages = texts.map((text, i): Message => ({ role: i % 2 === 0 ? 'user' : 'assistant', text }))
    return { model: 'Sonnet', system: null, manner: '', messages }
  }

  test('is told in bytes, also where characters have several', () => {
    const difference = prefixDifference(asked('grüße', 'a'), asked('grüne', 'a', 'b'))
    expect(difference).toEqual({ in: 'messages', message: 1, of: 3, from: 4, to: 5, gone: false })
    expect(sayDifference(difference!)).toBe('message 1 of 3 differs at bytes 4 to 5 (1 byte)')
    expect(prefixDifference(asked('🌊'), asked('🌍'))).toMatchObject({ from: 0, to: 4 })
    expect(prefixDifference(asked('a', 'b', 'c'), asked('a'))).toMatchObject({ message: 2, gone: true })
  })

  test('nowhere, when one goes on where the other ended', () => {
    expect(prefixDifference(asked('a'), asked('a', 'b', 'c'))).toBeNull()
  })

  test('LAW: outside the bytes it names, the message is the same', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 12 })
    fc.assert(
      fc.property(text, text, (was, is) => {
        const difference = prefixDifference(asked(was), asked(is))
        fc.pre(was !== is)
        if (difference?.in !== 'messages') throw new Error('expected a message')
        const [a, b] = [Buffer.from(was), Buffer.from(is)]
        expect(b.subarray(0, difference.from)).toEqual(a.subarray(0, difference.from))
        const behind = b.length - difference.to
        expect(b.subarray(difference.to)).toEqual(a.subarray(a.length - behind))
      }),
    )
  })

  test('a request can be made again from the conversation', () => {
    const state = told({ system: 'You know the seas.' }, ...turns(2, 40_000))
    expect(askedOf(state, state.turns.slice(0, 1), state.turns[1]!)).toMatchObject({
      ...{ model: 'Claude Sonnet 5.5', system: 'You know the seas.' },
      messages: [{ text: 'question at 0' }, { role: 'assistant' }, { text: 'question at 40000' }],
    })
  })
})

describe('/cache', () => {
  const text = (state: State, now: number) => JSON.stringify(cacheReport(state, '', now))

  test('says what is held and for how long, what it is worth, and what was missed', () => {
    const state = told({ system: 'x'.repeat(780) }, ...turns(3, 40_000), ...turn(20 * MINUTE, { cacheWrite5m: 2_400 }))
    const said = text(state, 21 * MINUTE)
    expect(said).toContain('2.4k tokens, up to question 4, for 5 minutes: 4:00 left')
    expect(said).toContain('read 0 of 1.8k tokens: it was 18m old')
    expect(said).toContain('It pays from a chance of')
    expect(said).toContain("(~312 tokens) is below Sonnet 5.5's minimum of 512")
    expect(said).toContain('["hit ratio","')
  })

  test('tells what is measured of somebody from what is assumed for want of it', () => {
    const first = text(told({}, ...turn(0, { cacheWrite5m: 5_000 })), MINUTE)
    expect(first).toContain('it is taken to be ~5%')
    expect(first).toContain(
      'Measured by 1 pause here, the one that runs included; for want of more, ~33% of it is the assumption that 15% of all pauses are such.',
    )
    const unseen = text(told({ system: 'You know the seas. '.repeat(200) }), 0)
    expect(unseen).toContain('Nothing is known of your pauses yet; assumed is that 15% of all pauses are such.')
    const known = { type: 'habitLearned', habit: { pauses: 200, long: 2 } } as const
    const often = text(fold(told({}, ...turns(3, 40_000)), [known]), 2 * MINUTE)
    expect(often).toMatch(
      /yours is ~[\d.]+%.*Measured by 3 pauses here, the one that runs included, and a little by 200/,
    )
    expect(often).not.toContain('assum')
  })

  test('where nothing is marked, says so and why', () => {
    expect(text(told({ features: 'plain' }), 0)).toContain('is sent no cache marks')
    expect(text(told({ cacheTtl: 'off' }), 0)).toContain('--cache-ttl')
    expect(text(told({ model: 'llama-9' }), 0)).toContain('is unknown')
  })
})
