import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inOrder, percentile } from '../../../src/core/lab/stats/percentile.ts'

const values = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1 })
const share = fc.double({ min: 0, max: 100, noNaN: true })

describe('a percentile', () => {
  test('is what R and NumPy say', () => {
    expect([0, 25, 50, 90, 100].map((p) => percentile([1, 2, 3, 4], p))).toEqual([1, 1.75, 2.5, 3.7, 4])
    expect(percentile([7], 95)).toBe(7)
  })

  test('of nothing is unknown', () => {
    expect(percentile([], 50)).toBeNull()
  })

  test('is asked for from 0 to 100', () => {
    expect(() => percentile([1], 101)).toThrow('from 0 to 100; 101 came')
  })

  test('lies between the ends, and a higher one is never lower', () => {
    fc.assert(
      fc.property(values, share, share, (all, a, b) => {
        const sorted = inOrder(all)
        const [low, high] = [percentile(sorted, Math.min(a, b))!, percentile(sorted, Math.max(a, b))!]
        const slack = 1e-6
        expect(low).toBeLessThanOrEqual(high + slack)
        expect(low).toBeGreaterThanOrEqual(sorted[0]! - slack)
        expect(high).toBeLessThanOrEqual(sorted.at(-1)! + slack)
      }),
    )
  })
})
