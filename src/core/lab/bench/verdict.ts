/**
 * One arm against another: better, worse, or noise, and by how much. Runs of one block were measured side by side and
 * are compared as pairs; arms of another day are compared as they are.
 */

import type { Within } from '../stats/interval.ts'
import { holm, mannWhitney, signedRank } from '../stats/rank.ts'
import { pairedShift, shift } from '../stats/shift.ts'
import { BETTER, METRICS, type Metric, measuredBy } from './figures.ts'
import { ALPHA, findable } from './power.ts'
import type { Run } from './run.ts'

/** `too few`: no difference, however large, could have been told from chance; `unknown`: there is nothing to compare. */
export type Verdict = 'better' | 'worse' | 'noise' | 'too few' | 'unknown'

export interface Judged {
  readonly metric: Metric
  readonly verdict: Verdict
  /** The change as a share of the baseline, with its interval: -0.1 is a tenth less. null: nothing to compare. */
  readonly change: Within | null
  /** The chance of such a difference between arms that are alike, over all that was judged with it. */
  readonly p: number
  /** Pairs, or the runs of the smaller arm. */
  readonly n: number
  /** The smallest change this many runs would have found; null: too few for any, or not measured side by side. */
  readonly findable: number | null
}

export type HowCompared = 'paired' | 'apart'

/** Less than this is within what the bench itself may be off by: shares, and ms of what is timed. */
const OWN_ERROR = { share: 0.01, ms: 2 } as const

/** The pairs of two arms: logarithms of what the other measured over what the baseline did, block by block. */
export function logRatios(baseline: readonly Run[], other: readonly Run[], metric: Metric): readonly number[] {
  const key = ({ block, prompt }: Run) => `${block}/${prompt}`
  const partners = new Map(other.map((run) => [key(run), measuredBy(run, metric)]))
  return baseline.flatMap((run) => {
    const [one, two] = [measuredBy(run, metric), partners.get(key(run)) ?? null]
    return one !== null && two !== null && one > 0 && two > 0 ? [Math.log(two / one)] : []
  })
}

const logs = (runs: readonly Run[], metric: Metric) =>
  runs.flatMap((run) => {
    const value = measuredBy(run, metric)
    return value !== null && value > 0 ? [Math.log(value)] : []
  })

interface Found extends Omit<Judged, 'verdict'> {
  readonly baseline: number
}

/** All metrics of several arms against one baseline, judged together. */
export function judge(
  baseline: readonly Run[],
  others: readonly (readonly Run[])[],
  how: HowCompared,
): readonly (readonly Judged[])[] {
  const judged = METRICS.length * others.length
  const found = others.map((other) => METRICS.map((metric) => look(baseline, other, metric, how, judged)))
  const adjusted = holm(found.flat().map(({ p }) => p))
  return found.map((metrics, i) =>
    metrics.map(({ baseline: level, ...one }, j) => {
      const p = adjusted[i * METRICS.length + j]!
      return { ...one, p, verdict: verdictOf({ ...one, p }, level, judged) }
    }),
  )
}

function look(
  baseline: readonly Run[],
  other: readonly Run[],
  metric: Metric,
  how: HowCompared,
  judged: number,
): Found {
  const a = logs(baseline, metric)
  const level = a.length === 0 ? 0 : Math.exp(a.reduce((sum, one) => sum + one, 0) / a.length)
  if (how === 'paired') {
    const pairs = logRatios(baseline, other, metric)
    const change = pairs.length === 0 ? null : asShare(pairedShift(pairs)!)
    return {
      metric,
      change,
      p: signedRank(pairs),
      n: pairs.length,
      findable: isTooFew(pairs.length, judged) ? null : findable(pairs, judged),
      baseline: level,
    }
  }
  const b = logs(other, metric)
  const n = Math.min(a.length, b.length)
  const change = n === 0 ? null : asShare(shift(a, b)!)
  return { metric, change, p: mannWhitney(a, b), n, findable: null, baseline: level }
}

/** The chance of all pairs leaning the same way, by chance. */
const leastChance = (pairs: number) => 2 ** (1 - pairs)

/** No change, however large, could be told from chance. */
const isTooFew = (pairs: number, judged: number) => leastChance(pairs) * judged >= ALPHA

function verdictOf({ metric, change, p, n }: Omit<Judged, 'verdict'>, baseline: number, judged: number): Verdict {
  if (!change) return 'unknown'
  const size = Math.abs(change.value)
  const isOwnError = size < OWN_ERROR.share || (isTime(metric) && size * baseline < OWN_ERROR.ms)
  if (p >= ALPHA && isTooFew(n, judged)) return 'too few'
  if (p >= ALPHA || isOwnError) return 'noise'
  return change.value > 0 === (BETTER[metric] === 'more') ? 'better' : 'worse'
}

const isTime = (metric: Metric) => metric === 'ttft' || metric === 'ttlt'

const asShare = ({ value, low, high }: Within): Within => ({
  value: Math.expm1(value),
  low: low === null ? null : Math.expm1(low),
  high: high === null ? null : Math.expm1(high),
})
