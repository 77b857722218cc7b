/** How far back somebody wants to look: `--since`, and the span behind `/stats`. */

import { count } from '../../core/figures/words.ts'
import { daysOf } from '../../core/history/retention.ts'
import { dayStart } from '../../io/process/wall-clock.ts'

/** What a span may be, as help and refusals say it. */
export const SPANS_IN_WORDS = 'a span such as 12h, 7d, 4w, 2026-11-01 or all'

export interface Span {
  /** From when on, in ms since 1970; null: everything. */
  readonly fromMs: number | null
  /** `in the last 7 days`, `since 2026-11-01`, `in all`. */
  readonly when: string
}

const HOUR_MS = 3_600_000
const MOST_DAYS = 36_500

/**
 * `12h`, `7d`, `4w`, `2026-11-01`, `all`; a day begins at midnight here, today is one of them, hours are counted from now.
 * A sentence: it is none of these.
 */
export function sinceOf(text: string, nowMs: number): Span | string {
  if (text === 'all') return { fromMs: null, when: 'in all' }
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []
  if (date !== undefined) {
    const day = new Date(Number(year), Number(month) - 1, Number(date))
    const isOne = day.getMonth() === Number(month) - 1 && day.getDate() === Number(date)
    if (isOne) return { fromMs: day.getTime(), when: `since ${text}` }
  }
  const hours = Number(/^(\d{1,5})h$/.exec(text)?.[1] ?? 0)
  if (hours > 0) return { fromMs: nowMs - hours * HOUR_MS, when: `in the last ${count(hours, 'hour')}` }
  const days = Math.ceil(daysOf(text) ?? 0)
  if (days >= 1 && days <= MOST_DAYS)
    return { fromMs: dayStart(nowMs, days - 1), when: `in the last ${count(days, 'day')}` }
  return `${SPANS_IN_WORDS}; "${text}" came`
}

/** The same in whole days: for what is told by the day. */
export function wholeDays(span: Span | string): Span | string {
  return typeof span === 'string' || span.fromMs === null ? span : { ...span, fromMs: dayStart(span.fromMs) }
}
