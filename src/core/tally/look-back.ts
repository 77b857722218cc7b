/** A look back at the ledger, as figures: what `/stats` and `claude-tui stats` show and write as JSON. */

import type { ReadingPace } from '../pace.ts'
import { type Burn, burnOf } from './burn.ts'
import { type Limit, type Slo, slosOf } from './slo.ts'
import {
  apart,
  cacheRatio,
  dayOf,
  type Ended,
  type Hour,
  hourOfDay,
  merged,
  promptOf,
  risingOf,
  type SessionSum,
  type Spread,
  type Sums,
  savedUsdOf,
  spreadOf,
  sumOf,
  type TimeName,
} from './tally.ts'

/** What a part of the ledger came to. */
export interface Told extends Sums {
  readonly promptTokens: number
  readonly cacheRatio: number | null
  readonly savedUsd: number
}

/** And what its turns took. */
export type Timed = Told & Readonly<Record<TimeName, Spread | null>>

export interface LookBack {
  /** The first day, `2026-10-23`; null: from the beginning. */
  readonly since: string | null
  readonly today: Told
  readonly all: Timed
  /** What reading from the cache saved of waiting, ms; an estimate. */
  readonly savedMs: number
  readonly byDay: readonly (Told & { readonly day: string })[]
  readonly byModel: readonly (Timed & { readonly model: string })[]
  readonly byHour: readonly (Omit<Timed, 'ttltMs'> & { readonly hour: number })[]
  /** Attempts after the first, of rows of batches alone: nobody waited for them. */
  readonly batchRetries: { readonly today: number; readonly all: number }
  readonly byPurpose: readonly (Sums & { readonly purpose: string })[]
  readonly sessions: readonly SessionSum[]
  /** How answers ended: their own end first. */
  readonly ends: readonly { readonly end: string; readonly answers: number }[]
  readonly burn: Burn
  readonly slos: readonly Slo[]
}

export interface LookBackParts {
  readonly since: string | null
  /** `2026-11-21` */
  readonly today: string
  readonly hours: readonly Hour[]
  /** The last 31 days at least, whatever is looked back at: a month's forecast rests on them. */
  readonly lately: readonly Hour[]
  readonly odd: readonly Ended[]
  readonly sessions: readonly SessionSum[]
  readonly limits: Readonly<Record<Slo['what'], Limit>>
  readonly paceOf: (model: string) => ReadingPace
}

export function lookBack(parts: LookBackParts): LookBack {
  const { since, today, hours, lately, odd, sessions } = parts
  const by = <K>(keyOf: (row: Hour) => K) => [...apart(hours, keyOf)]
  // Each model's times are brought into order once; those of several follow from them.
  const ofModel = by(({ model }) => model).map(([model, rows]) => ({
    ...{ model, rows, sums: sumOf(rows) },
    times: { ttftMs: risingOf(rows, 'ttftMs'), ttltMs: risingOf(rows, 'ttltMs'), otps: risingOf(rows, 'otps') },
  }))
  const rising = (name: TimeName, models: readonly string[] | null = null) =>
    merged(ofModel.filter(({ model }) => models?.includes(model) ?? true).map(({ times }) => times[name]))
  const every: Readonly<Record<TimeName, Float64Array>> = {
    ...{ ttftMs: rising('ttftMs'), ttltMs: rising('ttltMs'), otps: rising('otps') },
  }
  const byDay = by(dayOf).map(([day, rows]) => ({ day, ...told(sumOf(rows)) }))
  const batches = hours.filter(({ purpose }) => purpose === 'batch')
  const retriesOf = (rows: readonly Hour[]) => rows.reduce((sum, { retries }) => sum + retries, 0)
  return {
    since,
    batchRetries: { today: retriesOf(batches.filter((row) => dayOf(row) === today)), all: retriesOf(batches) },
    today: byDay.find(({ day }) => day === today) ?? told(sumOf([])),
    all: { ...told(sumOf(ofModel.map(({ sums }) => sums))), ...spreads(every) },
    savedMs: ofModel.reduce((sum, { model, rows }) => sum + savedMs(rows, parts.paceOf(model)), 0),
    byDay,
    byModel: ofModel
      .map(({ model, sums, times }) => ({ model, ...told(sums), ...spreads(times) }))
      .sort((a, b) => b.costUsd - a.costUsd || b.answers - a.answers),
    byHour: by(hourOfDay)
      .map(([hour, rows]) => ({
        ...{ hour, ...told(sumOf(rows)), ttftMs: spreadOf(risingOf(rows, 'ttftMs')) },
        otps: spreadOf(risingOf(rows, 'otps'), 'more'),
      }))
      .sort((a, b) => a.hour - b.hour),
    byPurpose: by(({ purpose }) => purpose).map(([purpose, rows]) => ({ purpose, ...sumOf(rows) })),
    ...{ sessions, ends: endsOf(hours, odd) },
    burn: burnOf(
      lately.map((row) => ({ day: dayOf(row), usd: row.costUsd })),
      today,
    ),
    slos: slosOf(
      parts.limits,
      ofModel.filter(({ times }) => times.ttltMs.length > 0).map(({ model }) => model),
      (what, models) => {
        const name = what === 'ttft' ? 'ttftMs' : 'ttltMs'
        return models.length === ofModel.length ? every[name] : rising(name, models)
      },
    ),
  }
}

const told = (sums: Sums): Told => ({
  ...sums,
  promptTokens: promptOf(sums),
  cacheRatio: cacheRatio(sums),
  savedUsd: savedUsdOf(sums),
})

const spreads = ({ ttftMs, ttltMs, otps }: Readonly<Record<TimeName, Float64Array>>) => ({
  ttftMs: spreadOf(ttftMs),
  ttltMs: spreadOf(ttltMs),
  otps: spreadOf(otps, 'more'),
})

/** Nobody waits for a call beside the turns. */
function savedMs(rows: readonly Hour[], { msPerToken }: ReadingPace): number {
  return rows.reduce((sum, { purpose, cacheRead }) => sum + (purpose === 'turn' ? cacheRead * msPerToken : 0), 0)
}

/** Turns by how they ended. What is not odd came to its own end. */
function endsOf(hours: readonly Hour[], odd: readonly Ended[]): LookBack['ends'] {
  const turns = hours.filter(({ purpose }) => purpose === 'turn').reduce((sum, { answers }) => sum + answers, 0)
  const named = Map.groupBy(
    odd.filter(({ purpose }) => purpose === 'turn'),
    ({ ended, stopReason }) => (ended === 'finished' || ended === 'failed' ? (stopReason ?? ended) : ended),
  )
  const others = [...named].map(([end, some]) => ({
    end,
    answers: some.reduce((sum, { answers }) => sum + answers, 0),
  }))
  const whole = turns - others.reduce((sum, { answers }) => sum + answers, 0)
  return [...(whole > 0 ? [{ end: 'end_turn', answers: whole }] : []), ...others]
}
