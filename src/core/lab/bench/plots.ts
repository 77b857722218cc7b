/** Pictures of a bench in rows of text: where the runs of each arm lie, and how a time grows with the prompt. */

import { plot } from 'simple-ascii-chart'
import { roomOf } from '../../text/width.ts'
import { inOrder, percentile } from '../stats/percentile.ts'
import type { BenchDocument } from './document.ts'
import { inUnit, METRIC_NAMES, type Metric, measuredBy } from './figures.ts'

const BARS = '▁▂▃▄▅▆▇█'
/** Columns of a strip at most, and at least. */
const [WIDEST, NARROWEST] = [48, 12]

/**
 * A strip for each arm, all on one scale: the higher a bar, the more runs lie there. What lies beyond all but a hundredth
 * of them is gathered in the last bar. No rows where there is nothing to see.
 */
export function strips(
  bench: Pick<BenchDocument, 'arms' | 'runs'>,
  metric: Metric,
  columns: number,
): readonly string[] {
  const values = bench.arms.map((_, arm) =>
    bench.runs.filter((run) => run.arm === arm).flatMap((run) => measuredBy(run, metric) ?? []),
  )
  const all = inOrder(values.flat())
  const [low, high] = [all[0], percentile(all, 99)]
  const names = Math.max(...bench.arms.map(({ name }) => roomOf(name)))
  const room = Math.min(WIDEST, columns - names - 2)
  if (low === undefined || high === null || !(high > low) || room < NARROWEST) return []
  const rows = values.map((own, arm) => {
    const bins = Array.from({ length: room }, () => 0)
    for (const value of own) bins[Math.min(room - 1, Math.floor(((value - low) / (high - low)) * room))]!++
    const most = Math.max(...bins, 1)
    const bars = bins.map((n) => (n === 0 ? ' ' : BARS[Math.ceil((n / most) * BARS.length) - 1]!)).join('')
    const { name } = bench.arms[arm]!
    return `${name}${' '.repeat(names - roomOf(name))}  ${bars}`.trimEnd()
  })
  const [from, to] = [inUnit(metric, low), inUnit(metric, high)]
  const scale = `${from}${' '.repeat(Math.max(1, room - from.length - to.length))}${to}`
  return [`Where the runs lie, ${METRIC_NAMES[metric]}:`, ...rows, `${' '.repeat(names + 2)}${scale}`]
}

/** Median TTFT over the tokens of the prompt, a line for each row of arms that differ in size alone; null: they do not. */
export function sizePlot({ arms }: Pick<BenchDocument, 'arms'>, columns: number): string | null {
  const lines = new Map<string, [number, number][]>()
  for (const { model, effort, cache, inputTokens, metrics } of arms) {
    if (inputTokens === null || !metrics.ttft) continue
    const key = [model, effort, cache].join(' ')
    lines.set(key, [...(lines.get(key) ?? []), [inputTokens, Math.round(metrics.ttft.p50.value)]])
  }
  const grown = [...lines].filter(([, points]) => new Set(points.map(([x]) => x)).size > 1)
  if (grown.length === 0) return null
  const series = grown.map(([, points]) => points.toSorted(([a], [b]) => a - b))
  const chart = plot(series, {
    width: Math.min(60, columns - 16),
    height: 8,
    title: 'TTFT in ms over tokens of the prompt',
    legend: { position: 'bottom', series: grown.map(([name]) => name) },
  })
  return chart.replace(/[^\S\n]+$/gm, '').replace(/\n+$/, '')
}
