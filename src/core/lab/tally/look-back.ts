/** A look back at the ledger, as figures: what `/stats` and `claude-tui stats` show and write as JSON. */

import type { ReadingPace } from '../../figures/pace.ts'
import { type Burn, burnOf } from './burn.ts'
import { type Limit, type Slo, slosOf } from './slo.ts'
import {
  type ClockHour,
  cacheRatio,
  type Day,
  dayNamed,
  type Ended,
  promptOf,
  type SessionSum,
  type Spread,
  type Sums,
  savedUsdOf,
  spreadOf,
  sumOf,
  type Unfinished,
} from './tally.ts'
import { merged, type Risings, risingsOf, type TimeName } from './times.ts'

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
  readonly days: readonly Day[]
  /** The last 31 days at least, whatever is looked back at: a month's forecast rests on them. */
  readonly lately: readonly Day[]
  /** The same answers as those of the days. */
  readonly clock: readonly ClockHour[]
  readonly odd: readonly Ended[]
  /** Turns that were given up or failed: what they took counts for the promises alone. */
  readonly unfinished: readonly Unfinished[]
  readonly sessions: readonly SessionSum[]
  readonly limits: Readonly<Record<Slo['what'], Limit>>
  readonly paceOf: (model: string) => ReadingPace
}

export function lookBack(parts: LookBackParts): LookBack {
  const { since, today, days, lately, clock, odd, sessions } = parts
  const by = <K>(keyOf: (row: Day) => K) => [...Map.groupBy(days, keyOf)]
  const ofModel = by(({ model }) => model).map(([model, rows]) => ({ model, rows, sums: sumOf(rows) }))
  const byDay = by(({ day }) => dayNamed(day)).map(([day, rows]) => ({ day, ...told(sumOf(rows)) }))
  // The times of a model in an hour of the day are brought into order once; those of all others follow from them.
  const ofHour = clock.map((row) => ({ row, times: risingsOf(row.times) }))
  const rising = (name: TimeName, some = ofHour) => merged(some.map(({ times }) => times[name]))
  const timesOf = (model: string): Risings => {
    const own = ofHour.filter(({ row }) => row.model === model)
    return { ttftMs: rising('ttftMs', own), ttltMs: rising('ttltMs', own), otps: rising('otps', own) }
  }
  const times = new Map(ofModel.map(({ model }) => [model, timesOf(model)]))
  const ofModels = (name: TimeName, models: Iterable<string>) =>
    merged([...models].map((model) => times.get(model)![name]))
  const every = (name: TimeName) => ofModels(name, times.keys())
  const all: Risings = { ttftMs: every('ttftMs'), ttltMs: every('ttltMs'), otps: every('otps') }
  const batches = days.filter(({ purpose }) => purpose === 'batch')
  const retriesOf = (rows: readonly Day[]) => rows.reduce((sum, { retries }) => sum + retries, 0)
  return {
    since,
    batchRetries: { today: retriesOf(batches.filter(({ day }) => dayNamed(day) === today)), all: retriesOf(batches) },
    today: byDay.find(({ day }) => day === today) ?? told(sumOf([])),
    all: { ...told(sumOf(ofModel.map(({ sums }) => sums))), ...spreads(all) },
    savedMs: ofModel.reduce((sum, { model, rows }) => sum + savedMs(rows, parts.paceOf(model)), 0),
    byDay,
    byModel: ofModel
      .map(({ model, sums }) => ({ model, ...told(sums), ...spreads(times.get(model)!) }))
      .sort((a, b) => b.costUsd - a.costUsd || b.answers - a.answers),
    byHour: [...Map.groupBy(ofHour, ({ row }) => row.hour)]
      .map(([hour, some]) => ({
        ...{ hour, ...told(sumOf(some.map(({ row }) => row))), ttftMs: spreadOf(rising('ttftMs', some)) },
        otps: spreadOf(rising('otps', some), 'more'),
      }))
      .sort((a, b) => a.hour - b.hour),
    byPurpose: by(({ purpose }) => purpose).map(([purpose, rows]) => ({ purpose, ...sumOf(rows) })),
    ...{ sessions, ends: endsOf(days, odd) },
    burn: burnOf(
      lately.map(({ day, costUsd }) => ({ day: dayNamed(day), usd: costUsd })),
      today,
    ),
    slos: slosOf(
      parts.limits,
      [...times].filter(([, { ttltMs }]) => ttltMs.length > 0).map(([model]) => model),
      (what, models) => {
        const name = what === 'ttft' ? 'ttftMs' : 'ttltMs'
        return models.length === times.size ? all[name] : ofModels(name, models)
      },
      parts.unfinished,
    ),
  }
}

const told = (sums: Sums): Told => ({
  ...sums,
  promptTokens: promptOf(sums),
  cacheRatio: cacheRatio(sums),
  savedUsd: savedUsdOf(sums),
})

const spreads = ({ ttftMs, ttltMs, otps }: Risings) => ({
  ttftMs: spreadOf(ttftMs),
  ttltMs: spreadOf(ttltMs),
  otps: spreadOf(otps, 'more'),
})

/** Nobody waits for a call beside the turns. */
function savedMs(rows: readonly Day[], { msPerToken }: ReadingPace): number {
  return rows.reduce((sum, { purpose, cacheRead }) => sum + (purpose === 'turn' ? cacheRead * msPerToken : 0), 0)
}

/** Turns by how they ended. What is not odd came to its own end. */
function endsOf(days: readonly Day[], odd: readonly Ended[]): LookBack['ends'] {
  const turns = days.filter(({ purpose }) => purpose === 'turn').reduce((sum, { answers }) => sum + answers, 0)
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
