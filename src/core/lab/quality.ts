/**
 * How good answers were, as far as that can be counted: whether they fit the schema they were asked for, how long they
 * were, how many were declined or cut short; and whether that is other than it was.
 */

import { cutShort } from '../turn/outcome.ts'
import { inOrder, percentile } from './stats/percentile.ts'

/** A finished answer of a turn, or of a row of a batch. */
export interface Answered {
  readonly wallMs: number
  readonly model: string
  /** Tokens without thinking. */
  readonly length: number
  readonly stopReason: string | null
  /** null: it was asked for no schema. */
  readonly formatOk: boolean | null
  readonly isBatch: boolean
}

/** So many of so many. */
export interface Share {
  readonly of: number
  readonly count: number
}

/** Names of what is counted, as `--fail-if` and JSON have them. */
export const RATES = ['invalid', 'refused', 'truncated'] as const
export type RateName = (typeof RATES)[number]

export interface Quality extends Readonly<Record<RateName, Share>> {
  readonly answers: number
  /** Rows of batches among them. */
  readonly inBatches: number
  /** Tokens of answers that were not cut or declined, in rising order. */
  readonly lengths: readonly number[]
}

/** The share, 0 to 1; null: of nothing. */
export const shareOf = ({ of, count }: Share): number | null => (of === 0 ? null : count / of)

export function qualityOf(answers: readonly Answered[]): Quality {
  const held = answers.filter(({ formatOk }) => formatOk !== null)
  const refused = answers.filter(({ stopReason }) => stopReason === 'refusal')
  const truncated = answers.filter(({ stopReason }) => cutShort(stopReason ?? ''))
  const whole = answers.filter((one) => !refused.includes(one) && !truncated.includes(one))
  return {
    answers: answers.length,
    inBatches: answers.filter(({ isBatch }) => isBatch).length,
    invalid: { of: held.length, count: held.filter(({ formatOk }) => formatOk === false).length },
    refused: { of: answers.length, count: refused.length },
    truncated: { of: answers.length, count: truncated.length },
    lengths: inOrder(whole.map(({ length }) => length)),
  }
}

export const lengthAt = ({ lengths }: Pick<Quality, 'lengths'>, p: number): number | null => percentile(lengths, p)

/** Chance below which a difference is taken for one. */
export const SURE = 0.01
/** Answers on either side below which nothing is said of a difference. */
export const LEAST_ANSWERS = 20

/** What a test has found; `chance`: that so large a difference comes by chance; null: there are too few answers. */
export interface Found {
  /** The statistic: the largest gap between the two distributions, or the difference of two shares. */
  readonly by: number
  readonly chance: number
}

export const isSure = (found: Found | null): boolean => found !== null && found.chance < SURE

/** Two-sample Kolmogorov-Smirnov test, by its asymptotic distribution. @param a, b in rising order */
export function drift(a: readonly number[], b: readonly number[]): Found | null {
  if (a.length < LEAST_ANSWERS || b.length < LEAST_ANSWERS) return null
  let [i, j, by] = [0, 0, 0]
  while (i < a.length && j < b.length) {
    const at = Math.min(a[i]!, b[j]!)
    while (i < a.length && a[i] === at) i++
    while (j < b.length && b[j] === at) j++
    by = Math.max(by, Math.abs(i / a.length - j / b.length))
  }
  const root = Math.sqrt((a.length * b.length) / (a.length + b.length))
  return { by, chance: kolmogorov((root + 0.12 + 0.11 / root) * by) }
}

/** Chance that the Kolmogorov statistic is larger (Press et al., Numerical Recipes, 14.3). */
function kolmogorov(lambda: number): number {
  if (lambda < 0.2) return 1
  let sum = 0
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * lambda * lambda)
    sum += k % 2 === 1 ? term : -term
    if (term < 1e-12) break
  }
  return Math.min(1, Math.max(0, 2 * sum))
}

/** Two-proportion z-test, both sides. */
export function rateChange(a: Share, b: Share): Found | null {
  if (a.of < LEAST_ANSWERS || b.of < LEAST_ANSWERS) return null
  const by = a.count / a.of - b.count / b.of
  const both = (a.count + b.count) / (a.of + b.of)
  const spread = Math.sqrt(both * (1 - both) * (1 / a.of + 1 / b.of))
  return { by, chance: spread === 0 ? 1 : 2 * tail(Math.abs(by) / spread) }
}

/** Chance that a standard normal value is larger than `z` (Abramowitz and Stegun 26.2.17, within 1e-7). */
function tail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z)
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series
}

/** Values worth keeping of a distribution: its shape is in them. */
const KEPT = 2_000

/** A distribution in few values, in rising order: each stands for as many. */
export function sampled(lengths: readonly number[]): readonly number[] {
  if (lengths.length <= KEPT) return lengths
  return Array.from({ length: KEPT }, (_, i) => lengths[Math.floor(((i + 0.5) * lengths.length) / KEPT)]!)
}
