/** Sums over the ledger: of days, models, purposes and hours of the day, and the percentiles of what turns took. */

import type { LedgerPurpose } from '../../money/ledger.ts'
import { percentile } from '../stats/percentile.ts'
import { TENTHS } from './times.ts'

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

/** What was paid on a day of the calendar here, for a model and a purpose. */
export interface Day extends Sums {
  /** As 20261121. */
  readonly day: number
  readonly model: string
  readonly purpose: LedgerPurpose | string
}

/** What was paid for a model in an hour of the day, of all days together. */
export interface ClockHour extends Sums {
  /** 0 to 23 */
  readonly hour: number
  readonly model: string
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

/** A turn that was stopped, or failed, after so many ms. */
export interface Unfinished {
  readonly model: string
  /** null: no word had come. */
  readonly ttftMs: number | null
  readonly ttltMs: number
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

/** `2026-11-21` @param day as 20261121 */
export function dayNamed(day: number): string {
  const digits = String(day)
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`
}

/** The day on which a moment lies here, as 20261121. @param wallMs since 1970 */
export function dayAt(wallMs: number): number {
  const at = new Date(wallMs)
  return (at.getFullYear() * 100 + at.getMonth() + 1) * 100 + at.getDate()
}

/** The hour in which a moment lies here, as 2026112114. @param wallMs since 1970 */
export const hourAt = (wallMs: number): number => dayAt(wallMs) * 100 + new Date(wallMs).getHours()

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
 * @param sorted tenths, in rising order
 * @param better `more`: of speeds, 95 of 100 are at least the p95, as 95 of 100 waits are at most theirs
 */
export function spreadOf(sorted: ArrayLike<number>, better: 'less' | 'more' = 'less'): Spread | null {
  const at = (share: number) => percentile(sorted, better === 'less' ? share : 100 - share)! / TENTHS
  if (sorted.length === 0) return null
  return { n: sorted.length, p50: at(50), p90: at(90), p95: at(95), p99: at(99) }
}
