/** What the advisor needs of the history: turns one by one, and which advice was followed when. */

import type { RecentTurn } from '../../core/lab/advisor/evidence.ts'
import type { Followed } from '../../core/lab/advisor/measured.ts'
import type { ModelCard } from '../../core/models.ts'
import type { Access } from './access.ts'

export interface Advising {
  /** The latest turns since a moment, the earliest first. */
  recentTurns(fromMs: number, limit: number): readonly RecentTurn[]
  /** Advice that was followed, and whose change was not told yet. */
  followed(): readonly Followed[]
  follow(advice: Followed): void
  /** Its change was told. */
  forgetFollowed(advice: Followed): void
}

/** How such a chore begins; the rest is JSON. */
const CHORE = 'advice '

const SQL = {
  turns: `select a.conversation, a.purpose, a.model, a.effort, a.wall_ms - coalesce(a.ttlt_ms, 0) as sentMs, a.input,
    a.cache_read as cacheRead, a.cache_write_5m as cacheWrite5m, a.cache_write_1h as cacheWrite1h, a.output, a.thinking,
    a.prices, a.cost_usd as costUsd, coalesce(c.kind = 'single', 0) as isSingle, a.ttft_ms as ttftMs, a.ttlt_ms as ttltMs,
    a.otps, a.stalls, a.stalled_ms as stalledMs, a.attempts, a.instead_of as insteadOf, a.ended,
    a.stop_reason as stopReason
    from answers a left join conversations c on c.id = a.conversation
    where a.wall_ms >= ? and a.purpose = 'turn' order by a.wall_ms desc, a.id desc limit ?`,
  chores: `select name, done_ms as atMs from chores where name >= '${CHORE}' and name < '${CHORE}~' order by done_ms`,
  add: 'insert into chores (name, done_ms) values (?, ?) on conflict (name) do update set done_ms = excluded.done_ms',
  drop: 'delete from chores where name = ?',
} as const

/** By what it is, whatever else is known of it. */
const nameOf = ({ id, did, measure }: Followed) => CHORE + JSON.stringify({ id, did, measure })

/** @param pricesIn the price card in a JSON text */
export function advising({ sql, read, write }: Access, pricesIn: (json: string) => ModelCard['prices']): Advising {
  type Stored = Omit<RecentTurn, 'prices' | 'isSingle'> & { readonly prices: string | null; readonly isSingle: number }
  return {
    recentTurns: (fromMs, limit) =>
      read(() =>
        (sql(SQL.turns).all(fromMs, limit) as unknown as readonly Stored[])
          .map(({ prices, isSingle, ...row }) => ({
            ...row,
            isSingle: Boolean(isSingle),
            prices: prices === null ? null : pricesIn(prices),
          }))
          .reverse(),
      ),
    followed: () =>
      read(() =>
        (sql(SQL.chores).all() as unknown as readonly { name: string; atMs: number }[]).map(({ name, atMs }) => ({
          ...(JSON.parse(name.slice(CHORE.length)) as Omit<Followed, 'atMs'>),
          atMs,
        })),
      ),
    follow: (advice) => write(() => void sql(SQL.add).run(nameOf(advice), advice.atMs)),
    forgetFollowed: (advice) => write(() => void sql(SQL.drop).run(nameOf(advice))),
  }
}
