import { describe, expect, test } from 'vitest'
import { cacheOutlook, outlookSteps, sayOutlook } from '../../../src/core/cache/outlook.ts'
import { retryAhead } from '../../../src/core/conversation/branching.ts'
import type { Choices } from '../../../src/core/conversation/choices.ts'
import { type Event, fold, newConversation, type State } from '../../../src/core/conversation.ts'
import { NO_USAGE, type Usage } from '../../../src/core/turn.ts'
import { CHOICES } from '../../kit/choices.ts'

const MINUTE = 60_000
const SONNET = 'claude-sonnet-5-5'

/** A turn that is sent at `at` and answered in 1,000 characters, its prompt cached for an hour as far as `usage` says. */
const turn = (at: number, usage: Partial<Usage>, model = SONNET): Event[] => {
  const all = { ...NO_USAGE, output: 500, thinking: 100, ...usage }
  return [
    { type: 'asked', at, text: 'q'.repeat(250) },
    { type: 'sent', at, attempt: 1, model },
    { type: 'began', at: at + 100, model, messageId: `m${at}`, usage: all, cacheMiss: null },
    { type: 'delta', at: at + 200, text: 'a'.repeat(1_000) },
    { type: 'usage', at: at + 300, usage: all },
    { type: 'finished', at: at + 400, stopReason: 'end_turn', explanation: null },
  ]
}
const live = (more: Partial<Choices>, ...events: Event[][]): State =>
  fold(newConversation({ ...CHOICES, ...more }), events.flat())
/** Three turns, a minute apart; each reads what the one before has written. */
const three = (more: Partial<Choices> = {}) =>
  live(
    more,
    turn(0, { cacheWrite1h: 5_000 }),
    turn(MINUTE, { cacheRead: 5_000, cacheWrite1h: 600 }),
    turn(2 * MINUTE, { cacheRead: 5_600, cacheWrite1h: 600 }),
  )

describe('what the cache can do for a question', () => {
  test('that follows the last turn: all up to the last question is there, its answer and the new question are not', () => {
    const outlook = cacheOutlook(three(), 3, 'x'.repeat(25), 4 * MINUTE)
    expect(outlook.held).toEqual({
      ...{ turn: 3, tokens: { value: 6_200, from: 'server' }, ttl: '1h' },
      ...{ agoMs: 2 * MINUTE, agoMostMs: 2 * MINUTE, isOver: false },
    })
    // 400 visible tokens of the answer by the server's count, and 10 by the question's length.
    expect(outlook.anew).toEqual({ value: 410, from: 'estimate' })
    // Sonnet 5.5 at $0.10 read and $2.50 written for five minutes, per million: the hour's entry is kept by its mark.
    expect(outlook.cost?.value).toBeCloseTo((6_200 * 0.1 + 410 * 2.5) / 1e6, 12)
    expect(outlook.costAnew?.value).toBeCloseTo((6_610 * 2.5) / 1e6, 12)
  })

  test('that is edited: what stood before it is there, renewed by whoever read it last', () => {
    const { held, anew } = cacheOutlook(three(), 1, 'x', 3 * MINUTE)
    expect(held).toMatchObject({ turn: 1, tokens: { value: 5_000 }, agoMs: 2 * MINUTE })
    expect(anew.value).toBe(401)
  })

  test('that comes when the entry has outlived its time: it is said, not promised', () => {
    const outlook = cacheOutlook(three(), 3, 'x', 64 * MINUTE)
    expect(outlook.held?.isOver).toBe(true)
    expect(sayOutlook(outlook)).toBe(
      'Cache: most likely gone (6.2k tokens up to question 3, used 1h ago, kept 1h) · ~6.6k read anew · ~$0.02',
    )
  })

  test('on a machine that has slept, says between which times it was used', () => {
    const outlook = cacheOutlook(three(), 3, 'x', 4 * MINUTE, 5 * 60 * MINUTE)
    expect(outlook.held).toMatchObject({ agoMs: 2 * MINUTE, agoMostMs: 302 * MINUTE, isOver: false })
    expect(sayOutlook(outlook)).toContain('used 2m to 5h ago, kept 1h')
    expect(sayOutlook(outlook)).toContain('if gone')
  })

  test('for another model begins where that one has been last, and nowhere if it has not', () => {
    const opus = cacheOutlook(three({ model: 'deep' }), 3, 'x', 3 * MINUTE)
    expect(opus.held).toBeNull()
    expect(sayOutlook(opus)).toMatch(/^Cache: nothing to read from it · ~6\.6k tokens read anew · ~\$0\.0/)
    const mixed = live({}, turn(0, { cacheWrite5m: 5_000 }), turn(MINUTE, { cacheWrite5m: 5_600 }, 'claude-haiku-5-5'))
    const back = cacheOutlook(mixed, 2, 'x', 2 * MINUTE)
    expect(back.held).toMatchObject({ turn: 1, ttl: '5m', isOver: false })
    expect(back.anew.value).toBe(5_600 + 400 + 1 - 5_000)
  })

  test('that begins anew: at most the system prompt, where that is long enough', () => {
    const long = cacheOutlook(three({ system: 's'.repeat(5_000) }), null, 'x', 3 * MINUTE)
    // By the server's last count, less what three turns take by their length.
    expect(long).toMatchObject({ held: null, systemMayBe: true, whole: { value: 6_600 - 3 * 500 } })
    expect(sayOutlook(long)).toMatch(/^Cache: at most the system prompt · ~5.1k tokens read anew/)
    expect(cacheOutlook(three({ system: 'short' }), null, 'x', 3 * MINUTE).systemMayBe).toBe(false)
  })

  test('without cache marks, or where nothing was cached: nothing is held', () => {
    expect(cacheOutlook(three({ features: 'plain' }), 3, 'x', 3 * MINUTE).held).toBeNull()
    const short = live({}, turn(0, { input: 90 }))
    expect(cacheOutlook(short, 1, 'x', MINUTE)).toMatchObject({ held: null, whole: { value: 491 } })
  })

  test('a turn that the model declined is no part of what is sent, nor of what is held', () => {
    const declined = turn(3 * MINUTE, { cacheRead: 6_200, cacheWrite1h: 500 })
    declined[5] = { type: 'finished', at: 1, stopReason: 'refusal', explanation: null }
    const state = fold(three(), declined)
    expect(cacheOutlook(state, 4, 'x', 4 * MINUTE).held).toMatchObject({ turn: 3, agoMs: MINUTE })
  })

  test('of a model whose price is unknown has no price', () => {
    const llama = live({ model: 'llama-9' }, turn(0, { cacheWrite5m: 5_000 }, 'llama-9'))
    const outlook = cacheOutlook(llama, 1, 'x', MINUTE)
    expect(outlook).toMatchObject({ cost: null, costAnew: null })
    expect(sayOutlook(outlook)).toBe('Cache: 5k tokens up to question 1, used 1m ago, kept 5m · ~401 read anew')
  })

  test('is told in fewer words where there is one row for it, the price always', () => {
    const steps = outlookSteps(cacheOutlook(three(), 3, 'x'.repeat(25), 4 * MINUTE)) as readonly string[]
    expect(steps[0]).toMatch(/^Cache: 6\.2k tokens up to question 3/)
    expect(steps.slice(1)).toEqual([
      expect.stringMatching(/^~410 tokens read anew · ~\$0\.00\d+, or ~\$0\.0\d+ if the cache is gone$/),
      expect.stringMatching(/^~410 read anew · ~\$/),
      expect.stringMatching(/^~\$0\.00\d+$/),
    ])
  })

  test('that is asked again behind other messages, as one was left out meanwhile, begins at what is the same', () => {
    const asking = (at: number, text: string, usage: Partial<Usage>) =>
      turn(at, usage).map((event) => (event.type === 'asked' ? { ...event, text } : event))
    const asked = live(
      {},
      asking(0, 'one', { cacheWrite1h: 5_000 }),
      asking(MINUTE, 'two', { cacheRead: 5_000, cacheWrite1h: 600 }),
      asking(2 * MINUTE, 'three', { cacheRead: 5_600, cacheWrite1h: 600 }),
    )
    const state = fold(asked, [{ type: 'marked', turn: 1, as: 'dropped' }])
    expect(cacheOutlook(asked, 2, 'three', 4 * MINUTE).held).toMatchObject({ turn: 3 })
    expect(cacheOutlook(state, 2, 'three', 4 * MINUTE).held).toBeNull()
    // And taken in again it is all there once more.
    const back = fold(state, [{ type: 'marked', turn: 1, as: null }])
    expect(cacheOutlook(back, 2, 'three', 4 * MINUTE).held).toMatchObject({ turn: 3 })
  })

  test('is said of a question that is to be asked again, of the model that is to answer it', () => {
    const [same, other] = ['', 'deep'].map((argument) => retryAhead(three(), argument, 4 * MINUTE)!)
    expect(same![0]).toMatch(/^Cache: 6\.2k tokens up to question 3/)
    expect(other![0]).toMatch(/^Cache: nothing to read from it/)
    expect(retryAhead(three(), 'nobody', 4 * MINUTE)).toBeNull()
    expect(retryAhead(newConversation(CHOICES), '', 4 * MINUTE)).toBeNull()
  })
})
