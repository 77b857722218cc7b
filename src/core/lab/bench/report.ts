/** What a bench has found, for people: tables, a strip of where the runs lie, and how each word of it was come by. */

import { count, money, percent } from '../../figures/words.ts'
import { mark } from '../../figures.ts'
import type { Remark } from '../../text/remark.ts'
import type { Table, TableRow } from '../../text/remark-table.ts'
import type { Within } from '../stats/interval.ts'
import type { ArmFigures, BenchDocument, Comparison } from './document.ts'
import { inUnit, METRIC_NAMES, METRICS, type Metric, PERCENTILES, type Summary } from './figures.ts'
import { strips } from './plots.ts'
import type { Judged } from './verdict.ts'

/** Medians by model, TTFT and tokens per second, and nothing else. */
export function shortTable({ arms }: Pick<BenchDocument, 'arms'>): Remark {
  const rows = arms.map(({ name, metrics: { ttft, otps } }) => ({
    name,
    cells: [median('ttft', ttft), median('otps', otps)],
  }))
  return [{ table: { columns: ['TTFT', 'TPS'], rows } }]
}

/** @param columns of the page, for the strips; null: it is read aloud, and there are none */
export function benchReport(bench: BenchDocument, columns: number | null): Remark {
  const { arms, comparisons, limits } = bench
  const timed = METRICS.filter((metric) => metric !== 'cost' && arms.some(({ metrics }) => metrics[metric]))
  const parts = [
    [sayHow(bench)],
    [overview(arms)],
    ...timed.map((metric) => [{ table: percentiles(metric, arms) }]),
    ...(columns === null
      ? []
      : (['ttft', 'otps'] as const).map((metric) => strips(bench, metric, columns)).filter((rows) => rows.length > 0)),
    ...comparisons.flatMap(comparisonParts),
    ...(limits.length > 0 ? [limits.map(sayLimit)] : []),
    [notes(bench)],
  ]
  return parts.flatMap((part, i) => (i === 0 ? part : ['', ...part]))
}

/** The same in short, for a chat. */
export function hereReport(bench: BenchDocument): Remark {
  const parts = [
    [sayHow(bench)],
    [overview(bench.arms)],
    [{ table: percentiles('ttft', bench.arms) }],
    ...bench.comparisons.flatMap(comparisonParts),
    [notes(bench)],
  ]
  return parts.flatMap((part, i) => (i === 0 ? part : ['', ...part]))
}

const median = (metric: Metric, summary: Summary | null) => (summary ? inUnit(metric, summary.p50.value) : '-')

function overview(arms: readonly ArmFigures[]) {
  const hasFailed = arms.some(({ failed }) => failed > 0)
  const rows = arms.map(({ name, metrics, runs, failed, inputTokens, outputTokens }) => ({
    name,
    cells: [
      ...(['ttft', 'otps', 'ttlt'] as const).map((metric) => median(metric, metrics[metric])),
      metrics.cost ? inUnit('cost', metrics.cost.mean.value) : '-',
      tokensCell(inputTokens, outputTokens),
      String(runs),
      ...(hasFailed ? [String(failed)] : []),
    ],
  }))
  const columns = ['TTFT', 'tok/s', 'TTLT', 'mean cost', 'tokens in, out', 'runs', ...(hasFailed ? ['failed'] : [])]
  return { table: { columns, rows } }
}

const tokensCell = (input: number | null, output: number | null) =>
  input === null || output === null ? '-' : `${Math.round(input)}, ${Math.round(output)}`

/** A row of figures for each arm, and below it the ends of their intervals. */
function percentiles(metric: Metric, arms: readonly ArmFigures[]): Table {
  const shares = [...PERCENTILES.map((p) => `p${p}` as const), 'mean' as const]
  const rows = arms.flatMap(({ name, metrics }): readonly TableRow[] => {
    const summary = metrics[metric]
    if (!summary) return [{ name, cells: shares.map(() => '-') }]
    return [
      { name, cells: shares.map((share) => inUnit(metric, summary[share].value)) },
      { name: '', cells: shares.map((share) => ends(summary[share], (end) => bare(metric, end))), look: 'dim' },
    ]
  })
  return { columns: shares.map((share, i) => (i === 0 ? `${METRIC_NAMES[metric]} ${share}` : share)), rows }
}

const bare = (metric: Metric, value: number) => inUnit(metric, value).replace(/(ms|s)$/, '')

/** `880..931`; an end nobody knows is a question mark. */
function ends({ low, high }: Within, write: (end: number) => string): string {
  return `${low === null ? '?' : write(low)}..${high === null ? '?' : write(high)}`
}

function comparisonParts({ baseline, arms, test, alpha }: Comparison): readonly Extract<Remark, readonly unknown[]>[] {
  const judged = arms.flatMap(({ metrics }) => metrics)
  const tables = arms.map(({ name, metrics }) => [
    {
      table: {
        columns: ['change', '95% of it', 'verdict'],
        rows: metrics.map((one) => ({
          name: `${name}, ${METRIC_NAMES[one.metric]}`,
          cells: one.change ? [change(one.change.value), ends(one.change, change), one.verdict] : ['-', '-', 'unknown'],
          ...(one.verdict === 'better' || one.verdict === 'worse' ? { look: 'strong' as const } : {}),
        })),
      },
    },
  ])
  const how =
    test === 'signed-rank'
      ? `Wilcoxon's signed-rank test of ${count(pairs(judged), 'pair')} measured side by side`
      : `Mann and Whitney's test, for the two were not measured side by side`
  const found = test === 'signed-rank' ? sayFindable(arms[0]!.metrics) : ''
  return [
    [`Against ${baseline}:`],
    ...tables,
    [
      `Better or worse: ${how}, below ${percent(alpha)} after Holm's correction for ${judged.length} comparisons, and more than this bench may be off by (1%, 2ms); otherwise noise, or too few runs to tell anything. The change is that of the median pair (Hodges and Lehmann).${found}`,
    ],
  ]
}

const pairs = (judged: readonly Judged[]) => Math.max(0, ...judged.map(({ n }) => n))

function sayFindable(judged: readonly Judged[]): string {
  const said = judged.flatMap(({ metric, findable }) =>
    findable === null || (metric !== 'ttft' && metric !== 'otps')
      ? []
      : [`${percent(Math.max(findable, 0.01))} in ${METRIC_NAMES[metric]}`],
  )
  return said.length === 0 ? '' : ` So many runs find a change of ${said.join(' and of ')} in 96 of 100 benches.`
}

/** `+12.3%`, `-0.4%`; what is rounded to nothing has no sign. */
export function change(share: number): string {
  const size = (Math.abs(share) * 100).toFixed(1)
  return `${Number(size) === 0 ? '' : share < 0 ? '-' : '+'}${size}%`
}

const sayLimit = ({ limit, arm, measured, isMissed }: BenchDocument['limits'][number]): string =>
  `${isMissed ? 'missed' : 'kept'}: ${limit}, ${arm}: ${measured ?? 'could not be measured'}`

function sayHow({ arms, prompts, warmUps, seed, stopped }: BenchDocument): string {
  const runs = Math.max(0, ...arms.map((arm) => arm.runs))
  const what = [
    count(arms.length, 'arm'),
    `${count(runs, 'run')} each${warmUps > 0 ? ` after ${warmUps * prompts} to warm up` : ''}`,
    ...(prompts > 1 ? [count(prompts, 'prompt')] : []),
    `in an order of chance (seed ${seed})`,
  ]
  return `${what.join(', ')}.${stopped === null ? '' : ` ${stopped}`}`
}

function notes({ arms, spentUsd, server }: BenchDocument): string {
  const isOpen = arms.some(({ metrics }) =>
    METRICS.some((metric) => metrics[metric] && PERCENTILES.some((p) => metrics[metric]![`p${p}`].high === null)),
  )
  const failures = arms.flatMap(({ name, failures: kinds }) =>
    Object.entries(kinds).map(([kind, times]) => `${name}: ${kind} ${times}x`),
  )
  const retried = arms.reduce((sum, arm) => sum + arm.retried, 0)
  return [
    'Below each figure the ends of its 95% interval: order statistics for percentiles, the bootstrap for means.',
    ...(isOpen ? ['?: so few runs leave that end open.'] : []),
    ...(failures.length > 0 ? [`Failed, and left out of all figures: ${failures.join(', ')}.`] : []),
    ...(retried > 0 ? [`${count(retried, 'run')} sent more than once, left out of the times.`] : []),
    sayCost({ spentUsd, server }),
  ].join(' ')
}

export function sayCost({ spentUsd, server }: Pick<BenchDocument, 'spentUsd' | 'server'>): string {
  if (spentUsd === null) return 'What it cost is unknown.'
  const usd = `${mark(spentUsd)}${money(spentUsd.value)}`
  return server === 'demo' ? `It would have cost ${usd}; the demo is free.` : `It cost ${usd} in all.`
}
