/** What one run of a bench measures, and what is made of many of them. */

import { duration, money } from '../../figures/words.ts'
import { meanWithin, percentileWithin, type Within } from '../stats/interval.ts'
import { inOrder } from '../stats/percentile.ts'
import type { Run } from './run.ts'

/** What is measured: time to the first visible token, to the last, output tokens per second, US dollars. */
export type Metric = 'ttft' | 'ttlt' | 'otps' | 'cost'
export const METRICS: readonly Metric[] = ['ttft', 'ttlt', 'otps', 'cost']

/** As they are called on a page. */
export const METRIC_NAMES: Readonly<Record<Metric, string>> = {
  ttft: 'TTFT',
  ttlt: 'TTLT',
  otps: 'tok/s',
  cost: 'cost',
}

/** Below so many ms a time is written in ms. */
const IN_MS = 10_000

/** A figure in its own unit: `840ms`, `63.1`, `$0.0012`. */
export function inUnit(metric: Metric, value: number): string {
  // A run costs little: two places of a dollar would make one of most.
  if (metric === 'cost') return value > 0 && value < 1 ? `$${fine(value)}` : money(value)
  if (metric === 'otps') return value.toFixed(value < 100 ? 1 : 0)
  return value < IN_MS ? `${Math.round(value)}ms` : duration(value)
}

/** Significant digits of a small amount, so that a mean and the ends of its interval are told apart. */
const COST_DIGITS = 4

/** With four places at least, and as many more as its digits take; what follows them in zeros is left out. */
function fine(usd: number): string {
  const places = Math.min(12, Math.max(4, COST_DIGITS - 1 - Math.floor(Math.log10(usd))))
  return usd.toFixed(places).replace(/(\.\d{4}\d*?)0+$/, '$1')
}

/** Which way is better. */
export const BETTER: Readonly<Record<Metric, 'less' | 'more'>> = {
  ttft: 'less',
  ttlt: 'less',
  otps: 'more',
  cost: 'less',
}

export const PERCENTILES = [50, 90, 95, 99] as const
export type Percentile = `p${(typeof PERCENTILES)[number]}`

/** Percentiles and mean of one metric, each with its interval. */
export type Summary = Readonly<Record<Percentile | 'mean', Within>> & { readonly n: number }

/** What a run says of a metric; null: nothing that counts. A run that was sent again has no time of its own. */
export function measuredBy(run: Run, metric: Metric): number | null {
  if (run.end !== 'finished') return null
  if (metric === 'cost') return run.costUsd
  if (run.attempts > 1) return null
  return { ttft: run.ttftMs, ttlt: run.ttltMs, otps: run.otps }[metric]
}

/** null: no run says anything of it. @param chance for the bootstrap of the mean */
export function summaryOf(runs: readonly Run[], metric: Metric, chance: () => number): Summary | null {
  const values = runs.map((run) => measuredBy(run, metric)).filter((value) => value !== null)
  const sorted = inOrder(values)
  const mean = meanWithin(values, chance)
  if (!mean) return null
  const [p50, p90, p95, p99] = PERCENTILES.map((p) => percentileWithin(sorted, p)!) as [Within, Within, Within, Within]
  return { n: values.length, p50, p90, p95, p99, mean }
}
