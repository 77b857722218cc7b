import fc from 'fast-check'
import { expect, test } from 'vitest'
import { failure } from '../../src/core/failures.ts'
import { CHAT_PATIENCE, nextDelay, type Patience, SCRIPT_PATIENCE } from '../../src/core/resilience.ts'

const overloaded = failure('overload', 'Overloaded')
const input = { failure: overloaded, attempt: 1, elapsedMs: 0, textShown: false, patience: CHAT_PATIENCE, chance: 0 }

test('the wait doubles from one second, less up to a quarter by chance', () => {
  expect([1, 2, 3, 4].map((attempt) => nextDelay({ ...input, attempt }))).toEqual([1_000, 2_000, 4_000, 8_000])
  expect(nextDelay({ ...input, chance: 1 })).toBe(750)
})

test('retry-after is obeyed to the full, and ends it when it asks for more than our patience', () => {
  expect(nextDelay({ ...input, failure: { ...overloaded, retryAfterMs: 42_000 } })).toBe(42_000)
  expect(nextDelay({ ...input, failure: { ...overloaded, retryAfterMs: 3_600_000 } })).toBeNull()
  expect(
    nextDelay({ ...input, patience: SCRIPT_PATIENCE, failure: { ...overloaded, retryAfterMs: 61_000 } }),
  ).toBeNull()
})

test('nothing is sent again once text was shown, nor what time cannot cure', () => {
  expect(nextDelay({ ...input, textShown: true })).toBeNull()
  for (const kind of ['key', 'spend', 'invalid', 'too-long', 'missing', 'refused', 'alien'] as const) {
    expect(nextDelay({ ...input, failure: failure(kind, 'x') })).toBeNull()
  }
})

test('LAW: retrying ends, within the attempts and the deadline, whatever the server asks for', () => {
  const patience: fc.Arbitrary<Patience> = fc.constantFrom(CHAT_PATIENCE, SCRIPT_PATIENCE)
  fc.assert(
    fc.property(
      patience,
      fc.array(fc.option(fc.integer({ min: 1, max: 1e7 }))),
      fc.float({ min: 0, max: 1, noNaN: true }),
      (patience, waits, chance) => {
        let elapsedMs = 0
        for (let attempt = 1; ; attempt++) {
          const retryAfterMs = waits[attempt - 1] ?? null
          const delay = nextDelay({
            ...input,
            failure: { ...overloaded, retryAfterMs },
            attempt,
            elapsedMs,
            patience,
            chance,
          })
          if (delay === null) break
          elapsedMs += delay
          expect(attempt).toBeLessThan(patience.attempts)
          expect(elapsedMs).toBeLessThanOrEqual(patience.deadlineMs)
        }
      },
    ),
  )
})
