/** Reads the ledger in sums, for a look back at any number of answers. What is made of them is known to `core/lab/tally`. */

import type { ClockHour, Day, Ended, SessionSum, Sums, Unfinished } from '../../core/lab/tally/tally.ts'
import type { Access } from './access.ts'
import { listsOf } from './lists.ts'

export interface Tallying {
  /** What was paid on each day of the calendar here from an hour on, by model and purpose. @param from as 2026112100 */
  days(from: number): readonly Day[]
  /** The same answers by hour of the day and model, with what their turns took. */
  clock(from: number): readonly ClockHour[]
  /** How answers ended that did not simply come to their end. */
  oddEnds(fromMs: number): readonly Ended[]
  /** What turns took that did not come to their end, those that were billed. */
  unfinished(fromMs: number): readonly Unfinished[]
  /** The dearest conversations by what was paid in them from a moment on. */
  dearest(fromMs: number, limit: number): readonly SessionSum[]
}

/** The columns of sums, in the order in which they are read. */
const SUMS = {
  ...{ answers: 'answers', unpriced: 'unpriced', estimates: 'estimates', input: 'input', cacheRead: 'cache_read' },
  ...{ cacheWrite5m: 'cache_write_5m', cacheWrite1h: 'cache_write_1h', output: 'output', thinking: 'thinking' },
  ...{ costUsd: 'cost_usd', uncachedUsd: 'uncached_usd', stalls: 'stalls', stalledMs: 'stalled_ms' },
  ...{ retries: 'retries', instead: 'instead', finished: 'finished' },
} as const satisfies Record<keyof Sums, string>
const SUMMED = Object.values(SUMS).map((column) => `sum(${column})`)

const SQL = {
  days: `select hour / 100, model, purpose, ${SUMMED} from hours where hour >= ? and answers > 0 group by 1, 2, 3`,
  clock: `select hour % 100, model, group_concat(times), ${SUMMED} from hours where hour >= ? and answers > 0
    group by 1, 2`,
  // In the words of the index that holds them.
  odd: `select purpose, ended, stop_reason as stopReason, count(*) as answers from answers
    where wall_ms >= ? and (ended <> 'finished' or stop_reason <> 'end_turn') group by 1, 2, 3 order by answers desc`,
  unfinished: `select model, ttft_ms as ttftMs, ttlt_ms as ttltMs from answers indexed by answers_odd
    where wall_ms >= ? and purpose = 'turn' and (ended <> 'finished' or stop_reason <> 'end_turn')
    and ended in ('failed', 'stopped') and ttlt_ms is not null`,
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
type Paid = Omit<SessionSum, 'uid' | 'title' | 'model' | 'isEstimate'> & { readonly isEstimate: number | null }

/** Columns that say of what, and sums behind them, in the order of the statement. */
function named<Of extends string>(row: readonly unknown[], of: readonly Of[]): Sums & Record<Of, unknown> {
  return Object.fromEntries([...of, ...Object.keys(SUMS)].map((name, i) => [name, row[i]])) as never
}

export function tallying({ sql, read }: Access): Tallying {
  return {
    days: (from) =>
      read(() => listsOf(sql(SQL.days), from).map((row) => named(row, ['day', 'model', 'purpose']) as Day)),
    clock: (from) =>
      read(() => listsOf(sql(SQL.clock), from).map((row) => named(row, ['hour', 'model', 'times']) as ClockHour)),
    oddEnds: (fromMs) => read(() => sql(SQL.odd).all(fromMs) as unknown as readonly Ended[]),
    unfinished: (fromMs) => read(() => sql(SQL.unfinished).all(fromMs) as unknown as readonly Unfinished[]),
    dearest: (fromMs, limit) =>
      read(() => {
        const found: (Paid & { readonly id: number })[] = []
        // No conversation was paid more for since then than in all: those behind the last one cannot be among them.
        const isOver = ({ most }: Candidate) => found.length >= limit && most <= found[limit - 1]!.costUsd
        for (let offset = 0; ; offset += PORTION) {
          const some = sql(SQL.candidates).all(fromMs, PORTION, offset) as unknown as readonly Candidate[]
          const over = some.find((one) => {
            if (isOver(one)) return true
            found.push({ id: one.id, ...(sql(SQL.paid).get(one.id, fromMs) as unknown as Paid) })
            found.sort((a, b) => b.costUsd - a.costUsd)
            return false
          })
          if (over || some.length < PORTION) break
        }
        return found
          .filter(({ answers }) => answers > 0)
          .slice(0, limit)
          .map(({ id, isEstimate, ...sums }) => {
            const who = sql(SQL.named).get(id) as unknown as Pick<SessionSum, 'uid' | 'title' | 'model'>
            return { ...who, ...sums, isEstimate: Boolean(isEstimate) }
          })
      }),
  }
}
