/** By how much one row of values lies above another, with an interval. */

import { CONFIDENCE, type Within } from './interval.ts'
import { deviationsOf } from './normal.ts'
import { inOrder, percentile } from './percentile.ts'

/** Averages or differences that are looked at; more are thinned out evenly, which the middle of them does not notice. */
const MOST = 200_000

/**
 * The middle of paired differences and its interval (Hodges and Lehmann 1963; the interval turns the signed-rank test
 * around): the median of the averages of any two of them. null: there are none.
 */
export function pairedShift(differences: readonly number[], confidence = CONFIDENCE): Within | null {
  const n = differences.length
  const averages: number[] = []
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) averages.push((differences[i]! + differences[j]!) / 2)
  const margin = deviationsOf((1 + confidence) / 2) * Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24)
  return middle(averages, (n * (n + 1)) / 4, margin)
}

/** The same of two rows that were not measured side by side, `b` above `a`. */
export function shift(a: readonly number[], b: readonly number[], confidence = CONFIDENCE): Within | null {
  const [n, m] = [a.length, b.length]
  const step = Math.max(1, Math.floor((n * m) / MOST))
  const differences: number[] = []
  for (let at = 0; at < n * m; at += step) differences.push(b[at % m]! - a[Math.floor(at / m)]!)
  const share = differences.length / (n * m)
  const margin = deviationsOf((1 + confidence) / 2) * Math.sqrt((n * m * (n + m + 1)) / 12) * share
  return middle(differences, differences.length / 2, margin)
}

/** The median, and the values so far from the middle of the order; null beyond its ends. */
function middle(values: readonly number[], half: number, margin: number): Within | null {
  const sorted = inOrder(values)
  const value = percentile(sorted, 50)
  if (value === null) return null
  const at = Math.floor(half - margin)
  return { value, low: at < 0 ? null : sorted[at]!, high: at < 0 ? null : sorted[sorted.length - 1 - at]! }
}
