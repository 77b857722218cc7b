import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Failure } from '../../../src/core/turn.ts'
import { failure, givenUp, serverFailure } from '../../../src/core/weather/failures.ts'
import {
  afterFailure,
  CHAT_PATIENCE,
  hasty,
  isBroken,
  type Patience,
  patienceFor,
  SCRIPT_PATIENCE,
  waitsFor,
} from '../../../src/core/weather/resilience.ts'

const overloaded = failure('overload', 'Overloaded')
const input = { failure: overloaded, attempt: 1, elapsedMs: 0, textShown: false, patience: CHAT_PATIENCE, chance: 0 }
const delay = (more: Partial<Parameters<typeof afterFailure>[0]>) => {
  const decision = afterFailure({ ...input, ...more })
  return decision.type === 'again' ? decision.delayMs : decision.why
}

test('the wait doubles from one second to a minute, less up to a quarter by chance', () => {
  const patience = patienceFor(CHAT_PATIENCE, 3_600_000)
  const waits = [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => delay({ attempt, patience }))
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
  expect(delay({ chance: 1 })).toBe(750)
})

test('retry-after is obeyed to the full, and ends it when it asks for more than our patience', () => {
  expect(delay({ failure: { ...overloaded, retryAfterMs: 42_000 } })).toBe(42_000)
  expect(delay({ failure: { ...overloaded, retryAfterMs: 3_600_000 } })).toBe('asked')
  expect(delay({ patience: SCRIPT_PATIENCE, failure: { ...overloaded, retryAfterMs: 61_000 } })).toBe('asked')
  const patience = patienceFor(SCRIPT_PATIENCE, 120_000)
  expect(delay({ patience, failure: { ...overloaded, retryAfterMs: 61_000 } })).toBe(61_000)
})

test('nothing is sent again once text was shown, nor what time cannot cure', () => {
  expect(delay({ textShown: true })).toBe('shown')
  for (const kind of ['key', 'spend', 'invalid', 'too-long', 'missing', 'refused', 'alien', 'resting'] as const)
    expect(delay({ failure: failure(kind, 'x') })).toBe('lasting')
})

const answered = (more: Partial<Parameters<typeof serverFailure>[0]>): Failure =>
  serverFailure({
    ...{ status: 429, type: 'rate_limit_error', errorCode: null, message: 'No.', requestId: null },
    ...{ retryAfterMs: null, shouldRetry: null },
    ...more,
  })

test('a 429 is told apart by its code: a limit passes, a spend cap does not, whatever its headers say', () => {
  expect(answered({})).toMatchObject({ kind: 'rate', transient: true })
  expect(answered({ errorCode: 'ramp_limit_exceeded', retryAfterMs: 2_000 })).toMatchObject({ transient: true })
  for (const errorCode of ['enforced_spend_limit_reached', 'contract_spend_limit_reached'])
    for (const shouldRetry of [null, true])
      expect(answered({ errorCode, shouldRetry })).toMatchObject({ kind: 'spend', transient: false })
  expect(answered({ status: 400, message: 'You have reached your specified API usage limits.' })).toMatchObject({
    kind: 'spend',
    transient: false,
  })
})

test('x-should-retry goes before what a status usually means, both ways', () => {
  expect(answered({ shouldRetry: false }).transient).toBe(false)
  expect(answered({ status: 529, type: 'overloaded_error', shouldRetry: false }).transient).toBe(false)
  expect(answered({ status: 400, type: 'invalid_request_error', shouldRetry: true }).transient).toBe(true)
  expect(answered({ status: 400, type: 'invalid_request_error' }).transient).toBe(false)
})

test('how long somebody waits is a time with a unit, or seconds; 0 tries once, auto is as usual', () => {
  expect(['90s', '90', '1.5m', '2h', '250ms', '0', 'auto'].map(waitsFor)).toEqual([
    ...[90_000, 90_000, 90_000, 7_200_000, 250, 0],
    null,
  ])
  expect(patienceFor(SCRIPT_PATIENCE, null)).toBe(SCRIPT_PATIENCE)
  expect(patienceFor(SCRIPT_PATIENCE, 0).attempts).toBe(1)
})

test('an answer that a server gave up in the middle of can be gone on with; one that never began cannot', () => {
  expect(isBroken(overloaded, 'half')).toBe(true)
  expect(isBroken(overloaded, ' ')).toBe(false)
  expect(isBroken(failure('cut', 'x'), '')).toBe(true)
  expect(isBroken(failure('offline', 'x'), 'half')).toBe(false)
})

const patience: fc.Arbitrary<Patience> = fc.oneof(
  fc.constantFrom(CHAT_PATIENCE, SCRIPT_PATIENCE),
  fc
    .tuple(fc.constantFrom(CHAT_PATIENCE, SCRIPT_PATIENCE), fc.integer({ min: 0, max: 1e7 }))
    .map(([usual, ms]) => patienceFor(usual, ms)),
)

test('whoever gives an attempt up has another one, however late it is, and not without end', () => {
  const failure = givenUp('Sent, and nothing heard for 200 s.')
  const late = { failure, elapsedMs: 900_000, textShown: false, patience: CHAT_PATIENCE, chance: 0 }
  expect(afterFailure({ ...late, attempt: 1 })).toEqual({ type: 'again', delayMs: 0 })
  expect(afterFailure({ ...late, attempt: 5 })).toEqual({ type: 'enough', why: 'attempts' })
})

test('LAW: retrying ends, within the attempts and the deadline, whatever the server asks for', () => {
  fc.assert(
    fc.property(
      fc.tuple(patience, fc.boolean()).map(([one, isHasty]) => (isHasty ? hasty(one) : one)),
      fc.array(fc.option(fc.integer({ min: 1, max: 1e7 }))),
      fc.float({ min: 0, max: 1, noNaN: true }),
      (patience, waits, chance) => {
        let elapsedMs = 0
        for (let attempt = 1; ; attempt++) {
          const retryAfterMs = waits[attempt - 1] ?? null
          const failure = { ...overloaded, retryAfterMs }
          const decision = afterFailure({ ...input, failure, attempt, elapsedMs, patience, chance })
          if (decision.type === 'enough') break
          // What the server asks for is never cut short.
          if (retryAfterMs !== null) expect(decision.delayMs).toBe(retryAfterMs)
          else expect(decision.delayMs).toBeLessThanOrEqual(60_000)
          elapsedMs += decision.delayMs
          expect(attempt).toBeLessThan(patience.attempts)
          expect(elapsedMs).toBeLessThanOrEqual(patience.deadlineMs)
        }
      },
    ),
  )
})

test('LAW: who waits so long runs out of time, not of attempts', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3_600_000 }), fc.float({ min: 0, max: 1, noNaN: true }), (ms, chance) => {
      const patience = patienceFor(SCRIPT_PATIENCE, ms)
      let elapsedMs = 0
      for (let attempt = 1; ; attempt++) {
        const decision = afterFailure({ ...input, attempt, elapsedMs, patience, chance })
        if (decision.type === 'again') {
          elapsedMs += decision.delayMs
          continue
        }
        const shortestWait = 0.75 * Math.min(60_000, 1_000 * 2 ** (attempt - 1))
        expect(decision.why === 'deadline' || elapsedMs + shortestWait > ms).toBe(true)
        break
      }
    }),
  )
})
