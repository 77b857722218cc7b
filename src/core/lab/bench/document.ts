/** A bench as one document: what was asked, every run, what they come to. It is what `--json` prints and `--save` keeps. */

import type { Figure } from '../../figures.ts'
import { promptTokens } from '../../turn.ts'
import { CONFIDENCE } from '../stats/interval.ts'
import { inOrder, percentile } from '../stats/percentile.ts'
import { seeded } from '../stats/seeded.ts'
import { METRICS, type Metric, type Summary, summaryOf } from './figures.ts'
import { type Checked, checked, type Held, type Limit } from './limits.ts'
import { ALPHA } from './power.ts'
import type { Run } from './run.ts'
import { type HowCompared, type Judged, judge } from './verdict.ts'

export const BENCH_VERSION = 1

export interface ArmFigures {
  readonly name: string
  /** Model id. */
  readonly model: string
  readonly effort: string | null
  readonly cache: string
  /** Tokens of padding that were asked for. */
  readonly padding: number
  /** Runs that were measured, and how many of them failed, by kind. */
  readonly runs: number
  readonly failed: number
  readonly failures: Readonly<Record<string, number>>
  /** Sent more than once, and left out of the times. */
  readonly retried: number
  /** Medians of what the server counted; null: it counted nothing. */
  readonly inputTokens: number | null
  readonly cacheReadTokens: number | null
  readonly outputTokens: number | null
  readonly metrics: Readonly<Record<Metric, Summary | null>>
}

export interface Comparison {
  /** What the others were held against: an arm of this bench, or one that was saved. */
  readonly baseline: string
  readonly test: 'signed-rank' | 'mann-whitney'
  readonly alpha: number
  readonly arms: readonly { readonly name: string; readonly metrics: readonly Judged[] }[]
}

export interface BenchDocument {
  readonly type: 'bench'
  readonly version: number
  /** ISO date and time. */
  readonly at: string
  readonly program: string
  readonly server: string
  readonly prompts: number
  readonly warmUps: number
  readonly seed: number
  readonly confidence: number
  readonly arms: readonly ArmFigures[]
  readonly comparisons: readonly Comparison[]
  readonly limits: readonly Checked[]
  /** US dollars, what warmed up included; null: a price is unknown. */
  readonly spentUsd: Figure | null
  /** Why it ended before its end; null: it did not. */
  readonly stopped: string | null
  /** The failure that no further run would have cured; null: there was none. */
  readonly error: string | null
  readonly runs: readonly Run[]
}

/** What is known of an arm before its first run. */
export type ArmHead = Pick<ArmFigures, 'name' | 'model' | 'effort' | 'cache' | 'padding'>

export interface BenchInput
  extends Pick<
    BenchDocument,
    'at' | 'program' | 'server' | 'prompts' | 'warmUps' | 'seed' | 'spentUsd' | 'stopped' | 'error' | 'runs'
  > {
  readonly arms: readonly ArmHead[]
  /** The first arm is what the others are compared with. */
  readonly isVersus: boolean
  /** A bench of another day, by its name. */
  readonly against: { readonly name: string; readonly document: Pick<BenchDocument, 'arms' | 'runs'> } | null
  readonly limits: readonly Limit[]
}

export function benchDocument({ arms: heads, isVersus, against, limits, ...rest }: BenchInput): BenchDocument {
  const { runs, seed } = rest
  const of = (arm: number, all = runs) => all.filter((run) => run.arm === arm)
  const arms = heads.map((head, i) => figuresOf(head, of(i), seeded(seed + i)))
  const comparisons: Comparison[] = []
  const others = heads.slice(1)
  if (isVersus && others.length > 0)
    comparisons.push(
      compared(
        heads[0]!.name,
        others,
        of(0),
        others.map((_, i) => of(i + 1)),
        'paired',
      ),
    )
  const partners = against ? heads.map((head) => partnerOf(head, heads, against.document.arms)) : []
  for (const [i, partner] of partners.entries())
    if (against && partner >= 0) {
      const { name } = against.document.arms[partner]!
      comparisons.push(
        compared(`${against.name}: ${name}`, [heads[i]!], of(partner, against.document.runs), [of(i)], 'apart'),
      )
    }
  const held = arms.map(heldOf)
  const before = against?.document.arms.map(heldOf) ?? []
  const baselineOf = (i: number): Held | null => (against ? (before[partners[i]!] ?? null) : isVersus ? held[0]! : null)
  return {
    ...{ type: 'bench', version: BENCH_VERSION, ...rest, confidence: CONFIDENCE, arms, comparisons },
    limits: held.flatMap((arm, i) => checked(limits, arm, baselineOf(i))),
  }
}

/** The arm of the same name; where there is one on each side, they belong together whatever they are called. */
function partnerOf(
  head: Pick<ArmHead, 'name'>,
  heads: readonly unknown[],
  saved: readonly Pick<ArmHead, 'name'>[],
): number {
  return heads.length === 1 && saved.length === 1 ? 0 : saved.findIndex(({ name }) => name === head.name)
}

function compared(
  baseline: string,
  heads: readonly ArmHead[],
  base: readonly Run[],
  others: readonly (readonly Run[])[],
  how: HowCompared,
): Comparison {
  const judged = judge(base, others, how)
  const test = how === 'paired' ? 'signed-rank' : 'mann-whitney'
  return { baseline, test, alpha: ALPHA, arms: heads.map(({ name }, i) => ({ name, metrics: judged[i]! })) }
}

const heldOf = ({ name, metrics: summaries, failed, runs }: ArmFigures): Held => ({ name, summaries, failed, runs })

function figuresOf(head: ArmHead, runs: readonly Run[], chance: () => number): ArmFigures {
  const failures: Record<string, number> = {}
  for (const { failure } of runs) if (failure) failures[failure.kind] = (failures[failure.kind] ?? 0) + 1
  const usages = runs.flatMap(({ usage, end }) => (usage && end === 'finished' ? [usage] : []))
  const median = (values: readonly number[]) => percentile(inOrder(values), 50)
  const summaries = METRICS.map((metric) => [metric, summaryOf(runs, metric, chance)] as const)
  return {
    ...head,
    runs: runs.length,
    failed: runs.filter(({ end }) => end !== 'finished').length,
    failures,
    retried: runs.filter(({ attempts, end }) => attempts > 1 && end === 'finished').length,
    inputTokens: median(usages.map(promptTokens)),
    cacheReadTokens: median(usages.map(({ cacheRead }) => cacheRead)),
    outputTokens: median(usages.map(({ output }) => output)),
    metrics: Object.fromEntries(summaries) as Record<Metric, Summary | null>,
  }
}
