/**
 * Tests by ranks: whether two rows of values differ by more than chance. They ask nothing of how the values are spread,
 * and a single odd value moves them little. Two-sided throughout.
 */

import { normalBeyond } from './normal.ts'

/** Pairs up to which the chance is counted out; above, it is the normal one, by then the same. */
const COUNTED = 50

/**
 * Wilcoxon's signed-rank test of paired differences: the chance of sums of ranks at least as far from even, were both
 * sides alike. Differences of nothing say nothing and are left out; equal ones share their ranks.
 */
export function signedRank(differences: readonly number[]): number {
  const ranked = ranksOf(differences.filter((one) => one !== 0).map((one) => ({ size: Math.abs(one), one })))
  if (ranked.length === 0) return 1
  let positive = 0
  for (const { rank, of } of ranked) if (of.one > 0) positive += rank
  const ranks = ranked.map(({ rank }) => rank)
  return ranks.length <= COUNTED ? counted(ranks, positive) : approximated(ranks, positive)
}

/** Each of the 2^n ways to hand out signs is as likely; ranks are halves at the finest, so their doubles are counted. */
function counted(ranks: readonly number[], positive: number): number {
  const doubles = ranks.map((rank) => Math.round(2 * rank))
  const total = doubles.reduce((sum, one) => sum + one, 0)
  const chances = new Float64Array(total + 1)
  chances[0] = 1
  let reach = 0
  for (const one of doubles) {
    reach += one
    for (let sum = reach; sum >= 0; sum--)
      chances[sum] = ((chances[sum] ?? 0) + (sum >= one ? chances[sum - one]! : 0)) / 2
  }
  const far = Math.abs(2 * Math.round(2 * positive) - total)
  let beyond = 0
  for (let sum = 0; sum <= total; sum++) if (Math.abs(2 * sum - total) >= far) beyond += chances[sum]!
  return Math.min(1, beyond)
}

function approximated(ranks: readonly number[], positive: number): number {
  const total = ranks.reduce((sum, one) => sum + one, 0)
  const variance = ranks.reduce((sum, one) => sum + one * one, 0) / 4
  const far = Math.max(0, Math.abs(positive - total / 2) - 0.5)
  return normalBeyond(far / Math.sqrt(variance))
}

/** Mann and Whitney's test of two rows that were not measured side by side, with the normal chance, ties included. */
export function mannWhitney(a: readonly number[], b: readonly number[]): number {
  const [n, m] = [a.length, b.length]
  if (n === 0 || m === 0) return 1
  const ranked = ranksOf([...a.map((size) => ({ size, isA: true })), ...b.map((size) => ({ size, isA: false }))])
  let sum = 0
  let squares = 0
  const middle = (n + m + 1) / 2
  for (const { rank, of } of ranked) {
    if (of.isA) sum += rank
    squares += (rank - middle) ** 2
  }
  if (squares === 0) return 1
  const variance = (squares * n * m) / ((n + m) * (n + m - 1))
  const far = Math.max(0, Math.abs(sum - n * middle) - 0.5)
  return normalBeyond(far / Math.sqrt(variance))
}

interface Ranked<T> {
  readonly rank: number
  readonly of: T
}

/** Ranks from 1, the smallest first; equal ones have the mean of theirs. */
function ranksOf<T extends { readonly size: number }>(all: readonly T[]): readonly Ranked<T>[] {
  const sorted = [...all].sort((x, y) => x.size - y.size)
  const ranked: Ranked<T>[] = []
  for (let from = 0; from < sorted.length; ) {
    let to = from
    while (to < sorted.length && sorted[to]!.size === sorted[from]!.size) to++
    for (let i = from; i < to; i++) ranked.push({ rank: (from + 1 + to) / 2, of: sorted[i]! })
    from = to
  }
  return ranked
}

/**
 * The probabilities of several tests, each raised to what holds for all of them together (Holm 1979): whatever is below
 * a limit then is wrong no more often than that, however many were asked.
 */
export function holm(chances: readonly number[]): readonly number[] {
  const order = chances.map((chance, i) => ({ chance, i })).sort((a, b) => a.chance - b.chance)
  const adjusted = chances.map(() => 1)
  let most = 0
  for (const [rank, { chance, i }] of order.entries()) {
    most = Math.max(most, Math.min(1, chance * (chances.length - rank)))
    adjusted[i] = most
  }
  return adjusted
}
