/** Care for the history: names, the bin, old conversations, and turns that were cut off by the end of their program. */

import type { Event } from '../../core/conversation.ts'
import { DAY_MS } from '../../core/retention.ts'
import type { DatabaseSync } from './database.ts'
import { outdated } from './reading.ts'
import { understood } from './trouble.ts'

export interface Tending {
  /** Puts a conversation into the bin, or takes it out again. */
  bin(conversation: number, deletedMs: number | null): void
  /** Gives a conversation a name; it becomes one more of its events. */
  retitle(conversation: number, title: string, wallMs: number): void
  /**
   * Removes conversations for good: those not touched since `beforeMs` (null: none) and those in the bin since
   * `binnedBeforeMs`. Answers stay in the ledger, without a word of what was said. @returns how many
   */
  prune(beforeMs: number | null, binnedBeforeMs: number, isTrial?: boolean): number
  /** Whether a chore that is done once a day is due; if so, it counts as done from now on. */
  daily(chore: string, wallMs: number): boolean
  /** Takes over the turns whose programs are gone: no other one will. */
  claim(): readonly { readonly conversation: number; readonly wallMs: number }[]
  /** What this process has noted or claimed of a running turn, in order. */
  ownFlight(conversation: number): readonly Event[]
  /** Whether the file is sound, by SQLite's own check. Reads all of it. */
  isSound(): boolean
}

export function tending(
  db: DatabaseSync,
  path: string,
  { owner, isGone }: { readonly owner: string; readonly isGone: (owner: string) => boolean },
): Tending {
  const guarded = <T>(deed: () => T): T => {
    try {
      return deed()
    } catch (error) {
      if (db.isTransaction) db.exec('rollback')
      throw understood(error, path)
    }
  }
  return {
    bin: (conversation, deletedMs) =>
      guarded(
        () => void db.prepare('update conversations set deleted_ms = ? where id = ?').run(deletedMs, conversation),
      ),
    retitle: (conversation, title, wallMs) =>
      guarded(() => {
        const event: Event = { type: 'titled', title, by: 'user' }
        db.exec('begin immediate')
        db.prepare(
          `insert into events (conversation, seq, wall_ms, body)
           select ?, coalesce(max(seq), 0) + 1, ?, ? from events where conversation = ?`,
        ).run(conversation, wallMs, JSON.stringify([event]), conversation)
        db.prepare(`update conversations set title = ?, title_by = 'user' where id = ?`).run(title, conversation)
        db.exec('commit')
      }),
    prune: (beforeMs, binnedBeforeMs, isTrial = false) =>
      guarded(() => {
        const old = outdated(beforeMs, binnedBeforeMs)
        const { n } = db.prepare(`select count(*) as n from conversations where ${old}`).get() as { n: number }
        if (isTrial || n === 0) return n
        db.exec('begin immediate')
        db.exec(`delete from words where rowid in
          (select e.id from events e where e.conversation in (select id from conversations where ${old}))`)
        db.exec(`delete from conversations where ${old}`)
        db.exec('commit')
        db.exec('pragma incremental_vacuum')
        return n
      }),
    daily: (chore, wallMs) =>
      guarded(() => {
        const stamp = db.prepare(
          `insert into chores (name, done_ms) values (?, ?) on conflict (name) do update set done_ms = excluded.done_ms
           where abs(excluded.done_ms - done_ms) >= ${DAY_MS}`,
        )
        return stamp.run(chore, wallMs).changes > 0
      }),
    claim: () =>
      guarded(() => {
        const found = db
          .prepare('select conversation, owner, max(wall_ms) as wallMs from flight group by conversation, owner')
          .all() as unknown as readonly { conversation: number; owner: string; wallMs: number }[]
        const gone = found.filter((one) => one.owner !== owner && isGone(one.owner))
        return gone.filter(({ conversation, owner: former }) => {
          const taken = db.prepare('update or ignore flight set owner = ? where conversation = ? and owner = ?')
          return taken.run(owner, conversation, former).changes > 0
        })
      }),
    ownFlight: (conversation) =>
      guarded(() => {
        const notes = db.prepare('select body from flight where conversation = ? and owner = ? order by seq')
        return (notes.all(conversation, owner) as { body: string }[]).flatMap(({ body }) => JSON.parse(body) as Event[])
      }),
    isSound: () => guarded(() => Object.values(db.prepare('pragma quick_check(1)').get() ?? {})[0] === 'ok'),
  }
}
