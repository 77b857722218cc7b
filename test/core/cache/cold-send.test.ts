import { describe, expect, test } from 'vitest'
import { coldSend, sayColdSend, standing } from '../../../src/core/cache/cold-send.ts'
import { habitIn, longPauseChance, pausesBetween } from '../../../src/core/cache/pauses.ts'
import { warmLimit, warmRequest } from '../../../src/core/cache/warming.ts'
import { type Event, fold, newConversation, type State } from '../../../src/core/conversation.ts'
import { toParams } from '../../../src/io/wire.ts'
import { CHOICES } from '../../kit/choices.ts'
import { MINUTE, turn, turns } from '../../kit/told-turns.ts'

const told = (...events: Event[]): State => fold(newConversation(CHOICES), events)
/** 50,000 tokens, written for five minutes at minute 0. */
const large = () => told(...turn(0, { cacheWrite5m: 50_000 }))
const tag = (state: State, now: number, draft = '') => {
  const known = standing(state, now)
  return known && sayColdSend(coldSend(known, draft, now), 'Ctrl+X')
}

describe('the price tag of a cold send', () => {
  test('appears in the last minute, counted from the start of the request, and stays when it is over', () => {
    expect(tag(large(), 3.9 * MINUTE)).toBeNull()
    expect(tag(large(), 4 * MINUTE + 18_000)).toBe(
      'cache cold in 0:42 · warm ~$0.0054, cold ~$0.20 · Ctrl+X keeps it warm',
    )
    expect(tag(large(), 9 * MINUTE)).toBe('cache cold · this send ~$0.20 instead of ~$0.0054')
  })

  test('gets shorter where the window is narrow, the key and the price last', () => {
    const known = standing(large(), 0)!
    const at = (now: number, columns: number) => sayColdSend(coldSend(known, '', now), 'Ctrl+X', columns)
    expect(at(4.3 * MINUTE, 57)).toBe('cold in 0:42 · ~$0.0054, then ~$0.20 · Ctrl+X: warm')
    expect(at(4.3 * MINUTE, 37)).toBe('cold in 0:42: ~$0.20 · Ctrl+X: warm')
    expect(at(9 * MINUTE, 37)).toBe('cache cold · ~$0.20, not ~$0.0054')
  })

  test('is not worth a cent for a small conversation', () => {
    expect(tag(told(...turns(3, 1_000)), 4.9 * MINUTE)).toBeNull()
  })

  test('counts what is being typed', () => {
    expect(tag(large(), 9 * MINUTE, 'x'.repeat(25_000))).toBe('cache cold · this send ~$0.24 instead of ~$0.05')
  })

  test('an hour is spoken of in its last five minutes; what it still holds when the end has gone is priced in', () => {
    const hour = told(...turn(0, { cacheWrite1h: 50_000 }))
    expect(tag(hour, 54 * MINUTE)).toBeNull()
    expect(tag(hour, 56 * MINUTE)).toContain('cache cold in 4:00')
    const both = fold(hour, turn(MINUTE, { cacheRead: 50_000, cacheWrite5m: 10_000 }))
    const known = standing(both, 2 * MINUTE)!
    // 10,000 of the 60,000 tokens would be written again, and for an hour: that pause would have been a long one.
    expect(coldSend(known, '', 2 * MINUTE)).toMatchObject({ leftMs: 4 * MINUTE, ttl: '5m' })
    expect(coldSend(known, '', 2 * MINUTE).coldUsd).toBeCloseTo((50_000 * 0.1 + 10_100 * 4) / 1e6, 9)
  })

  test('a call that kept it warm moves the end', () => {
    const warmed = fold(large(), [
      {
        ...{ type: 'billed', at: 4 * MINUTE, purpose: 'warm', model: 'claude-sonnet-5-5', requestId: null },
        usage: { input: 0, cacheRead: 50_000, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, thinking: null },
      },
    ])
    expect(tag(warmed, 5 * MINUTE)).toBeNull()
    expect(tag(warmed, 8.5 * MINUTE)).toContain('cache cold in 0:30')
  })

  test('nothing is held, nothing is said', () => {
    expect(standing(told(), 0)).toBeNull()
    expect(standing(fold(large(), [{ type: 'chosen', choices: { model: 'deep' } }]), 0)).toBeNull()
  })
})

describe('keeping warm', () => {
  test('asks for no token, of the same prompt up to the last held block, in the same manner', () => {
    const state = told(...turns(2, 40_000), ...turn(80_000, { cacheRead: 1_200, cacheWrite5m: 600 }))
    const { request, entry } = warmRequest(state, 2 * MINUTE)!
    expect(entry).toMatchObject({ turn: 3, tokens: 1_800 })
    expect(toParams(request)).toMatchObject({
      ...{ max_tokens: 0, stream: false, thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } },
    })
    expect(request.messages).toHaveLength(5)
    expect(request.cache).toEqual({ system: null, anchors: [{ message: 4, ttl: '5m' }], end: null })
    expect(warmRequest(state, 20 * MINUTE)).toBeNull()
  })

  test('marks an hour further back as well, before the five minutes', () => {
    const state = told(...turns(2, 40_000, '1h'), ...turn(80_000, { cacheRead: 1_200, cacheWrite5m: 600 }))
    expect(warmRequest(state, 2 * MINUTE)!.request.cache.anchors).toEqual([
      { message: 2, ttl: '1h' },
      { message: 4, ttl: '5m' },
    ])
  })

  test('has a limit in time or in money', () => {
    expect(warmLimit('off')).toBeNull()
    expect(warmLimit('45m')).toEqual({ ms: 45 * MINUTE, usd: null })
    expect(warmLimit('2h')).toEqual({ ms: 120 * MINUTE, usd: null })
    expect(warmLimit('$0.50')).toEqual({ ms: null, usd: 0.5 })
  })
})

describe('pauses', () => {
  test('go from start to start, over all branches', () => {
    expect(pausesBetween(told(...turns(3, 40_000)).turns, 100_000)).toEqual([40_000, 40_000, 20_000])
    expect(pausesBetween([], 5)).toEqual([])
  })

  test('a few here say more than many elsewhere; a stranger is taken to pause seldom', () => {
    const seldom = { pauses: 200, long: 2 }
    expect(longPauseChance([], null)).toBeCloseTo(0.15, 9)
    expect(longPauseChance([], seldom)).toBeLessThan(0.02)
    expect(longPauseChance([7 * MINUTE], seldom)).toBeGreaterThan(0.6)
    expect(longPauseChance([40_000, 40_000, 40_000], null)).toBeLessThan(0.03)
    // Too long for any entry is not what an hour is for.
    expect(longPauseChance([70 * MINUTE], null)).toBeLessThan(0.06)
  })

  test('of other conversations are read from the ledger, each by itself', () => {
    const answer = (conversation: number, endedMs: number) => ({ conversation, endedMs, tookMs: 5_000 })
    const ledger = [answer(2, 50 * MINUTE), answer(1, 40 * MINUTE), answer(2, 40 * MINUTE), answer(1, 39 * MINUTE)]
    expect(habitIn(ledger)).toEqual({ pauses: 2, long: 1 })
  })
})
