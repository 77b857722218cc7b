import { expect, test } from 'vitest'
import { type Event, newConversation, update } from '../../../src/core/conversation.ts'
import { figuresLine } from '../../../src/core/figures/usage-line.ts'
import { modelCard } from '../../../src/core/models.ts'
import { resultOf } from '../../../src/core/scripting/result.ts'
import { timingFields } from '../../../src/core/scripting/timing-fields.ts'
import type { Failure } from '../../../src/core/turn.ts'
import { failure, serverFailure } from '../../../src/core/weather/failures.ts'
import { connectionFailure, strangerFailure } from '../../../src/core/weather/unreached.ts'
import { CHOICES } from '../../kit/choices.ts'
import { SONNET, turn } from '../../kit/told-turns.ts'

const after = (...events: readonly Event[]) =>
  events.reduce((state, event) => update(state, event).state, newConversation(CHOICES)).settled!
/** A turn that fails as told. @param events before that */
const ending = (trouble: Failure, events = turn(0.1234567, {}).slice(0, 2)) =>
  after(...events, { type: 'failed', at: 1_000, failure: trouble })

const NONE = { type: null, errorCode: null, message: null, requestId: null, retryAfterMs: null, shouldRetry: null }
const refused = (status: number) => serverFailure({ ...NONE, status })
const card = modelCard(SONNET, newConversation(CHOICES).models)

test.each([
  ...[400, 401, 402, 403, 404, 413, 429, 500, 529].map((status) => [`HTTP ${status}`, refused(status)] as const),
  ['nobody listens', connectionFailure('http://a', 'ECONNREFUSED', '')] as const,
  ['a login page', strangerFailure('http://a', { status: 200, location: null })] as const,
])('%s before any answer: nothing was billed, and it is said so', (_, trouble) => {
  const refusal = ending(trouble)
  expect(figuresLine(refusal, card)).toContain('cost $0, nothing billed')
  expect(resultOf(refusal, 1).costUsd).toEqual({ value: 0, from: 'measured' })
  expect(timingFields(refusal).cost_usd).toBe(0)
})

test.each([
  ['a gateway waited too long', refused(504)] as const,
  ['the connection broke', connectionFailure('http://a', 'ECONNRESET', '')] as const,
  ['silence', failure('stalled', 'Nothing came.')] as const,
])('%s: how far the server came nobody knows', (_, trouble) => {
  const lost = ending(trouble)
  expect(figuresLine(lost, card)).toContain('cost unknown')
  expect(resultOf(lost, 1).costUsd).toBeNull()
})

test('what was billed stays what it is, and so does what no price is known of', () => {
  const answer = after(...turn(0, { input: 1_000 }))
  expect(resultOf(answer, 0).costUsd).toEqual(answer.cost)
  const began = ending(refused(529), turn(0, { input: 1_000 }).slice(0, 4))
  expect(figuresLine(began, card)).toMatch(/cost ~\$0\.0\d+ · TTFT/)
  const unpriced = turn(0, { input: 1_000 }, { model: 'llama' })
  expect(figuresLine(after(...unpriced), modelCard('llama', []))).toContain('cost unknown')
})

test('times in JSON are told to the microsecond, moments to the millisecond', () => {
  const [asked, sent, ...rest] = turn(0.123456789, { input: 9 })
  const result = resultOf(after({ ...asked, at: 0.1 } as Event, sent!, ...rest), 0)
  expect(result).toMatchObject({ totalMs: { value: 400.023 }, phases: { own: 0.023 } })
  const failed = ending(refused(529))
  const recalled = { ...failed, recalled: { saidMs: 1_795_000_000_000.4, failure: refused(529), notes: [] } }
  expect(resultOf(recalled, 0).recalledFromMs).toBe(1_795_000_000_000)
})
