import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { meanWithin, percentileWithin } from '../../../src/core/lab/stats/interval.ts'
import { inOrder } from '../../../src/core/lab/stats/percentile.ts'
import { holm, mannWhitney, signedRank } from '../../../src/core/lab/stats/rank.ts'
import { seeded, shuffled } from '../../../src/core/lab/stats/seeded.ts'
import { pairedShift, shift } from '../../../src/core/lab/stats/shift.ts'

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)
const chances = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 })

describe('the signed-rank test', () => {
  test('gives what can be counted on paper', () => {
    // Of 32 ways to hand out signs 2 are as far from even, or 4.
    expect(signedRank([1, 2, 3, 4, 5])).toBeCloseTo(0.0625, 10)
    expect(signedRank([-1, 2, 3, 4, 5])).toBeCloseTo(0.125, 10)
    expect(signedRank([1, -2, 3, -4, 5, -6, 7, 8])).toBeCloseTo(0.4609, 4)
  })

  test('says nothing of nothing, and nothing of differences that are none', () => {
    expect(signedRank([])).toBe(1)
    expect(signedRank([0, 0, 0])).toBe(1)
  })

  test('counted out and by the normal curve it says the same', () => {
    const differences = upTo(51).map((n) => (n % 3 === 0 ? -n : n))
    expect(Math.abs(signedRank(differences) - signedRank(differences.slice(0, 50)))).toBeLessThan(0.05)
  })

  test('law: which side is which makes no difference, nor does the unit', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 60 }), (all) => {
        const p = signedRank(all)
        expect(signedRank(all.map((one) => -one))).toBeCloseTo(p, 9)
        expect(signedRank(all.map((one) => one * 1000))).toBeCloseTo(p, 9)
        expect(p).toBeGreaterThanOrEqual(0)
        expect(p).toBeLessThanOrEqual(1)
      }),
    )
  })
})

test("Mann and Whitney's test gives what is worked out on paper, ties included", () => {
  // U = 12.5 of 50, variance 174.3; U = 3 of 12.5, variance 21.53; each half a step nearer to even.
  expect(
    mannWhitney(
      upTo(10),
      upTo(10).map((n) => n + 5),
    ),
  ).toBeCloseTo(0.0051, 3)
  expect(mannWhitney([1, 1, 2, 2, 3], [2, 3, 3, 4, 4])).toBeCloseTo(0.0524, 3)
  expect(mannWhitney([5, 5], [5, 5])).toBe(1)
  expect(mannWhitney([], [1])).toBe(1)
})

describe("Holm's correction", () => {
  test('of the paper: the smallest is multiplied most', () => {
    const adjusted = [0.04, 0.03, 0.12, 0.015]
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02].map((one) => expect.closeTo(one, 10)))
    expect(holm(adjusted)).toHaveLength(4)
  })

  test('law: never below what it was, never above all of them together, and in the same order', () => {
    fc.assert(
      fc.property(chances, (all) => {
        const adjusted = holm(all)
        for (const [i, p] of all.entries()) {
          expect(adjusted[i]!).toBeGreaterThanOrEqual(p)
          expect(adjusted[i]!).toBeLessThanOrEqual(Math.min(1, p * all.length) + Math.max(...adjusted))
          for (const [j, q] of all.entries()) if (p < q) expect(adjusted[i]!).toBeLessThanOrEqual(adjusted[j]!)
        }
      }),
    )
  })
})

describe('an interval', () => {
  test('of the median of twenty is from the sixth to the fifteenth, as the tables say', () => {
    expect(percentileWithin(upTo(20), 50)).toEqual({ value: 10.5, low: 6, high: 15 })
  })

  test('is open where there are too few values for its end', () => {
    expect(percentileWithin(upTo(20), 95)).toMatchObject({ high: null })
    expect(percentileWithin(upTo(3), 50)).toEqual({ value: 2, low: null, high: null })
    expect(percentileWithin([], 50)).toBeNull()
  })

  test('holds the true percentile about as often as it says', () => {
    const chance = seeded(7)
    let held = 0
    for (let i = 0; i < 400; i++) {
      const { low, high } = percentileWithin(inOrder(upTo(40).map(() => chance())), 90)!
      if ((low ?? 0) <= 0.9 && (high ?? 1) >= 0.9) held++
    }
    expect(held).toBeGreaterThanOrEqual(370)
  })

  test('of a mean holds it, and is the same again from the same seed', () => {
    const values = upTo(50)
    const once = meanWithin(values, seeded(1))!
    expect(once).toEqual(meanWithin(values, seeded(1)))
    expect(once.value).toBe(25.5)
    expect(once.low!).toBeLessThan(25.5)
    expect(once.high!).toBeGreaterThan(25.5)
    expect(meanWithin([4], seeded(1))).toEqual({ value: 4, low: null, high: null })
  })
})

test('a shift is found where it was put, also in rows too long to look at each pair', () => {
  const chance = seeded(3)
  const noise = upTo(3_000).map(() => chance() - 0.5)
  expect(pairedShift(noise.map((one) => one + 2))!.value).toBeCloseTo(2, 1)
  const { value, low, high } = shift(
    noise,
    noise.map((one) => one + 2),
  )!
  expect(value).toBeCloseTo(2, 1)
  expect(low! < value && value < high!).toBe(true)
  expect(pairedShift([])).toBeNull()
  expect(pairedShift([1, 2])).toEqual({ value: 1.5, low: null, high: null })
})

test('law: an order of chance loses nothing and is the same again from the same seed', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.nat(), (all, seed) => {
      const once = shuffled(all, seeded(seed))
      expect(once).toEqual(shuffled(all, seeded(seed)))
      expect(inOrder(once)).toEqual(inOrder(all))
    }),
  )
})
