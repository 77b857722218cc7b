/** A bench in the formats of others: Markdown for a page, CSV for a sheet. JSON is the document itself. */

import { count, money, percent } from '../../figures/words.ts'
import { mark } from '../../figures.ts'
import type { BenchDocument } from './document.ts'
import { inUnit, METRIC_NAMES, METRICS, type Metric, PERCENTILES } from './figures.ts'
import { change } from './report.ts'

export const FORMATS = ['text', 'md', 'csv', 'json'] as const
export type Format = (typeof FORMATS)[number]

const STATISTICS = [...PERCENTILES.map((p) => `p${p}` as const), 'mean' as const]

/** Tables of GitHub's Markdown. */
export function asMarkdown({ arms, comparisons, limits, at, spentUsd, stopped }: BenchDocument): string {
  const figures = METRICS.filter((metric) => arms.some(({ metrics }) => metrics[metric])).map((metric) => [
    `### ${METRIC_NAMES[metric]}`,
    table(
      ['arm', ...STATISTICS, 'runs'],
      arms.map(({ name, metrics }) => {
        const summary = metrics[metric]
        return [
          name,
          ...STATISTICS.map((one) => (summary ? withEnds(metric, summary[one]) : '-')),
          String(summary?.n ?? 0),
        ]
      }),
    ),
  ])
  const compared = comparisons.map(({ baseline, arms: judged, test, alpha }) => [
    `### Against ${escaped(baseline)}`,
    table(
      ['arm', 'figure', 'change', '95% of it', 'verdict', 'p'],
      judged.flatMap(({ name, metrics }) =>
        metrics.map((one) => [
          name,
          METRIC_NAMES[one.metric],
          one.change ? change(one.change.value) : '-',
          one.change ? `${end(one.change.low, change)} to ${end(one.change.high, change)}` : '-',
          one.verdict,
          one.p.toPrecision(2),
        ]),
      ),
    ),
    `${test === 'signed-rank' ? "Wilcoxon's signed-rank test of pairs" : "Mann and Whitney's test"}, p by Holm, below ${percent(alpha)}.`,
  ])
  const held = limits.map(({ limit, arm, measured, isMissed }) => [
    arm,
    limit,
    measured ?? '-',
    isMissed ? 'missed' : 'kept',
  ])
  const failed = arms.reduce((sum, arm) => sum + arm.failed, 0)
  const parts = [
    [
      '# Bench',
      `${at}. ${failed === 0 ? 'No run failed.' : `${count(failed, 'run')} failed.`} ${spentUsd === null ? '' : `It cost ${mark(spentUsd)}${money(spentUsd.value)}.`}${stopped === null ? '' : ` ${stopped}`}`,
    ],
    ...figures,
    ...compared,
    ...(held.length > 0 ? [['### Limits', table(['arm', 'limit', 'measured', ''], held)]] : []),
    ['In brackets 95% intervals: order statistics for percentiles, the bootstrap for means.'],
  ]
  return `${parts.map((part) => part.join('\n\n').trimEnd()).join('\n\n')}\n`
}

const end = (value: number | null, write: (value: number) => string) => (value === null ? '?' : write(value))

const withEnds = (metric: Metric, { value, low, high }: { value: number; low: number | null; high: number | null }) => {
  const write = (one: number) => inUnit(metric, one)
  return `${write(value)} (${end(low, write)} to ${end(high, write)})`
}

const escaped = (text: string) => text.replace(/[\\`*_|<>[\]#]/g, '\\$&').replace(/\s+/g, ' ')

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(heads),
    line(heads.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...rows.map((row) => line(row.map(escaped))),
  ].join('\n')
}

const COLUMNS = [
  'arm',
  'model',
  'effort',
  'cache',
  'padding',
  'metric',
  'statistic',
  'value',
  'low',
  'high',
  'n',
] as const

/** A row for each figure, in ms, tokens per second and US dollars (RFC 4180). */
export function asCsv({ arms }: Pick<BenchDocument, 'arms'>): string {
  const rows = arms.flatMap(({ name, model, effort, cache, padding, metrics }) =>
    METRICS.flatMap((metric) => {
      const summary = metrics[metric]
      if (!summary) return []
      return STATISTICS.map((one) => {
        const { value, low, high } = summary[one]
        return [name, model, effort ?? '', cache, padding, metric, one, value, low ?? '', high ?? '', summary.n]
      })
    }),
  )
  return `${[COLUMNS, ...rows].map((row) => row.map(field).join(',')).join('\r\n')}\r\n`
}

/** A sheet takes what begins like a formula for one. */
function field(value: string | number): string {
  const text = typeof value === 'string' && /^[=+@\t\r-]/.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
