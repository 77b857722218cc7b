/** By how much one row of values lies above another, with an interval. */

import { CONFIDENCE, type Within } from './interval.ts'
import { deviationsOf } from './normal.ts'
import { inOrder } from './percentile.ts'

/** Values of a row that are looked at: of more, so many that lie evenly in their order. */
const MOST = 1_000

function thinned(values: readonly number[]): readonly number[] {
  if (values.length <= MOST) return values
  const sorted = inOrder(values)
  return Array.from({ length: MOST }, (_, i) => sorted[Math.round((i * (sorted.length - 1)) / (MOST - 1))]!)
}

/**
 * The middle of paired differences and its interval (Hodges and Lehmann 1963; the interval turns the signed-rank test
 * around): the median of the averages of any two of them. null: there are none.
 */
export function pairedShift(differences: readonly number[], confidence = CONFIDENCE): Within | null {
  const some = thinned(differences)
  const averages = new Float64Array((some.length * (some.length + 1)) / 2)
  let at = 0
  for (const [i, one] of some.entries()) for (let j = i; j < some.length; j++) averages[at++] = (one + some[j]!) / 2
  const n = differences.length
  const share = averages.length / ((n * (n + 1)) / 2)
  const margin = deviationsOf((1 + confidence) / 2) * Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24) * share
  return middle(averages.sort(), margin)
}

/** The same of two rows that were not measured side by side, `b` above `a`. */
export function shift(a: readonly number[], b: readonly number[], confidence = CONFIDENCE): Within | null {
  const [some, others] = [thinned(a), thinned(b)]
  const differences = Float64Array.from(some.flatMap((one) => others.map((other) => other - one)))
  const [n, m] = [a.length, b.length]
  const share = differences.length / (n * m)
  const margin = deviationsOf((1 + confidence) / 2) * Math.sqrt((n * m * (n + m + 1)) / 12) * share
  return middle(differences.sort(), margin)
}

/** The median of values in order, and those so far from the middle of the order; null beyond its ends. */
function middle(sorted: Float64Array, margin: number): Within | null {
  if (sorted.length === 0) return null
  const half = (sorted.length - 1) / 2
  const at = Math.floor(half - margin)
  return {
    value: (sorted[Math.floor(half)]! + sorted[Math.ceil(half)]!) / 2,
    low: at < 0 ? null : sorted[at]!,
    high: at < 0 ? null : sorted[sorted.length - 1 - at]!,
  }
}
