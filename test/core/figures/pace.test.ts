import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expectedFrom, type Past, readingPace, savedMs, USUAL_PACE } from '../../../src/core/figures/pace.ts'
import { NO_USAGE } from '../../../src/core/turn.ts'

const past = (more: Partial<Past>): Past => ({ ...NO_USAGE, model: 'm', ttftMs: 500, ttltMs: 900, ...more })

describe('the time a token takes to be read', () => {
  test('is found whatever a few odd answers took, and tokens from the cache do not count', () => {
    const answers = fc.array(fc.record({ input: fc.nat({ max: 90_000 }), cacheRead: fc.nat({ max: 1e6 }) }), {
      minLength: 40,
      maxLength: 60,
    })
    const strange = fc.array(fc.nat({ max: 60_000 }), { minLength: 5, maxLength: 5 })
    fc.assert(
      fc.property(answers, strange, fc.double({ min: 0.02, max: 0.5, noNaN: true }), (all, odd, msPerToken) => {
        const even = all.map(({ input, cacheRead }, i) => {
          const anew = (input + i * 2_000) % 90_000
          return past({ input: anew, cacheRead, ttftMs: 400 + anew * msPerToken })
        })
        const found = readingPace([...even, ...odd.map((ttftMs, i) => past({ input: i * 9_000, ttftMs }))])
        expect(found.answers).toBe(all.length + 5)
        expect(found.msPerToken).toBeCloseTo(msPerToken, 1)
      }),
    )
  })

  test('is the usual one as long as answers are few, or all alike; and never below nothing', () => {
    expect(readingPace([past({}), past({ input: 50_000 })])).toBe(USUAL_PACE)
    expect(readingPace(Array.from({ length: 100 }, (_, i) => past({ input: i, ttftMs: i * 10 })))).toBe(USUAL_PACE)
    const backwards = Array.from({ length: 50 }, (_, i) => past({ input: i * 1_000, ttftMs: 9_000 - i }))
    expect(readingPace(backwards)).toEqual({ msPerToken: 0, answers: 50 })
  })

  test('saves what was read from the cache before a turn, not beside one', () => {
    const pace = () => ({ msPerToken: 0.1, answers: 30 })
    const calls = [
      { purpose: 'turn', model: 'm', cacheRead: 10_000 },
      { purpose: 'title', model: 'm', cacheRead: 5_000 },
    ] as const
    expect(savedMs(calls, pace)).toBeCloseTo(1_000, 9)
  })
})

test('what is expected is in the middle of what was, and says how many answers that is', () => {
  const answers = [100, 200, 300, 400, 10_000].map((ms) => past({ ttftMs: ms, ttltMs: 2 * ms, output: ms }))
  expect(expectedFrom([...answers, past({ ttftMs: null })])).toMatchObject({
    ttftMs: { median: 300 },
    finishMs: { median: 600 },
    outputTokens: { median: 300 },
    answers: 5,
  })
  expect(expectedFrom([])).toBeNull()
})
