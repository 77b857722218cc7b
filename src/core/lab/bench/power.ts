/**
 * How many pairs of runs it takes to find a change, by how much they scatter. The wish: a change of a tenth is found
 * in nineteen of twenty benches, while a bench of two things that are alike says so in forty-nine of fifty, whatever it
 * judges together.
 */

import { deviationsOf } from '../stats/normal.ts'
import { BETTER, type Metric } from './figures.ts'

/** How often something alike may be called different, over all that is judged in one bench. */
export const ALPHA = 0.02
/** How often a change of this size is to be found. */
const POWER = 0.96
/** Of the baseline: `1.1` times as long, or as fast. */
const FOUND_CHANGE = 0.1
/** Pairs before anybody can say how much they scatter, and the most that are measured unasked. */
export const LEAST_PAIRS = 24
export const MOST_PAIRS = 400
/** What the signed-rank test has of the power of a t-test where that is at its best (3 / pi; Hodges and Lehmann 1956). */
const EFFICIENCY = 3 / Math.PI

const reach = (judged: number) => (deviationsOf(1 - ALPHA / judged / 2) + deviationsOf(POWER)) ** 2 / EFFICIENCY

/**
 * Pairs wanted.
 * @param logRatios of pairs so far
 * @param judged how many comparisons are judged together
 */
export function pairsWanted(logRatios: readonly number[], judged: number): number {
  const wanted = (reach(judged) * varianceOf(logRatios)) / smallest() ** 2
  return Math.min(MOST_PAIRS, Math.max(LEAST_PAIRS, Math.ceil(wanted)))
}

/** The smallest change, as a share of the baseline, that so many pairs find as often as was wished; null: no pairs. */
export function findable(logRatios: readonly number[], judged: number): number | null {
  if (logRatios.length < 2) return null
  return Math.expm1(Math.sqrt((reach(judged) * varianceOf(logRatios)) / logRatios.length))
}

/** A tenth less is further away than a tenth more. */
const smallest = () => Math.log1p(FOUND_CHANGE)

function varianceOf(values: readonly number[]): number {
  if (values.length < 2) return 0
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length
  return values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1)
}

/** The metrics that decide how many pairs are wanted: the price follows from the tokens. */
export const TIMED: readonly Metric[] = (Object.keys(BETTER) as Metric[]).filter(
  (metric) => metric !== 'cost' && metric !== 'ttlt',
)
