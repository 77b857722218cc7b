import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { promptAfter } from '../../../src/core/cache/entries.ts'
import { MAX_BREAKPOINTS, planCache } from '../../../src/core/cache.ts'
import type { Choices } from '../../../src/core/conversation/choices.ts'
import { type Event, fold, newConversation, type State } from '../../../src/core/conversation.ts'
import { planRequest } from '../../../src/core/request/plan.ts'
import type { CacheMarks, CacheTtl } from '../../../src/core/request.ts'
import { PHOTO } from '../../kit/attachments.ts'
import { CHOICES } from '../../kit/choices.ts'
import { conversation } from '../../kit/conversations.ts'
import { MINUTE, SONNET, turn, turns } from '../../kit/told-turns.ts'

const LONG = 's'.repeat(3_000)
const told = (more: Partial<Choices>, ...events: Event[]): State =>
  fold(newConversation({ ...CHOICES, ...more }), events)
const plan = (state: State, now: number, question = 'and then?') =>
  planCache(state, promptAfter(state, state.turns, question), now)
/** Every breakpoint of a request, in the order of the prompt. */
const places = ({ system, anchors = [], end }: CacheMarks): readonly CacheTtl[] =>
  [system, ...anchors.map(({ ttl }) => ttl), end].filter((ttl) => ttl !== null)

describe('where the breakpoints go', () => {
  test('a chat marks its system prompt and its end', () => {
    expect(plan(told({ system: LONG }), 0).marks).toEqual({ system: '5m', end: '5m' })
    expect(plan(told({ system: 'Be brief.' }), 0, LONG).marks).toEqual({ system: null, end: '5m' })
  })

  test('a prompt below the minimum of the model is not marked, a server without a cache never', () => {
    expect(plan(told({ system: 'x'.repeat(400) }), 0, 'hi').marks).toEqual({ system: null, end: null })
    expect(plan(told({ system: LONG, model: 'claude-haiku-4-5' }), 0).marks.end).toBeNull()
    expect(plan(told({ system: LONG, features: 'plain' }), 0).marks.end).toBeNull()
    expect(plan(told({ system: LONG, cacheTtl: 'off' }), 0).marks.end).toBeNull()
    expect(plan(told({ model: 'llama-9', system: LONG }), 0).marks.end).toBeNull()
  })

  test('the latest entry that lives an hour is marked until there is another, so that it is kept', () => {
    const hour = [...turns(3, 40_000, '1h'), ...turn(120_000, { cacheRead: 1_800, cacheWrite5m: 600 })]
    const { marks, hour: kept } = plan(told({}, ...hour), 160_000)
    expect(kept).toMatchObject({ turn: 3, tokens: 1_800, usedAt: 120_000 })
    // Its question is message 4, counted from 0.
    expect(marks).toEqual({ system: null, anchors: [{ message: 4, ttl: '1h' }], end: '5m' })
  })

  test('an entry too far behind the end to be found from there gets an anchor', () => {
    const others = Array.from({ length: 12 }, (_, i) => turn(10_000 * (i + 2), {}, { model: 'claude-opus-5-5' })).flat()
    const back = told({}, ...turn(0, { cacheWrite5m: 900 }), ...others)
    expect(plan(back, 140_000).marks).toEqual({ system: null, anchors: [{ message: 0, ttl: '5m' }], end: '5m' })
    // One that is near is found anyway.
    expect(plan(told({}, ...turn(0, { cacheWrite5m: 900 })), 1_000).marks.anchors).toBeUndefined()
  })

  test('what is gone is not marked: the mark would write it again, and for longer', () => {
    const others = Array.from({ length: 12 }, (_, i) => turn(10_000 * (i + 2), {}, { model: 'claude-opus-5-5' })).flat()
    const back = told({}, ...turn(0, { cacheWrite5m: 900 }), ...others)
    expect(plan(back, 6 * MINUTE).marks.anchors).toBeUndefined()
  })

  test('after a summary only the system prompt is left; taken back, the old entries match again', () => {
    const summary: Event = {
      ...{ type: 'summarised', at: 1, upTo: 2, of: null, kind: 'summary', text: 'They talked.'.repeat(300), facts: [] },
    }
    const compact = told({ system: LONG }, ...turns(4, 40_000), summary)
    expect(plan(compact, 150_000)).toMatchObject({ held: null, marks: { system: '5m', end: '5m' } })
    const back = fold(compact, [{ type: 'unsummarised', id: 1, isUndone: true }])
    expect(plan(back, 150_000).held).toMatchObject({ turn: 4, messages: 7 })
  })

  test('on another branch the longest beginning that both have is held', () => {
    const state = told({}, ...turns(4, 40_000), { type: 'moved', to: 2 })
    expect(plan(state, 150_000).held).toMatchObject({ turn: 2, tokens: 1_200 })
    // The same question again is the same prompt.
    expect(plan(state, 150_000, 'question at 80000').held).toMatchObject({ turn: 3, tokens: 1_800 })
  })

  test('another model, effort or system prompt holds nothing', () => {
    for (const choices of [{ model: 'deep' }, { effort: 'low' }, { system: LONG }] as const) {
      const state = told({}, ...turns(3, 40_000), { type: 'chosen', choices })
      expect(plan(state, 100_000).held).toBeNull()
    }
  })

  test('what was attached is marked as far as there is room, and a mark for five minutes never stands before an hour', () => {
    const state = told({ system: LONG, cacheTtl: '1h' }, ...turns(3, 40_000))
    const attached = { ...state, turns: state.turns.with(1, { ...state.turns[1]!, attachments: [PHOTO] }) }
    const { marks } = planCache(attached, promptAfter(attached, attached.turns, 'q'), 100_000)
    expect(marks).toEqual({ system: '1h', anchors: [{ message: 2, ttl: '1h' }], end: '1h' })
  })
})

describe('how long it is to live', () => {
  const ttl = (state: State, now: number) => plan(state, now, LONG).marks.end

  test('a quick conversation stays with five minutes, one with long pauses goes over to an hour after the first', () => {
    for (const count of [1, 5, 20]) expect(ttl(told({}, ...turns(count, 40_000)), count * 40_000)).toBe('5m')
    expect(ttl(told({}, ...turns(1, 1)), 7 * MINUTE)).toBe('1h')
  })

  test('after some time one turn for an hour secures what has gathered; the turn after it need not', () => {
    const sat = [...turns(2, 40_000), ...turns(6, 40_000, '5m', 12 * MINUTE)]
    expect(ttl(told({}, ...sat), 12 * MINUTE + 6 * 40_000)).toBe('1h')
    const secured = [...sat, ...turn(16 * MINUTE, { cacheRead: 3_600, cacheWrite1h: 600 })]
    const next = plan(told({}, ...secured), 16 * MINUTE + 40_000)
    expect(next.weighed).toMatchObject({ best: '5m', atStake: next.weighed!.fresh })
  })

  test('the habit of a person decides the first turn of a new conversation', () => {
    const fresh = told({})
    expect(ttl(fresh, 0)).toBe('5m')
    expect(ttl(fold(fresh, [{ type: 'habitLearned', habit: { pauses: 40, long: 30 } }]), 0)).toBe('1h')
  })

  test('an hour that did not keep what was written for five minutes before it is not believed in again', () => {
    const before = [...turns(3, 40_000), ...turn(2 * MINUTE, { cacheRead: 1_800, cacheWrite1h: 600 })]
    const kept = [...before, ...turn(14 * MINUTE, { cacheRead: 2_400, cacheWrite5m: 600 })]
    const lost = [...before, ...turn(14 * MINUTE, { cacheWrite5m: 3_000 })]
    const goingOn = (events: Event[]) => [
      ...events,
      ...Array.from({ length: 4 }, (_, i) =>
        turn((15 + i) * MINUTE, { cacheRead: 3_000 + 600 * i, cacheWrite5m: 600 }),
      ).flat(),
    ]
    expect(plan(told({}, ...goingOn(kept)), 19 * MINUTE).weighed!.atStake).toBeGreaterThan(2_000)
    expect(plan(told({}, ...goingOn(lost)), 19 * MINUTE).weighed).toMatchObject({ best: '5m', atStake: 0 })
  })

  test('a choice is a choice', () => {
    expect(ttl(told({ cacheTtl: '1h' }, ...turns(5, 40_000)), 200_000)).toBe('1h')
    expect(ttl(told({ cacheTtl: '5m' }, ...turns(5, 7 * MINUTE)), 35 * MINUTE)).toBe('5m')
  })
})

describe('LAW', () => {
  const anyChat = fc.record({
    pauses: fc.array(fc.constantFrom(20_000, 40_000, 6 * MINUTE, 12 * MINUTE, 70 * MINUTE), { maxLength: 30 }),
    hours: fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
    models: fc.array(fc.constantFrom(SONNET, SONNET, 'claude-opus-5-5'), { minLength: 30, maxLength: 30 }),
    system: fc.constantFrom(null, 'short', LONG),
    cacheTtl: fc.constantFrom('auto', 'auto', '5m', '1h'),
    attached: fc.option(fc.nat(40), { nil: null }),
    to: fc.option(fc.integer({ min: 1, max: 30 }), { nil: null }),
  })

  test('a plan has at most four breakpoints, an hour first, each at a message of the prompt, none at the end twice', () => {
    fc.assert(
      fc.property(anyChat, ({ pauses, hours, models, system, cacheTtl, attached, to }) => {
        let at = 0
        let read = 0
        const events = pauses.flatMap((pause, i) => {
          at += pause
          const usage = { cacheRead: read, [hours[i] ? 'cacheWrite1h' : 'cacheWrite5m']: 700 }
          read += 700
          return turn(at, usage, { model: models[i]! })
        })
        const state = told({ system, cacheTtl }, ...events, ...(to === null ? [] : [{ type: 'moved', to } as const]))
        const prompt = promptAfter(state, state.turns, 'next')
        const messages = prompt.messages.map((one, i) => (i === attached ? { ...one, attachments: [PHOTO] } : one))
        const { marks } = planCache(state, { ...prompt, messages }, at + 30_000)
        const all = places(marks)
        expect(all.length).toBeLessThanOrEqual(MAX_BREAKPOINTS)
        expect([...all].sort()).toEqual([...all])
        const anchors = (marks.anchors ?? []).map(({ message }) => message)
        expect(anchors).toEqual([...new Set(anchors)].sort((a, b) => a - b))
        for (const message of anchors) expect(message).toBeLessThan(prompt.messages.length - 1)
      }),
    )
  })

  test('any conversation can be planned for, at any time, and the same one gets the same plan', () => {
    fc.assert(
      fc.property(conversation, (events) => {
        const state = fold(newConversation({ ...CHOICES, system: LONG }), events)
        const { cache } = planRequest(state, 'q')
        expect(places(cache).length).toBeLessThanOrEqual(MAX_BREAKPOINTS)
        expect(planRequest(state, 'q')).toEqual(planRequest(state, 'q'))
      }),
    )
  })
})
