import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPacing } from '../../../src/core/batch/pacing.ts'
import type { Limits } from '../../../src/core/turn.ts'
import { createLimits } from '../../../src/demo/limits.ts'

const need = { inputTokens: 10, outputTokens: 20 }

/** The limits of the demo server as its headers tell them. */
function heard(headers: Record<string, string>): Limits {
  const read = (kind: string) => ({
    limit: Number(headers[`anthropic-ratelimit-${kind}-limit`]),
    remaining: Number(headers[`anthropic-ratelimit-${kind}-remaining`]),
    reset: null,
  })
  return { requests: read('requests'), inputTokens: read('input-tokens'), outputTokens: read('output-tokens') }
}

/** Runs requests against the server's own buckets for some time, each answered after a while. */
function run(perMinute: { requests: number; 'input-tokens': number }, lastsMs: number, latencyMs: number, size = need) {
  const server = createLimits(perMinute)
  const pacing = createPacing(10_000, 1)
  const answers: { at: number; tell: () => void }[] = []
  let [now, sent, limited, mostInASecond] = [0, 0, 0, 0]
  const starts: number[] = []
  while (now < lastsMs) {
    while (answers[0] && answers[0].at <= now) answers.shift()!.tell()
    // Before the first answer nothing is known, and one goes alone.
    const wait = sent === 1 && answers.length > 0 ? answers[0]!.at - now : pacing.delayMs(size, now)
    if (wait > 0) {
      // No timer is finer than a millisecond.
      now = Math.min(now + Math.max(1, wait), answers[0]?.at ?? Number.POSITIVE_INFINITY)
      continue
    }
    const ticket = pacing.start(size, now)
    sent++
    starts.push(now)
    const at = now
    if (server.take('sonnet', size.inputTokens, at)) {
      limited++
      answers.push({ at: at + latencyMs, tell: () => ticket.ended(null, at + latencyMs) })
      pacing.limited('rate', 1_000, at)
      continue
    }
    answers.push({
      at: at + latencyMs,
      tell() {
        ticket.heard(heard(server.headers('sonnet', at + latencyMs)), at + latencyMs)
        server.spend('sonnet', size.outputTokens, at + latencyMs)
        const usage = { input: size.inputTokens, cacheWrite5m: 0, cacheWrite1h: 0, output: size.outputTokens }
        ticket.ended(usage, at + latencyMs)
      },
    })
  }
  for (let from = 0, to = 0; to < starts.length; to++) {
    while (starts[to]! - starts[from]! > 1_000) from++
    mostInASecond = Math.max(mostInASecond, to - from + 1)
  }
  return { sent, limited, mostInASecond }
}

describe('pacing', () => {
  test('uses what the limits allow, is not told "too much", and never comes in bursts', () => {
    const limit = fc.integer({ min: 300, max: 2_000 })
    fc.assert(
      fc.property(limit, fc.integer({ min: 20, max: 2_000 }), (requests, latencyMs) => {
        const { sent, limited, mostInASecond } = run({ requests, 'input-tokens': 5_000_000 }, 120_000, latencyMs)
        // The bucket was full, and refilled for two minutes.
        expect(sent / (requests * 3)).toBeGreaterThan(0.95)
        expect(limited).toBe(0)
        expect(mostInASecond).toBeLessThan(Math.max(5, requests / 10))
      }),
      { numRuns: 10 },
    )
  })

  test('goes by tokens where those are scarcer', () => {
    const size = { inputTokens: 2_000, outputTokens: 20 }
    const { sent, limited } = run({ requests: 5_000, 'input-tokens': 400_000 }, 120_000, 300, size)
    expect(sent).toBeGreaterThan(600 * 0.95)
    expect(sent).toBeLessThanOrEqual(600)
    expect(limited).toBe(0)
  })

  test('sends what is larger than a whole limit once that is full', () => {
    const pacing = createPacing(8, 1)
    const limits = { inputTokens: { limit: 1_000, remaining: 1_000, reset: null } }
    pacing.start({ inputTokens: 0, outputTokens: 0 }, 0).heard(limits, 0)
    expect(pacing.delayMs({ inputTokens: 5_000, outputTokens: 1 }, 0)).toBeLessThan(1_000)
  })

  test('leaves to others what is not its share', () => {
    const pacing = createPacing(8, 0.5)
    pacing.start(need, 0).heard({ requests: { limit: 100, remaining: 52, reset: null } }, 0)
    expect(pacing.delayMs(need, 0)).toBe(0)
    pacing.start(need, 0)
    pacing.start(need, 0)
    expect(pacing.delayMs(need, 0)).toBeGreaterThan(500)
  })

  test('halves what runs at once when it is told "too much", and grows back with answers', () => {
    const pacing = createPacing(64, 1)
    for (let i = 0; i < 100; i++) pacing.answered(true)
    expect(pacing.parallel).toBe(64)
    pacing.limited('overload', null, 0)
    // Several requests that were under way say the same.
    pacing.limited('overload', null, 500)
    expect(pacing.parallel).toBe(32)
    for (let i = 0; i < 16; i++) pacing.answered(true)
    expect(pacing.parallel).toBe(48)
    for (let n = 1; n < 9; n++) pacing.limited('overload', null, n * 2_000)
    expect(pacing.parallel).toBe(1)
  })

  test('obeys a server that says when to come back', () => {
    const pacing = createPacing(8, 1)
    pacing.limited('rate', 4_000, 1_000)
    expect(pacing.delayMs(need, 2_000)).toBe(3_000)
    expect(pacing.delayMs(need, 5_000)).toBe(0)
  })
})
