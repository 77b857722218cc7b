import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Event, fold } from '../../../src/core/conversation.ts'
import { NO_TIMES, totalMs } from '../../../src/core/figures/metrics.ts'
import { finely, phasesOf, sumOf } from '../../../src/core/figures/phases.ts'
import { resultOf } from '../../../src/core/scripting/result.ts'
import { timingFields } from '../../../src/core/scripting/timing-fields.ts'
import { failure } from '../../../src/core/weather/failures.ts'
import { conversation } from '../../kit/conversations.ts'
import { fresh } from '../../kit/lived.ts'

const END = { type: 'finished', at: 12_000, stopReason: 'end_turn', explanation: null } as const

/** Asked at 0, handed over after two tries, a new connection, a thought with a stall in it, an answer with another. */
const turn = {
  times: {
    ...NO_TIMES,
    ...{ asked: 0, firstSent: 5, sent: 1_005, heard: 1_300, began: 1_320, firstThinking: 1_400, thinkingEnded: 6_000 },
    ...{ firstText: 6_100, lastOutput: 11_900, ended: 12_000, stalls: 2, stalledMs: 7_500, stalledEarlyMs: 3_500 },
  },
  wire: { handedMs: 2, connectMs: 20, tlsMs: 40, uploadMs: 8 },
  end: END,
}

describe('the phases of a turn', () => {
  test('follow one after the other, stalls apart from what they interrupt', () => {
    expect(phasesOf(turn)).toEqual({
      ...{ own: 7, tries: 1_000, connect: 20, tls: 40, upload: 8, headers: 225, start: 20, wait: 80 },
      ...{ thinking: 1_200, decode: 1_800, stalls: 7_500, end: 100 },
    })
  })

  test('LAW: add up to the time from the question to the end, however the turn went', () => {
    fc.assert(
      fc.property(conversation, (events) => {
        const { turns, branches } = fold(fresh(), events)
        for (const one of [...turns, ...branches]) {
          const phases = phasesOf(one)
          expect(sumOf(phases)).toBeCloseTo(totalMs(one.times)?.value ?? 0, 6)
          for (const ms of Object.values(phases)) expect(ms).toBeGreaterThan(0)
        }
      }),
    )
  })

  test('LAW: still add up once they are rounded, and none is off by more than a microsecond', () => {
    const ms = fc.double({ min: 0, max: 100_000, noNaN: true })
    fc.assert(
      fc.property(ms, ms, ms, ms, (own, headers, wait, decode) => {
        const phases = { own, headers, wait, decode }
        const fine = finely(phases, 3)
        expect(Math.abs(sumOf(fine) - Number(sumOf(phases).toFixed(3)))).toBeLessThan(1e-6)
        for (const [name, value] of Object.entries(fine))
          expect(Math.abs(value - phases[name as 'own'])).toBeLessThan(0.0011)
      }),
    )
  })

  test('of a request that was never heard are told by how it failed', () => {
    const failed = (kind: 'offline' | 'stalled') =>
      phasesOf({
        times: { ...NO_TIMES, asked: 0, firstSent: 1, sent: 1, ended: 500 },
        end: { type: 'failed', at: 500, failure: { kind } as never },
      })
    expect(failed('offline')).toEqual({ own: 1, connect: 499 })
    expect(failed('stalled')).toEqual({ own: 1, headers: 499 })
  })

  test('count no time in which they were not going on: waits for a model, between attempts and at the end are tries', () => {
    const told = (kind: 'resting' | 'overload', requestId: string | null = null) =>
      failure(kind, 'No.', { requestId, ...(kind === 'overload' ? { status: 529 } : {}) })
    const [asked, model] = [{ type: 'asked', at: 0, text: 'q' }, 'claude-sonnet-5-5'] as const
    const waits = (at: number, why: ReturnType<typeof told>, delayMs = 30_000) =>
      ({ type: 'waiting', at, attempt: 0, of: 4, delayMs, failure: why }) as const
    const play = (...events: Event[]) => fold(fresh(), [asked, ...events]).turns[0]!
    // A model that rests from the beginning, waited for and then asked.
    const answered = play(
      waits(3, told('resting')),
      ...[{ type: 'sent', at: 30_003, attempt: 1, model } as const, { ...END, at: 31_003 }],
    )
    expect(phasesOf(answered)).toEqual({ own: 3, tries: 30_000, headers: 1_000 })
    // One that rests to the end was sent nothing.
    const never = play(waits(3, told('resting')), { type: 'failed', at: 90_003, failure: told('resting') })
    expect(phasesOf(never)).toEqual({ own: 3, tries: 90_000 })
    // Stopped in the countdown: all it was is one attempt, and the wait behind it; it was refused and costs nothing.
    const sent = { type: 'sent', at: 3, attempt: 1, model } as const
    const stopped = play(sent, waits(13, told('overload', 'req_7')), { type: 'stopped', at: 2_003 })
    expect(phasesOf(stopped)).toEqual({ own: 3, tries: 2_000 })
    expect(resultOf(stopped, 130)).toMatchObject({ costUsd: { value: 0 }, requestId: 'req_7', attempts: 1 })
    const rested = play(sent, waits(13, told('overload', 'req_7')), {
      type: 'failed',
      at: 99,
      failure: told('resting'),
    })
    expect(resultOf(rested, 4)).toMatchObject({ costUsd: { value: 0 }, requestId: 'req_7' })
    // Stopped once another model was chosen: nothing of it was sent.
    const fell = play(
      sent,
      {
        type: 'fellBack',
        at: 9,
        from: model,
        to: 'claude-haiku-5-5',
        by: 'chain',
        failure: told('overload'),
        notes: [],
      },
      { type: 'stopped', at: 20 },
    )
    expect({ wasted: fell.wasted, ...resultOf(fell, 130) }).toMatchObject({ wasted: [], costUsd: { value: 0 } })
    // What stands behind a gateway may have worked on it for a minute.
    const stalled = play(sent, waits(13, failure('stalled', 'Silence.')), { type: 'stopped', at: 99 })
    expect(resultOf(stalled, 130).costUsd).toBeNull()
  })

  test('of a wire whose clock went on behind the headers end with them', () => {
    expect(phasesOf({ ...turn, wire: { handedMs: 2, connectMs: 20, tlsMs: 40, uploadMs: 4_000 } })).toMatchObject({
      ...{ upload: 233, start: 20 },
    })
  })
})

test('fields for scripts are named with their units, and what never happened is null', () => {
  const [last] = fold(fresh(), [
    { type: 'asked', at: 0, text: 'q' },
    { type: 'sent', at: 2, attempt: 1, model: 'claude-sonnet-5-5' },
    { type: 'heard', at: 50, requestId: 'r', limits: {} },
    {
      ...{ type: 'began', at: 51, model: 'claude-sonnet-5-5', messageId: 'm', cacheMiss: null },
      usage: { input: 10, cacheRead: 90, cacheWrite5m: 0, cacheWrite1h: 0, output: 1, thinking: null },
    },
    { type: 'delta', at: 102, text: 'a' },
    { type: 'delta', at: 1_102, text: 'b' },
    {
      ...{ type: 'usage', at: 1_103 },
      usage: { input: 10, cacheRead: 90, cacheWrite5m: 0, cacheWrite1h: 0, output: 50, thinking: 0 },
    },
    { ...END, at: 1_104 },
  ]).turns
  expect(timingFields(last!)).toMatchObject({
    ...{ first_byte_ms: 48, first_thinking_ms: null, ttft_ms: 100, ttlt_ms: 1_102, total_ms: 1_104 },
    ...{ otps: 50, visible_otps: 50, phase_own_ms: 2, phase_headers_ms: 48, phase_tls_ms: 0, prompt_tokens: 100 },
    ...{ parse_ms: null, request_id: 'r', stop_reason: 'end_turn', attempts: 1 },
  })
})
