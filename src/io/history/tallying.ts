/** Reads the ledger in sums, for a look back at any number of answers. What is made of them is known to `core/tally`. */

import type { StatementSync } from 'node:sqlite'
import type { Ended, Hour, SessionSum } from '../../core/tally/tally.ts'
import type { Access } from './access.ts'

export interface Tallying {
  /** What was paid in each hour of the calendar here from one on, by model and purpose. @param from as 2026112100 */
  hours(from: number): readonly Hour[]
  /** How answers ended that did not simply come to their end. */
  oddEnds(fromMs: number): readonly Ended[]
  /** The dearest conversations by what was paid in them from a moment on. */
  dearest(fromMs: number, limit: number): readonly SessionSum[]
}

const SQL = {
  hours: `select hour, model, purpose, answers, unpriced, estimates, input, cache_read as cacheRead,
    cache_write_5m as cacheWrite5m, cache_write_1h as cacheWrite1h, output, thinking, cost_usd as costUsd,
    uncached_usd as uncachedUsd, stalls, stalled_ms as stalledMs, retries, instead, finished, times
    from hours where hour >= ? and answers > 0 order by hour, model, purpose`,
  // In the words of the index that holds them.
  odd: `select purpose, ended, stop_reason as stopReason, count(*) as answers from answers
    where wall_ms >= ? and (ended <> 'finished' or stop_reason <> 'end_turn') group by 1, 2, 3 order by answers desc`,
  candidates: `select id, cost_usd as most from conversations where updated_ms >= ? and cost_usd > 0
    order by cost_usd desc limit ? offset ?`,
  named: 'select uid, title, model from conversations where id = ?',
  paid: `select count(*) as answers, coalesce(sum(cost_usd), 0) as costUsd,
    max(cost_usd is not null and output_is_estimate) as isEstimate, sum(cost_usd is null) as unpriced
    from answers where conversation = ? and wall_ms >= ?`,
} as const

/** Candidates looked at in one go. */
const PORTION = 64

interface Candidate {
  readonly id: number
  readonly most: number
}
type Sums = Omit<SessionSum, 'uid' | 'title' | 'model' | 'isEstimate'> & { readonly isEstimate: number | null }

/**
 * Rows as lists of their columns, where Node knows how (24, 22.16): as dictionaries they take twice as long to be made, and
 * are read ten times as slowly.
 */
function listed(statement: StatementSync): StatementSync {
  if ('setReturnArrays' in statement) statement.setReturnArrays(true)
  return statement
}

/** By their places: taken apart by name they would be walked one by one. */
function asHour(given: unknown): Hour {
  const row = columnsOf(given)
  return {
    hour: row[0],
    model: row[1],
    purpose: row[2],
    answers: row[3],
    unpriced: row[4],
    estimates: row[5],
    input: row[6],
    cacheRead: row[7],
    cacheWrite5m: row[8],
    cacheWrite1h: row[9],
    output: row[10],
    thinking: row[11],
    costUsd: row[12],
    uncachedUsd: row[13],
    stalls: row[14],
    stalledMs: row[15],
    retries: row[16],
    instead: row[17],
    finished: row[18],
    times: row[19],
  } as unknown as Hour
}

const columnsOf = (row: unknown): readonly unknown[] => (Array.isArray(row) ? row : Object.values(row as object))

export function tallying({ sql, read }: Access): Tallying {
  return {
    hours: (from) => read(() => listed(sql(SQL.hours)).all(from).map(asHour)),
    oddEnds: (fromMs) => read(() => sql(SQL.odd).all(fromMs) as unknown as readonly Ended[]),
    dearest: (fromMs, limit) =>
      read(() => {
        const found: (Sums & { readonly id: number })[] = []
        // No conversation was paid more for since then than in all: those behind the last one cannot be among them.
        const isOver = ({ most }: Candidate) => found.length >= limit && most <= found[limit - 1]!.costUsd
        for (let offset = 0; ; offset += PORTION) {
          const some = sql(SQL.candidates).all(fromMs, PORTION, offset) as unknown as readonly Candidate[]
          const over = some.find((one) => {
            if (isOver(one)) return true
            found.push({ id: one.id, ...(sql(SQL.paid).get(one.id, fromMs) as unknown as Sums) })
            found.sort((a, b) => b.costUsd - a.costUsd)
            return false
          })
          if (over || some.length < PORTION) break
        }
        return found
          .filter(({ answers }) => answers > 0)
          .slice(0, limit)
          .map(({ id, isEstimate, ...sums }) => {
            const named = sql(SQL.named).get(id) as unknown as Pick<SessionSum, 'uid' | 'title' | 'model'>
            return { ...named, ...sums, isEstimate: Boolean(isEstimate) }
          })
      }),
  }
}
