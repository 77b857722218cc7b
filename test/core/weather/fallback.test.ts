import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Choices } from '../../../src/core/conversation/choices.ts'
import { type Event, fold, newConversation, type State, update } from '../../../src/core/conversation.ts'
import { endMark } from '../../../src/core/history/export/end-mark.ts'
import { eventOf } from '../../../src/core/history/import/event-shapes.ts'
import { CATALOGUE, resolveModel } from '../../../src/core/models.ts'
import { rowsOfTurn } from '../../../src/core/money/ledger.ts'
import { replanned } from '../../../src/core/request/plan.ts'
import { asksFor } from '../../../src/core/request/same.ts'
import { fitted } from '../../../src/core/text/steps.ts'
import { announced } from '../../../src/core/turn/outcome.ts'
import { NO_USAGE } from '../../../src/core/turn.ts'
import { countdown, otherModel } from '../../../src/core/weather/countdown.ts'
import { failure } from '../../../src/core/weather/failures.ts'
import { sayWaiting } from '../../../src/core/weather/network-wait.ts'
import { elsewhere, sayTooLarge } from '../../../src/core/weather/other-model.ts'
import { chainOf, fallbackOf, offered, untried } from '../../../src/core/weather/resilience.ts'
import { STRANGER } from '../../../src/core/weather/unreached.ts'
import { CHOICES } from '../../kit/choices.ts'
import { lived } from '../../kit/lived.ts'

const choices = (more: Partial<Choices>): Choices => ({ ...CHOICES, ...more })
const overloaded = failure('overload', 'Overloaded (HTTP 529)', { requestId: 'req_1' })
const play = (events: readonly Event[], more: Partial<Choices> = {}): State =>
  events.reduce((state, event) => update(state, event).state, newConversation(choices(more)))
const [OPUS, SONNET, HAIKU] = ['deep', 'balanced', 'fast'].map(resolveModel) as [string, string, string]

const asked: readonly Event[] = [
  { type: 'asked', at: 0, text: 'Why?' },
  { type: 'sent', at: 1, attempt: 1, model: OPUS },
]
const waiting: Event = { type: 'waiting', at: 2, attempt: 1, of: 5, delayMs: 7_000, failure: overloaded }
const fell: Event = {
  type: 'fellBack',
  at: 3,
  from: OPUS,
  to: SONNET,
  by: 'chain',
  failure: overloaded,
  notes: ['So.'],
}
const answered: readonly Event[] = [
  { type: 'sent', at: 4, attempt: 2, model: SONNET },
  { type: 'heard', at: 5, requestId: 'req_2', limits: {} },
  { type: 'began', at: 6, model: SONNET, messageId: 'm', usage: { ...NO_USAGE, input: 9 }, cacheMiss: null },
  { type: 'delta', at: 7, text: 'Because.' },
  { type: 'usage', at: 8, usage: { ...NO_USAGE, input: 9, output: 4 } },
  { type: 'finished', at: 9, stopReason: 'end_turn', explanation: null },
]
const recalled: readonly Event[] = [
  { type: 'recalled', at: 10, model: HAIKU, saidMs: Date.UTC(2026, 10, 20, 8, 5), failure: overloaded, notes: [] },
  { type: 'delta', at: 10, text: 'As ever.' },
  { type: 'finished', at: 10, stopReason: 'end_turn', explanation: null },
]

describe('the chain', () => {
  test('is what was named, or the usual one from the model on; ask and off are none', () => {
    expect(chainOf(choices({ fallback: fallbackOf('fast,deep') }))).toEqual(['fast', 'deep'])
    expect(chainOf(choices({ model: 'deep', fallback: 'on' }))).toEqual(['balanced', 'fast', 'deep'])
    expect(chainOf(choices({ model: SONNET, fallback: 'on' }))).toEqual(['fast', 'deep', 'balanced'])
    expect(fallbackOf('chat')).toBe('on')
    expect(fallbackOf('chat', 'script')).toBe('off')
    for (const fallback of ['ask', 'off', undefined] as const)
      expect(chainOf({ ...choices({}), ...(fallback && { fallback }) })).toEqual([])
    // A server of one's own knows none of these names.
    expect(offered(choices({ features: 'plain', fallback: 'on' }))).toEqual([])
    expect(offered(choices({ features: 'plain', fallback: ['qwen', 'llama'] }))).toEqual(['qwen', 'llama'])
  })

  test('LAW: going along it asks nobody twice, and ends', () => {
    const name = fc.constantFrom('deep', 'balanced', 'fast', 'max', OPUS, 'opus', 'claude-x', 'y')
    fc.assert(
      fc.property(name, fc.array(name, { maxLength: 10 }), (first, chain) => {
        const tried = [resolveModel(first)]
        for (let next = untried(chain, tried, CATALOGUE)[0]; next; next = untried(chain, tried, CATALOGUE)[0]) {
          expect(tried).not.toContain(next)
          tried.push(next)
          expect(tried.length).toBeLessThanOrEqual(chain.length + 1)
        }
      }),
    )
  })
})

describe('a turn that fell back', () => {
  const live = play([...asked, fell, ...answered], { model: 'deep' })

  test('is the other model’s, says so before the answer, and in the ledger', () => {
    const [turn] = live.turns
    expect(turn).toMatchObject({ model: SONNET, answer: 'Because.', attempt: 2 })
    expect(announced(turn!, CATALOGUE)).toEqual([
      'Sonnet 5.5 is asked in place of Opus 5.5: Overloaded (HTTP 529), request req_1. So.',
    ])
    expect(rowsOfTurn(turn!)).toMatchObject([{ model: SONNET, insteadOf: OPUS, attempts: 2 }])
    expect(endMark(turn!)).toContain('in place of Opus 5.5')
  })

  test('bills what the first one began, by its own prices', () => {
    const began: Event = { ...(answered[2] as Extract<Event, { type: 'began' }>), model: OPUS }
    const [turn] = play([...asked, began, fell, ...answered], { model: 'deep' }).turns
    expect(rowsOfTurn(turn!)).toMatchObject([
      { purpose: 'retry', model: OPUS, insteadOf: null },
      { purpose: 'turn', model: SONNET, insteadOf: OPUS },
    ])
  })

  test('LAW: what is saved of it folds to the same, and can be brought in again', () => {
    for (const events of [
      [...asked, waiting, fell, ...answered],
      [...asked, fell, ...recalled],
    ]) {
      const { state, saved } = lived(events, newConversation(choices({ model: 'deep' })))
      const brought = saved.map((event) => {
        const read = eventOf(JSON.parse(JSON.stringify(event)), 'line 1')
        if ('problem' in read) throw new Error(JSON.stringify(read.problem))
        return read.event
      })
      expect(fold(newConversation(choices({ model: 'deep' })), brought)).toEqual(state)
    }
  })
})

test('an earlier answer is dated, costs nothing, has no times of its own, and is part of what is sent next', () => {
  const state = play([...asked, ...recalled], { model: 'deep' })
  const [turn] = state.turns
  expect(turn).toMatchObject({ model: HAIKU, cost: { value: 0 }, usage: null, times: { sent: null } })
  expect(announced(turn!, CATALOGUE)[0]).toMatch(/^An earlier answer .* by Haiku 5\.5 on 2026-11-20 08:05 UTC/)
  expect(rowsOfTurn(turn!)).toMatchObject([{ purpose: 'recalled', costUsd: 0, output: 0 }])
  expect(state.spent.known.value).toBe(0)
  const next = play([...asked, ...recalled, { type: 'asked', at: 20, text: 'And?' }], { model: 'deep' })
  expect(replanned(next, next.live!, SONNET).messages).toHaveLength(3)
})

describe('the question for another model', () => {
  const state = play(asked, { model: 'deep', effort: 'max', maxTokens: 128_000 })

  test('is planned anew: its limits, and what it does not take is said', () => {
    const request = replanned(state, state.live!, 'fast')
    expect(request).toMatchObject({ model: HAIKU, messages: [{ role: 'user', text: 'Why?' }] })
    expect(request.maxTokens).toBeLessThanOrEqual(128_000)
    expect(elsewhere(state, state.live!, 'claude-haiku-4-5').notes.join(' ')).toMatch(/has no effort|takes the efforts/)
    expect(elsewhere(state, state.live!, 'claude-haiku-4-5').notes.join(' ')).toContain('It writes at most 64k tokens.')
  })

  test('is the very same request all the same; another system prompt, word or past makes it another', () => {
    const own = asksFor(replanned(state, state.live!, OPUS))
    expect(asksFor(replanned(state, state.live!, HAIKU))).toBe(own)
    const other = play(asked, { model: 'deep', system: 'Be brief.' })
    expect(asksFor(replanned(other, other.live!, OPUS))).not.toBe(own)
    const later = play([...asked, ...answered, { type: 'asked', at: 20, text: 'Why?' }], { model: 'deep' })
    expect(asksFor(replanned(later, later.live!, OPUS))).not.toBe(own)
  })

  test('does not fit where the window is too small, and says both numbers', () => {
    const long = play([{ type: 'asked', at: 0, text: 'word '.repeat(300_000) }], { model: 'deep' })
    const one = elsewhere(long, long.live!, 'claude-haiku-4-5')
    expect(one.fits).toBe('no')
    expect(sayTooLarge(long, one, false)).toMatch(
      /^Haiku 4\.5 is passed over: this takes ~[\d,]+ tokens, its window holds 200,000\.$/,
    )
    expect(elsewhere(long, long.live!, 'balanced').fits).not.toBe('no')
  })
})

describe('the countdown', () => {
  const state = play([...asked, waiting], { model: 'deep' })

  test('says attempt, seconds, reason, request and keys in full, and never more than there is room for', () => {
    const rows = (width: number) => countdown(state, state.live!, 1_500, width)!
    expect(rows(120)).toEqual([
      'Attempt 2 of 5 in 6s · Overloaded (HTTP 529) · req_1 · Ctrl+X now · Ctrl+S Sonnet 5.5 · esc stops',
    ])
    for (let width = 1; width < 120; width++)
      for (const row of rows(width)) expect(row.length).toBeLessThanOrEqual(width)
  })

  test('keeps the reason, the name of the request and the keys at 60 columns, in two rows', () => {
    const requestId = 'req_011CSHoEeqs5C35K2UUqR7Fy'
    const limited = { ...overloaded, kind: 'rate', reason: 'This request would exceed your rate limit.', requestId }
    const long = play([...asked, { ...waiting, failure: limited } as Event], { model: 'deep' })
    expect(countdown(long, long.live!, 1_500, 56)).toEqual([
      `rate limit: 2 of 5 in 6s · ${requestId}`,
      'Ctrl+X now · Ctrl+S Sonnet 5.5 · esc stops',
    ])
    expect(countdown(long, long.live!, 1_500, 38)).toEqual([
      'rate limit: 2 of 5 in 6s · esc stops',
      requestId,
      'Ctrl+X now · Ctrl+S Sonnet 5.5',
    ])
  })

  test.each([null, 30_000])('waiting for the network says seconds and Esc at every width (%s)', (leftMs) => {
    for (const trouble of [failure('offline', 'gone'), failure('alien', 'a page', { code: STRANGER })])
      for (const width of [36, 40, 50, 60, 80, 120]) {
        const row = fitted(sayWaiting(trouble, leftMs), width)
        expect(row.length).toBeLessThanOrEqual(width)
        expect(row).toMatch(/esc/i)
        expect(row).toMatch(leftMs === null ? /looking/ : /30s/)
      }
  })

  test('counts the attempts of the model that is asked, and names it once it is another one', () => {
    const later = play([...asked, fell, { ...waiting, at: 5, of: 4 }], { model: 'deep' })
    expect(countdown(later, later.live!, 1_500, 120)![0]).toMatch(/^Attempt 2 of 4 of Sonnet 5\.5 in \d+s/)
    const requestId = 'req_011CSHoEeqs5C35K2UUqR7Fy'
    const reason = 'This request would exceed your rate limit (HTTP 429)'
    const failed = { ...overloaded, reason, requestId }
    const long = play([...asked, fell, { ...waiting, at: 5, of: 4, failure: failed } as Event], { model: 'deep' })
    const [first] = countdown(long, long.live!, 5, 78)!
    expect(first).toBe(`Attempt 2 of 4 of Sonnet 5.5 in 7s · overloaded · ${requestId}`)
    expect(countdown(long, long.live!, 5, 44)!.join()).toMatch(/^overloaded: 2 of 4 of Sonnet 5\.5 in 7s/)
  })

  test('of a model that is left alone tells of the probe, and of no attempt before it', () => {
    const resting = failure('resting', 'Not sent: Opus 5.5 was overloaded 5 times in a row.', { transient: true })
    const held = play([...asked, { ...waiting, attempt: 5, of: 9, failure: resting } as Event], { model: 'deep' })
    const row = (now: number) => countdown(held, held.live!, now, 140)![0]
    expect(row(1_500)).toMatch(/^A probe in 6s, then attempt 6 of 9 · Not sent: Opus 5\.5 was .* · Ctrl\+X now · /)
    // While it is under way.
    expect(row(9_000)).toMatch(/^A probe now, then attempt 6 of 9 · /)
    expect(countdown(held, held.live!, 1_500, 56)![0]).toBe('left alone: probe in 6s, then 6 of 9')
    // The failure that made it rest tells of itself.
    const { model, retry } = state.live!
    const rested = { ...state, resting: { [model]: retry!.until } }
    expect(countdown(rested, state.live!, 1_500, 140)![0]).toMatch(/^A probe in 6s, then attempt 2 of 5 · Overloaded/)
  })

  test('offers no model that cannot hold the prompt', () => {
    const long = play([{ type: 'asked', at: 0, text: 'word '.repeat(300_000) }, waiting], {
      ...{ model: 'deep', fallback: ['claude-haiku-4-5', 'balanced'] },
    })
    expect(otherModel(long, long.live!)).toBe(SONNET)
    expect(countdown(long, long.live!, 1_500, 140)![0]).toContain('Ctrl+S Sonnet 5.5')
  })

  test('offers no model that was asked before', () => {
    const later = play([...asked, fell, { ...waiting, at: 5 }], { model: 'deep' })
    expect(otherModel(later, later.live!)).toBe(HAIKU)
    const named = play([...asked, waiting], { model: 'deep', fallback: ['deep'] })
    expect(otherModel(named, named.live!)).toBeNull()
  })
})
