/** Sums over the ledger: of days, models, purposes and hours of the day, and the percentiles of what turns took. */

import type { LedgerPurpose } from '../ledger.ts'
import { percentile } from '../stats/percentile.ts'

/** What answers came to together. US dollars as far as prices are known; tokens by the server's count. */
export interface Sums {
  readonly answers: number
  /** Answers whose price is unknown, and those whose cost is an estimate. */
  readonly unpriced: number
  readonly estimates: number
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
  readonly output: number
  readonly thinking: number
  readonly costUsd: number
  /** Had every token of their prompts been plain input. */
  readonly uncachedUsd: number
  readonly stalls: number
  readonly stalledMs: number
  /** Attempts after the first. */
  readonly retries: number
  /** Given by another model than the one that was chosen. */
  readonly instead: number
  /** Those that came to their end. */
  readonly finished: number
}

/** What was paid in an hour of the calendar here, for a model and a purpose. */
export interface Hour extends Sums {
  /** As 2026112114. */
  readonly hour: number
  readonly model: string
  readonly purpose: LedgerPurpose | string
  /** Of each finished turn, as items of a JSON list: ms to the first word, ms to the end, tokens a second; null: none. */
  readonly times: string | null
}

/** Answers that ended in some other way than by their own end. */
export interface Ended {
  readonly purpose: string
  readonly ended: string
  readonly stopReason: string | null
  readonly answers: number
}

/** What was paid in one conversation. */
export interface SessionSum {
  readonly uid: string
  readonly title: string
  readonly model: string
  readonly answers: number
  readonly unpriced: number
  readonly costUsd: number
  readonly isEstimate: boolean
}

const NOTHING: Sums = {
  ...{ answers: 0, unpriced: 0, estimates: 0, input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0 },
  ...{ thinking: 0, costUsd: 0, uncachedUsd: 0, stalls: 0, stalledMs: 0, retries: 0, instead: 0, finished: 0 },
}
/** Sums add up: those of all are the sum of those of the parts. By name, as this is what a long look back does most. */
export function sumOf(rows: Iterable<Sums>): Sums {
  const sums = { ...NOTHING } as { -readonly [Field in keyof Sums]: number }
  for (const row of rows) {
    sums.answers += row.answers
    sums.unpriced += row.unpriced
    sums.estimates += row.estimates
    sums.input += row.input
    sums.cacheRead += row.cacheRead
    sums.cacheWrite5m += row.cacheWrite5m
    sums.cacheWrite1h += row.cacheWrite1h
    sums.output += row.output
    sums.thinking += row.thinking
    sums.costUsd += row.costUsd
    sums.uncachedUsd += row.uncachedUsd
    sums.stalls += row.stalls
    sums.stalledMs += row.stalledMs
    sums.retries += row.retries
    sums.instead += row.instead
    sums.finished += row.finished
  }
  return sums
}

export const promptOf = ({ input, cacheRead, cacheWrite5m, cacheWrite1h }: Sums): number =>
  input + cacheRead + cacheWrite5m + cacheWrite1h

/** Share of the prompts that was read from the cache, 0 to 1; null: there was no prompt. */
export const cacheRatio = (sums: Sums): number | null => {
  const prompt = promptOf(sums)
  return prompt === 0 ? null : sums.cacheRead / prompt
}

/** What the prompt cache saved, US dollars; below zero: it cost more than it saved. */
export const savedUsdOf = ({ uncachedUsd, costUsd }: Sums): number => uncachedUsd - costUsd

/** The rows apart, in the order in which they are first met. */
export function apart<K>(rows: readonly Hour[], keyOf: (row: Hour) => K): ReadonlyMap<K, readonly Hour[]> {
  return Map.groupBy(rows, keyOf)
}

/** `2026-11-21` */
export function dayOf({ hour }: Pick<Hour, 'hour'>): string {
  const digits = String(hour)
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`
}

/** 0 to 23 */
export const hourOfDay = ({ hour }: Pick<Hour, 'hour'>): number => hour % 100

/** The hour in which a moment lies here. @param wallMs since 1970 */
export function hourAt(wallMs: number): number {
  const at = new Date(wallMs)
  return ((at.getFullYear() * 100 + at.getMonth() + 1) * 100 + at.getDate()) * 100 + at.getHours()
}

/** What can be known of how long a finished turn took: in the order of `Hour.times`. */
const TIMES = ['ttftMs', 'ttltMs', 'otps'] as const
export type TimeName = (typeof TIMES)[number]

/** One of these of all turns, in rising order. */
export function risingOf(rows: readonly Pick<Hour, 'times'>[], name: TimeName): Float64Array {
  const lists = rows.flatMap((row) => (row.times === null ? [] : [read(row)]))
  const values = new Float64Array(lists.reduce((sum, { length }) => sum + length, 0) / TIMES.length)
  const first = TIMES.indexOf(name)
  let count = 0
  for (const list of lists) {
    for (let i = first; i < list.length; i += TIMES.length) {
      const value = list[i]!
      if (!Number.isNaN(value)) values[count++] = value
    }
  }
  return values.subarray(0, count).sort()
}

/** Several such lists as one: cheaper than to bring all of it into order again. */
export function merged(lists: readonly Float64Array[]): Float64Array {
  const [first = new Float64Array(), ...others] = lists
  return others.reduce((some, more) => {
    const out = new Float64Array(some.length + more.length)
    for (let i = 0, j = 0; i + j < out.length; )
      out[i + j] = j >= more.length || some[i]! <= more[j]! ? some[i++]! : more[j++]!
    return out
  }, first)
}

/** Each hour is looked at from several sides, and read once. */
const known = new WeakMap<object, Float64Array>()

function read(row: Pick<Hour, 'times'>): Float64Array {
  const found = known.get(row) ?? numbersIn(row.times ?? '')
  known.set(row, found)
  return found
}

const [COMMA, POINT, ZERO, NINE] = [44, 46, 48, 57]

/**
 * Numbers between commas, each three of them a turn's; not a number: there is none. By hand: of 100,000 turns a JSON
 * reader makes 300,000 objects, which cost more than all the rest.
 */
function numbersIn(text: string): Float64Array {
  let length = 1
  for (let at = text.indexOf(','); at !== -1; at = text.indexOf(',', at + 1)) length++
  const values = new Float64Array(length)
  let count = 0
  let value = 0
  let scale = 0
  let isPlain = true
  for (let at = 0, from = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : COMMA
    if (code === COMMA) {
      values[count++] = isPlain ? value / (scale || 1) : Number(text.slice(from, at))
      value = 0
      scale = 0
      isPlain = true
      from = at + 1
    } else if (code >= ZERO && code <= NINE) {
      value = value * 10 + (code - ZERO)
      scale *= 10
    } else if (code === POINT) scale = 1
    else isPlain = false
  }
  return values
}

/** Percentiles of one thing, and how many it was measured on. */
export interface Spread {
  readonly n: number
  readonly p50: number
  readonly p90: number
  readonly p95: number
  readonly p99: number
}

/**
 * null: nothing was measured.
 * @param better `more`: of speeds, 95 of 100 are at least the p95, as 95 of 100 waits are at most theirs
 */
export function spreadOf(sorted: ArrayLike<number>, better: 'less' | 'more' = 'less'): Spread | null {
  const at = (share: number) => percentile(sorted, better === 'less' ? share : 100 - share)!
  if (sorted.length === 0) return null
  return { n: sorted.length, p50: at(50), p90: at(90), p95: at(95), p99: at(99) }
}
