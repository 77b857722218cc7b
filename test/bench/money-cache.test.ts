/** The planner against the demo server's own cache and clock: what the bench reports is also a test. */

import { expect, test } from 'vitest'
import { isGood } from '../../bench/measure.ts'
import { cacheFigures, optimum } from '../../bench/money-cache.ts'

test('on each schedule of pauses the bill is that of the better fixed lifetime, or less, and near the optimum', async () => {
  const figures = await cacheFigures()
  expect(figures.filter((figure) => !isGood(figure))).toEqual([])
  expect(figures.length).toBeGreaterThanOrEqual(8)
}, 60_000)

test('the optimum knows when to take an hour: before a long pause, and only then', () => {
  const price = { input: 1, write5m: 1.25, write1h: 2, read: 0.1, output: 5 }
  const quick = optimum([1e6, 2e6], [1_000], price)
  expect(quick).toBeCloseTo(1.25 + 0.1 + 1.25, 9)
  expect(optimum([1e6, 2e6], [10 * 60_000], price)).toBeCloseTo(2 + 0.1 + 1.25, 9)
  expect(optimum([1e6, 2e6], [70 * 60_000], price)).toBeCloseTo(1.25 + 2 * 1.25, 9)
})
