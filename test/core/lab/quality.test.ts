import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { alertsOf, conditionIn, passedBy, unmeasured } from '../../../src/core/lab/quality/limits.ts'
import {
  type Answered,
  drift,
  isSure,
  lengthAt,
  qualityOf,
  rateChange,
  sampled,
} from '../../../src/core/lab/quality.ts'

const answer = (more: Partial<Answered> = {}): Answered => ({
  ...{ wallMs: 0, model: 'm', length: 100, stopReason: 'end_turn', formatOk: null, isBatch: false, ...more },
})
const many = (n: number, more: Partial<Answered>) => Array.from({ length: n }, () => answer(more))
const inOrder = (values: readonly number[]) => [...values].sort((a, b) => a - b)

/** Numbers that look random and are the same each time. */
function* dice(seed: number): Generator<number, never> {
  for (let state = seed * 2654435761; ; ) {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) | 0
    yield ((state ^ (state >>> 13)) >>> 0) / 2 ** 32
  }
}
const lengths = (seed: number, n: number, factor = 1) => {
  const chance = dice(seed)
  return inOrder(Array.from({ length: n }, () => factor * 100 * (0.5 + chance.next().value + chance.next().value)))
}

describe('the quality of answers', () => {
  test('counts what does not fit among those held to a schema, and what was declined or cut among all', () => {
    const all = [...many(6, {}), ...many(3, { formatOk: true }), ...many(1, { formatOk: false })]
    const odd = [
      ...many(2, { stopReason: 'refusal', length: 3 }),
      ...many(1, { stopReason: 'max_tokens', length: 9_000 }),
    ]
    const quality = qualityOf([...all, ...odd])
    expect(quality).toMatchObject({
      ...{ answers: 13, invalid: { of: 4, count: 1 }, refused: { of: 13, count: 2 }, truncated: { of: 13, count: 1 } },
    })
    // What was cut or declined says nothing of how long answers are.
    expect(lengthAt(quality, 100)).toBe(100)
  })

  test('fails where a condition says so, in a sentence; nothing is said of nothing', () => {
    const quality = qualityOf([...many(9, { formatOk: true }), ...many(1, { formatOk: false })])
    const fails = (text: string, baseline: Parameters<typeof passedBy>[2] = null) => {
      const condition = conditionIn(text)
      return typeof condition === 'string' ? condition : passedBy(quality, [condition], baseline).join()
    }
    expect(fails('invalid > 5%')).toBe('10% of 10 answers did not fit their schema (invalid > 5%).')
    expect(fails('invalid>10%')).toBe('')
    expect(fails('length.p95 > 99')).toBe('Answers have 100 tokens at p95 (length.p95 > 99).')
    expect(fails('length.p50 > 1.2x', { lengths: [80] })).toContain('Answers have 100 tokens at p50')
    expect(fails('length.p50 > 1.2x', { lengths: [90] })).toBe('')
    expect(fails('drift', { lengths: [90] })).toContain('could not be compared')
    expect(fails('length.p50 > 1.2x', { lengths: [] })).toContain('could not be compared')
    expect(fails('invalid > 5')).toMatch(/^--fail-if takes 'invalid > 5%'/)
    expect(passedBy(qualityOf([]), [{ what: 'invalid', above: 0, said: '' }], null)).toEqual([])
    const nothing = (text: string) =>
      unmeasured(qualityOf([answer({ stopReason: 'max_tokens' })]), [conditionIn(text) as never])
    expect(nothing('invalid > 5%')).toEqual([
      'Nothing was measured: there is no answer held to a schema (invalid > 5%).',
    ])
    expect(nothing('length.p95 > 5')).toEqual(['Nothing was measured: there is no whole answer (length.p95 > 5).'])
    expect(nothing('refused > 5%')).toEqual([])
    const settings = { alertInvalidAbove: 0.05, alertRefusedAbove: null, alertTruncatedAbove: null }
    expect(alertsOf(quality, settings)).toEqual([])
    expect(alertsOf(qualityOf(many(20, { formatOk: false })), settings)).toHaveLength(1)
  })
})

describe('whether lengths have changed', () => {
  test('is not said of the same distribution at least 95 times of 100, and of one a third longer at least 90 times', () => {
    let [alarms, found] = [0, 0]
    for (let seed = 1; seed <= 100; seed++) {
      if (isSure(drift(lengths(seed, 80), lengths(seed + 1_000, 120)))) alarms++
      if (isSure(drift(lengths(seed, 80), lengths(seed + 1_000, 120, 1.33)))) found++
    }
    expect(alarms).toBeLessThanOrEqual(5)
    expect(found).toBeGreaterThanOrEqual(90)
  })

  test('is the same from either side, never said of a thing and itself, nor of too few', () => {
    const sample = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 20, maxLength: 60 }).map(inOrder)
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        expect(drift(a, b)!.by).toBeCloseTo(drift(b, a)!.by, 12)
        expect(drift(a, a)).toEqual({ by: 0, chance: 1 })
        const { chance } = drift(a, b)!
        expect(chance >= 0 && chance <= 1).toBe(true)
      }),
    )
    expect(drift(lengths(1, 19), lengths(2, 500))).toBeNull()
  })

  test('is as clear from a sample that was kept as from all of it', () => {
    const all = lengths(7, 50_000)
    const kept = sampled(all)
    expect(kept).toHaveLength(2_000)
    expect(drift(all, kept)!.by).toBeLessThan(0.002)
  })

  test('of a share is told by a test of two proportions', () => {
    expect(isSure(rateChange({ of: 200, count: 30 }, { of: 200, count: 8 }))).toBe(true)
    expect(isSure(rateChange({ of: 200, count: 10 }, { of: 200, count: 8 }))).toBe(false)
    expect(rateChange({ of: 200, count: 0 }, { of: 200, count: 0 })).toEqual({ by: 0, chance: 1 })
    // 1.96 standard deviations are one chance in twenty.
    expect(rateChange({ of: 10_000, count: 5_139 }, { of: 10_000, count: 5_000 })!.chance).toBeCloseTo(0.0494, 3)
  })
})
