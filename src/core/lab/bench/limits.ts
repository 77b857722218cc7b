/**
 * Limits a bench is held to: `ttft.p95 > 1.2x`, `cost.mean > $0.01`, `failures > 5%`. What is said is what must not be.
 */

import { percent } from '../../figures/words.ts'
import { suggest } from '../../models.ts'
import { inUnit, METRICS, type Metric, PERCENTILES, type Summary } from './figures.ts'

type Statistic = Exclude<keyof Summary, 'n'>
const STATISTICS: readonly Statistic[] = [...PERCENTILES.map((p) => `p${p}` as const), 'mean']

export interface Limit {
  /** As it was given. */
  readonly text: string
  readonly of: { readonly metric: Metric; readonly statistic: Statistic } | 'failures'
  readonly is: '>' | '>=' | '<' | '<='
  /** `x`: times the baseline. Otherwise ms, tokens per second, US dollars, or a share. */
  readonly value: number
  readonly unit: 'x' | 'own'
}

/** What a limit found in one arm. */
export interface Checked {
  readonly limit: string
  readonly arm: string
  /** What was measured, in words; null: nothing was. */
  readonly measured: string | null
  readonly isMissed: boolean
  readonly of: Metric | 'failures'
}

const GRAMMAR = /^\s*(\w+)(?:\.(\w+))?\s*(>=|<=|>|<)\s*(\$)?(\d+(?:\.\d+)?|\.\d+)\s*(x|ms|s|%|tok\/s|tps)?\s*$/i

const EXPECTED =
  '--fail-if takes a figure, > or <, and a limit, such as "ttft.p95 > 1.2x", "ttft.p50 > 800ms", "otps.p50 < 40", "cost.mean > $0.01", "failures > 5%"'

/** Several stand behind each other with commas. @returns a sentence when one cannot be understood */
export function limitsIn(given: readonly string[]): readonly Limit[] | string {
  const limits: Limit[] = []
  for (const text of given.flatMap((one) => one.split(',')).map((one) => one.trim())) {
    const limit = limitIn(text)
    if (typeof limit === 'string') return limit
    limits.push(limit)
  }
  return limits
}

function limitIn(text: string): Limit | string {
  const [, rawName, rawStatistic, is, dollar, digits, rawUnit] = GRAMMAR.exec(text) ?? []
  if (rawName === undefined) return `${EXPECTED}; "${text}" came.`
  const [name, unit] = [rawName.toLowerCase(), rawUnit?.toLowerCase()]
  const number = Number(digits)
  const limit = (of: Limit['of'], value: number): Limit => ({
    ...{ text, of, is: is as Limit['is'], value, unit: unit === 'x' ? 'x' : 'own' },
  })
  const wrong = (expected: string) => `--fail-if ${text}: expected ${expected}.`
  if (name === 'failures') {
    if (rawStatistic !== undefined || dollar || unit !== '%') return wrong('a share of the runs, as in "failures > 5%"')
    return limit('failures', number / 100)
  }
  const names = [...METRICS, 'failures']
  const [near] = suggest(name, names)
  if (!METRICS.includes(name as Metric))
    return wrong(`one of ${names.join(', ')}${near ? `; did you mean ${near}?` : ''}`)
  const metric = name as Metric
  const statistic = (rawStatistic ?? 'p50').toLowerCase() as Statistic
  if (!STATISTICS.includes(statistic)) return wrong(`one of ${STATISTICS.map((one) => `${metric}.${one}`).join(', ')}`)
  const of = { metric, statistic }
  if (unit === 'x') return dollar ? wrong('either dollars or times the baseline (1.2x)') : limit(of, number)
  switch (metric) {
    case 'cost':
      return unit === undefined ? limit(of, number) : wrong('US dollars or times the baseline, as in $0.01 or 1.2x')
    case 'otps':
      return (unit === undefined || unit.startsWith('t')) && !dollar
        ? limit(of, number)
        : wrong('tokens per second or times the baseline, as in 40 or 0.9x')
    default:
      if (unit === 'ms' && !dollar) return limit(of, number)
      return unit === 's' && !dollar
        ? limit(of, number * 1_000)
        : wrong('a time or times the baseline, as in 800ms, 1.2s or 1.2x')
  }
}

/** Something to be held to a limit. */
export interface Held {
  readonly name: string
  readonly summaries: Readonly<Record<Metric, Summary | null>>
  /** Runs that failed, of how many. */
  readonly failed: number
  readonly runs: number
}

/** @param baseline what `x` is times of; null: there is none, and nothing says so */
export function checked(limits: readonly Limit[], arm: Held, baseline: Held | null): readonly Checked[] {
  return limits
    .filter(({ unit }) => unit === 'own' || baseline !== arm)
    .map((limit) => {
      const value = valueIn(limit, arm)
      const base = limit.unit === 'x' ? baseline && valueIn(limit, baseline) : 1
      const isKnown = value !== null && base !== null
      const of = limit.of === 'failures' ? limit.of : limit.of.metric
      return {
        ...{ limit: limit.text, arm: arm.name, of },
        measured: isKnown ? sayMeasured(limit, value, base) : null,
        // What could not be measured has not been kept to.
        isMissed: !isKnown || misses(value, limit, limit.value * base),
      }
    })
}

function valueIn({ of }: Limit, { summaries, failed, runs }: Held): number | null {
  if (of === 'failures') return runs === 0 ? null : failed / runs
  return summaries[of.metric]?.[of.statistic].value ?? null
}

function misses(value: number, { is }: Limit, most: number): boolean {
  if (is === '>') return value > most
  if (is === '>=') return value >= most
  return is === '<' ? value < most : value <= most
}

function sayMeasured({ of, unit }: Limit, value: number, base: number): string {
  const times = unit === 'x' ? `, ${(value / base).toFixed(2)}x` : ''
  return `${of === 'failures' ? percent(value) : inUnit(of.metric, value)}${times}`
}
