import { describe, expect, test } from 'vitest'
import type { Choices } from '../../../src/core/conversation/choices.ts'
import { type Event, fold, newConversation } from '../../../src/core/conversation.ts'
import type { Past } from '../../../src/core/figures/pace.ts'
import { quoteOf } from '../../../src/core/money/quote.ts'
import { NO_USAGE, type Usage } from '../../../src/core/turn.ts'
import { CHOICES } from '../../kit/choices.ts'

const SONNET = 'claude-sonnet-5-5'
const MINUTE = 60_000
const turn = (at: number, usage: Partial<Usage>): Event[] => [
  { type: 'asked', at, text: 'q'.repeat(250) },
  { type: 'sent', at, attempt: 1, model: SONNET },
  {
    ...{ type: 'began', at: at + 1, model: SONNET, messageId: 'm', cacheMiss: null },
    usage: { ...NO_USAGE, ...usage },
  },
  { type: 'delta', at: at + 2, text: 'a'.repeat(1_000) },
  { type: 'usage', at: at + 3, usage: { ...NO_USAGE, ...usage, output: 400, thinking: 0 } },
  { type: 'finished', at: at + 4, stopReason: 'end_turn', explanation: null },
]
const held = (more: Partial<Choices> = {}) =>
  fold(newConversation({ ...CHOICES, ...more }), turn(0, { cacheWrite1h: 50_000 }))
const past = (output: number): Past => ({ ...NO_USAGE, model: SONNET, output, ttftMs: 700, ttltMs: 9_000 })
const unknown = { counted: null, past: [], now: MINUTE }

describe('a quote', () => {
  test('is warm while the entry lives, and cold after', () => {
    const warm = quoteOf(held(), 'x'.repeat(250), unknown)
    expect(warm.cached.value).toBe(50_000)
    expect(warm.input).toEqual({ value: 50_500, from: 'estimate' })
    expect(warm.usd?.least).toBeCloseTo((50_000 * 0.1 + 500 * 2.5) / 1e6, 12)
    const cold = quoteOf(held(), 'x'.repeat(250), { ...unknown, now: 61 * MINUTE })
    expect(cold.cached.value).toBe(0)
    expect(cold.usd?.least).toBeCloseTo((50_500 * 2.5) / 1e6, 12)
    // At most: nothing is left of the entry, and the answer fills its limit.
    expect(warm.usd?.most).toBeCloseTo((50_500 * 2.5 + warm.output.most * 10) / 1e6, 12)
  })

  test('rests on what the model has answered here, and says on how many', () => {
    const quote = quoteOf(held(), 'q', { ...unknown, past: [past(100), past(300), past(9_000)] })
    expect(quote.output.likely).toBe(300)
    expect(quote.past).toMatchObject({ answers: 3, ttftMs: { median: 700 }, finishMs: { median: 9_000 } })
    expect(quote.after.value).toBe(quote.input.value + 300)
    expect(quoteOf(held({ maxTokens: 50 }), 'q', { ...unknown, past: [past(300)] }).output).toEqual({
      likely: 50,
      most: 50,
    })
  })

  test('takes the server’s count for what it is', () => {
    expect(quoteOf(held(), 'q', { ...unknown, counted: 50_700 }).input).toEqual({ value: 50_700, from: 'server' })
  })

  test('of a prompt too short for the cache is plain input, and of an unknown price has none', () => {
    const short = quoteOf(newConversation(CHOICES), 'x'.repeat(250), unknown)
    expect(short.usd?.least).toBeCloseTo((100 * 2) / 1e6, 12)
    expect(quoteOf(newConversation({ ...CHOICES, model: 'claude-mythos-5-2' }), 'q', unknown).usd).toBeNull()
  })
})
