/**
 * How far a figure can be trusted: an interval that holds the true value in so many cases of a hundred, without an
 * assumption about how times are spread.
 */

import { inOrder, percentile } from './percentile.ts'

/** How often an interval is to hold the true value. */
export const CONFIDENCE = 0.95

/** A figure with the ends of its interval; null: so few values leave that end open. */
export interface Within {
  readonly value: number
  readonly low: number | null
  readonly high: number | null
}

/**
 * A percentile with its interval by order statistics (David and Nagaraja, Order Statistics, 7.1): how many values lie
 * below the true one is binomial, whatever the values are.
 * @param sorted in rising order
 * @param p from 0 to 100
 * @returns null where there are no values
 */
export function percentileWithin(sorted: readonly number[], p: number, confidence = CONFIDENCE): Within | null {
  const value = percentile(sorted, p)
  if (value === null) return null
  const n = sorted.length
  const below = cumulative(n, p / 100)
  const tail = (1 - confidence) / 2
  // The true one lies below the r-th value with the chance that fewer than r values lie below it.
  let low = -1
  while (low + 1 < n && below[low + 1]! <= tail) low++
  const high = below.findIndex((chance) => chance >= 1 - tail)
  return { value, low: low < 0 ? null : sorted[low]!, high: high >= n || high < 0 ? null : sorted[high]! }
}

/** The chance of at most k hits of n, for k from 0 to n. */
function cumulative(n: number, p: number): readonly number[] {
  const [hit, miss] = [Math.log(p), Math.log1p(-p)]
  let ways = 0
  let sum = 0
  return Array.from({ length: n + 1 }, (_, k) => {
    if (k > 0) ways += Math.log(n - k + 1) - Math.log(k)
    // Nothing times minus infinity is nothing here: a share of 0 or 1.
    sum += Math.exp(ways + (k === 0 ? 0 : k * hit) + (k === n ? 0 : (n - k) * miss))
    return Math.min(1, sum)
  })
}

/** Samples that the bootstrap draws. */
const DRAWS = 1_000

/**
 * A mean with its interval by the bootstrap (Efron 1979, percentile method): the values drawn anew again and again.
 * @param chance numbers in [0, 1)
 * @returns null where there are no values; open ends where there is only one
 */
export function meanWithin(values: readonly number[], chance: () => number, confidence = CONFIDENCE): Within | null {
  const n = values.length
  if (n === 0) return null
  const value = values.reduce((sum, one) => sum + one, 0) / n
  if (n === 1) return { value, low: null, high: null }
  const means = Array.from({ length: DRAWS }, () => {
    let sum = 0
    for (let i = 0; i < n; i++) sum += values[Math.floor(chance() * n)]!
    return sum / n
  })
  const sorted = inOrder(means)
  const tail = 50 * (1 - confidence)
  return { value, low: percentile(sorted, tail), high: percentile(sorted, 100 - tail) }
}
