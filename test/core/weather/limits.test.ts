import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { statusBar } from '../../../src/core/chat/status.ts'
import { newConversation, type State, update } from '../../../src/core/conversation.ts'
import type { Limit, Limits } from '../../../src/core/turn.ts'
import { alertsOf, gauges, parallel, type Told, tightest } from '../../../src/core/weather/limits.ts'
import { limitsLine, limitsReport, sayAlert } from '../../../src/core/weather/limits-report.ts'
import { CHOICES } from '../../kit/choices.ts'

const limit = (remaining: number, of = 100, refillsAt?: number): Limit => ({
  ...{ limit: of, remaining, reset: '2026-11-21T12:00:12Z' },
  ...(refillsAt === undefined ? {} : { refillsAt }),
})

/** A conversation whose server has told these limits. */
function told(limits: Limits, model = 'claude-sonnet-5-5'): State {
  const asked = update(newConversation({ ...CHOICES, model }), { type: 'asked', at: 0, text: 'q' }).state
  return update(asked, { type: 'heard', at: 1, requestId: 'r', limits }).state
}
const bar = (state: State, now = 0) =>
  statusBar(state, '', now, 200)
    .map(({ text }) => text)
    .join('')

describe('gauges', () => {
  test('tell what is used of each, and are full again once the server said so', () => {
    const limits = { requests: limit(40, 100, 10_000), outputTokens: limit(1_000, 8_000) }
    expect(gauges(limits, 4_000)).toEqual([
      { name: 'requests', counts: 'requests', limit: 100, remaining: 40, used: 0.6, fullInMs: 6_000 },
      { name: 'outputTokens', counts: 'output tokens', limit: 8_000, remaining: 1_000, used: 0.875, fullInMs: null },
    ])
    expect(gauges(limits, 10_000)[0]).toMatchObject({ used: 0, fullInMs: 0 })
    expect(tightest(limits, 0)?.name).toBe('outputTokens')
  })

  test('leave out a total that only repeats the tighter of two, and limits that make no sense', () => {
    const all = { inputTokens: limit(50), tokens: limit(50), requests: limit(0, 0) }
    expect(gauges(all, 0).map(({ name }) => name)).toEqual(['inputTokens'])
    expect(gauges({ tokens: limit(50) }, 0).map(({ name }) => name)).toEqual(['tokens'])
  })

  test('stand in the status bar above half of a limit, of the model that is chosen, and go once it is full', () => {
    expect(bar(told({ requests: limit(50) }))).not.toContain('limit')
    const used = told({ requests: limit(37, 100, 9_000) })
    expect(bar(used)).toContain('limit 63% of requests')
    expect(bar(used, 9_000)).not.toContain('limit')
    expect(bar({ ...used, choices: { ...used.choices, model: 'claude-opus-5' } })).not.toContain('limit')
    const short = told({ requests: limit(19) })
    expect(statusBar(short, '', 0, 200)).toContainEqual({ text: '81%', tone: 'warn' })
  })

  test('an answer that tells none, such as one of the history, leaves those there are', () => {
    const before = told({ requests: limit(37) })
    expect(update(before, { type: 'heard', at: 2, requestId: 'r', limits: {} }).state.limits).toBe(before.limits)
  })
})

describe('a limit that runs out', () => {
  test('is told of once, and anew after it has come down', () => {
    const said: string[] = []
    let known: Told = new Set()
    for (const remaining of [30, 20, 10, 40, 15, 60, 5]) {
      const { told: after, fresh } = alertsOf({ requests: limit(remaining) }, 0, known)
      known = after
      said.push(...fresh.map(() => `${100 - remaining}%`))
    }
    expect(said).toEqual(['80%', '95%'])
  })

  test('is told of together with others that run out with it, the tightest first', () => {
    const { fresh } = alertsOf({ requests: limit(20), inputTokens: limit(10, 100, 30_000) }, 0, new Set())
    expect(sayAlert(fresh, 'Sonnet')).toBe(
      '90% of the input tokens a minute of Sonnet are used: 10 of 100 are left, and all of them again in 30.0s. Also 80% of the requests. /limits shows all.',
    )
  })

  test('is a line for a script from four fifths on', () => {
    expect(limitsLine({ requests: limit(21) }, 0)).toBeNull()
    expect(limitsLine({ requests: limit(880, 5_000, 12_000) }, 0)).toBe(
      'rate limit: 82% of the requests used · 880 of 5,000 left · full again in 12.0s',
    )
  })
})

describe('/limits', () => {
  test('draws every gauge with its time, and none for whoever cannot see it', () => {
    const state = told({ requests: limit(1_850, 5_000, 12_000), inputTokens: limit(2_000_000, 2_000_000) })
    const list = [
      ['requests', '━━━━━━━━━━━━━─────── 63% used · 1,850 of 5,000 left · full again in 12.0s'],
      ['input tokens', '──────────────────── 0% used · 2M of 2M left · full'],
    ]
    expect(limitsReport(state, 0, true)).toContainEqual({ list })
    expect(JSON.stringify(limitsReport(state, 0, false))).not.toContain('━')
  })

  test('says so when nothing was told', () => {
    expect(limitsReport(newConversation(CHOICES), 0, true)).toMatch(/with its first answer/)
  })
})

describe('how many requests fit beside each other', () => {
  const need = { inputTokens: 1_000, outputTokens: 500 }

  test('is what the tightest limit leaves', () => {
    const limits = { requests: limit(50), inputTokens: limit(3_900, 10_000), outputTokens: limit(9_000, 10_000) }
    expect(parallel(limits, need, 0, 10)).toMatchObject({ requests: 3, by: { name: 'inputTokens' } })
    expect(parallel(limits, need, 0, 2)).toEqual({ requests: 2, by: null })
    expect(parallel(limits, need, 0, 10, 0.2).requests).toBe(1)
    expect(parallel({}, need, 0, 4)).toEqual({ requests: 4, by: null })
  })

  test('is one for a request larger than the whole limit, once that is full', () => {
    const large = { inputTokens: 20_000, outputTokens: 1 }
    expect(parallel({ inputTokens: limit(10_000, 10_000) }, large, 0, 5).requests).toBe(1)
    expect(parallel({ inputTokens: limit(9_999, 10_000, 50) }, large, 0, 5).requests).toBe(0)
    expect(parallel({ inputTokens: limit(9_999, 10_000, 50) }, large, 50, 5).requests).toBe(1)
  })

  test('LAW: what fits never takes more than is left, and more is left never makes fewer fit', () => {
    const amount = fc.integer({ min: 0, max: 100_000 })
    fc.assert(
      fc.property(amount, amount, amount, amount, fc.integer({ min: 0, max: 50 }), (of, left, more, each, most) => {
        const at = (remaining: number): Limits => ({ inputTokens: limit(Math.min(of, remaining), of) })
        const wanted = { inputTokens: each, outputTokens: 0 }
        const { requests } = parallel(at(left), wanted, 0, most)
        expect(requests).toBeGreaterThanOrEqual(0)
        expect(requests).toBeLessThanOrEqual(most)
        if (of > 0 && each <= of) expect(requests * each).toBeLessThanOrEqual(Math.min(of, left))
        expect(parallel(at(left + more), wanted, 0, most).requests).toBeGreaterThanOrEqual(requests)
      }),
    )
  })
})
