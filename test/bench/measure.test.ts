import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  countFigure,
  fromPerformance,
  interleaved,
  isGood,
  median,
  monotonicMs,
  quantile,
  ratioFigure,
  report,
} from '../../bench/measure.ts'

test('the median is the middle one, or half-way between the two', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(quantile([10, 20], 0.95)).toBeCloseTo(19.5)
  expect(() => median([])).toThrow('at least one sample')
})

test('quantiles are ordered, stay between the extremes, and do not care about the order of the samples', () => {
  const samples = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 })
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(samples, share, share, (values, one, other) => {
      const [low, high] = [quantile(values, Math.min(one, other)), quantile(values, Math.max(one, other))]
      expect(low).toBeLessThanOrEqual(high + 1e-6)
      expect(low).toBeGreaterThanOrEqual(Math.min(...values) - 1e-6)
      expect(high).toBeLessThanOrEqual(Math.max(...values) + 1e-6)
      expect(quantile(values.toReversed(), one)).toBe(quantile(values, one))
    }),
  )
})

test('subjects take turns, and each keeps its own samples', async () => {
  const order: string[] = []
  const samples = await interleaved(2, ['ours', 'floor'], async (subject, round) => {
    order.push(`${subject} ${round}`)
    return `${subject} ${round}`
  })
  expect(order).toEqual(['ours 0', 'floor 0', 'ours 1', 'floor 1'])
  expect(samples).toEqual([
    ['ours 0', 'ours 1'],
    ['floor 0', 'floor 1'],
  ])
})

test('a figure above its target is SHORT in the report, one without a target is only told', () => {
  const start = ratioFigure('start', [30, 40, 50], [10, 10, 10], 3)
  expect(start.measured).toBe(4)
  expect(isGood(start)).toBe(false)
  const clears = countFigure('clears', 0, 0)
  const told = countFigure('told', 9, null)
  expect(isGood(clears) && isGood(told)).toBe(true)
  expect(report([start, clears, told]).split('\n')).toEqual([
    'figure  measured  target           median / p95',
    'start   4.00x     <= 3.00x  SHORT  ours 40.0 / 49.0 ms of 3, floor 10.0 / 10.0 ms of 3',
    'clears  0         <= 0      ok',
    'told    9         -',
  ])
})

test('a time of the performance clock lies on the machine-wide one', () => {
  const before = monotonicMs()
  const carried = fromPerformance(performance.now())
  const after = monotonicMs()
  // The two differ in their last digits, by far less than a millisecond.
  expect(carried).toBeGreaterThan(before - 1)
  expect(carried).toBeLessThan(after + 1)
})
