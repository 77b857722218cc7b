/** Unfinished business: conversations whose last answer was cut off by the end of its program, the network or the server. */

import type { Access } from './access.ts'

export interface Unfinished {
  /**
   * Numbers of the conversations whose last turn was cut off since then, the latest first. Not those in the bin, from
   * elsewhere, being held just now, or declined since. A one-shot counts when it was the program that ended: of anything
   * else its caller was told.
   */
  cutOff(sinceMs: number): readonly number[]
  /** Going on with it was offered, and something else was preferred: `cutOff` leaves it out until it is cut off again. */
  decline(conversation: number, wallMs: number): void
}

/** Conversations looked at: nobody goes through more offers. */
const MOST = 50
/** Declined offers are remembered for so long, in ms: longer than anything is offered. */
const REMEMBERED_MS = 90 * 24 * 60 * 60 * 1000

const SQL = {
  // The last event of the last turn tells how it ended; what follows in rows of their own is no turn.
  cutOff: `select id from (
      select c.id, c.latest, c.kind, (
        select json_extract(body, '$[#-1].failure.kind') from events e
        where e.conversation = c.id and e.turn is not null order by e.seq desc limit 1
      ) as failure
      from conversations c
      where c.deleted_ms is null and c.latest >= ?1 and c.updated_ms >= ?1 and c.ended = 'failed'
        and c.updated_ms > ifnull(c.brought_ms, 0)
        and c.id not in (select conversation from flight)
        and not exists (select 1 from chores where name = 'declined ' || c.id and done_ms >= c.updated_ms)
      order by c.latest desc limit ${MOST}
    ) where (kind = 'chat' and failure in ('cut', 'stalled', 'interrupted')) or (kind = 'single' and failure = 'interrupted')
    order by latest desc`,
  decline: `insert into chores (name, done_ms) values (?, ?)
    on conflict (name) do update set done_ms = excluded.done_ms`,
  forget: "delete from chores where name like 'declined %' and done_ms < ?",
} as const

export function unfinished({ sql, read, write }: Access): Unfinished {
  return {
    cutOff: (sinceMs) => read(() => sql(SQL.cutOff).all(sinceMs) as { id: number }[]).map(({ id }) => id),
    decline: (conversation, wallMs) =>
      write(() => {
        sql(SQL.forget).run(wallMs - REMEMBERED_MS)
        sql(SQL.decline).run(`declined ${conversation}`, wallMs)
      }),
  }
}
