/**
 * Writes what happens into the history. Every call is one transaction, whole or not at all, and throws `HistoryTrouble`
 * when it could not be; then nothing was written, and the same call may be made again.
 */

import { randomUUID } from 'node:crypto'
import type { Event } from '../../core/conversation.ts'
import type { Batch, Past, Summary } from '../../core/saved.ts'
import { sought } from '../../core/search-text.ts'
import type { Access } from './access.ts'
import { NEXT, putting } from './putting.ts'

export interface Writing {
  /** Several calls as one transaction. */
  together<T>(deed: () => T): T
  /** A new conversation. @returns its number in the file */
  begin(kind: string, summary: Summary, wallMs: number): number
  /**
   * Adds settled events behind the `after` first ones. What is noted of the turn in flight goes with it.
   * @param flight who noted it; this process when absent
   * @returns the number of rows now; null: another program has written there meanwhile or removed the conversation, and
   * nothing was written. That it was given a name does not count.
   */
  append(conversation: number, after: number, batch: Batch, flight?: string): number | null
  /** Notes what has happened in a running turn since the last note. @param base rows of events the turn follows */
  note(conversation: number, base: number, events: readonly Event[], wallMs: number): void
  /**
   * A new conversation with the first `upTo` rows of another one, for a turn that follows them; what is noted of it in
   * flight goes along. It is empty when the other is gone.
   */
  copy(conversation: number, upTo: number, past: Past, flight?: string): { readonly id: number; readonly rows: number }
}

const SQL = {
  begin: `insert into conversations (uid, title, title_sought, title_by, kind, created_ms, updated_ms, latest, model)
    values (:uid, :title, :sought, :titleBy, :kind, :wall, :wall, iif(:kind = 'import', :wall, ${NEXT}), :model)`,
  copied: `insert into conversations (uid, title, title_sought, title_by, kind, created_ms, updated_ms, latest, model,
    turns, cost_usd, cost_is_estimate, unpriced)
    values (:uid, :title, :sought, :titleBy, :kind, :created, :wall, ${NEXT}, :model, :turns, :cost, :isEstimate,
    :unpriced)`,
  origin: 'select kind, created_ms as created from conversations where id = ?',
  rows: `select c.id, coalesce((select max(seq) from events where conversation = c.id), 0) as last
    from conversations c where c.id = ?`,
  since: "select turn, iif(turn is null, body, '') as body from events where conversation = ? and seq > ?",
  note: `insert into flight (conversation, owner, base, wall_ms, body)
    select id, ?, ?, ?, ? from conversations where id = ?`,
  landed: 'delete from flight where conversation = ? and owner = ?',
  moved: 'update flight set conversation = ?, base = ? where conversation = ? and owner = ?',
  taken: `insert into events (conversation, seq, turn, wall_ms, body)
    select ?, seq, turn, wall_ms, body from events where conversation = ? and seq <= ? order by seq`,
  saidToo: `insert into said (words, conversation, event)
    select s.words, copy.conversation, copy.id from events copy
    join events first on first.conversation = ? and first.seq = copy.seq
    join said s on s.conversation = first.conversation and s.event = first.id
    where copy.conversation = ?`,
} as const

/** @param owner names this process among those that run and have run */
export function writing({ sql, write }: Access, owner: string): Writing {
  const put = putting({ sql })
  /** Rows of events, or null: somebody else has gone on with it, or removed it. */
  const rowsFor = (conversation: number, after: number): number | null => {
    const { last } = (sql(SQL.rows).get(conversation) ?? {}) as { last?: number }
    if (last === undefined || last < after) return null
    const others = sql(SQL.since).all(conversation, after) as unknown as readonly {
      turn: number | null
      body: string
    }[]
    return others.every(({ turn, body }) => turn === null && isName(body)) ? last : null
  }

  return {
    together: write,
    begin: (kind, { title, titleBy, model }, wall) =>
      write(() => {
        const made = sql(SQL.begin).run({ uid: randomUUID(), title, sought: sought(title), titleBy, kind, wall, model })
        return Number(made.lastInsertRowid)
      }),
    append: (conversation, after, batch, flight = owner) =>
      write(() => {
        const last = rowsFor(conversation, after)
        if (last === null) return null
        put(conversation, last + 1, batch, { isPast: flight !== owner, isBilledHere: true })
        sql(SQL.landed).run(conversation, flight)
        return last + 1
      }),
    note: (conversation, base, events, wallMs) =>
      write(() => void sql(SQL.note).run(owner, base, wallMs, JSON.stringify(events), conversation)),
    copy: (conversation, upTo, { summary, costUsd, costIsEstimate, unpriced, wallMs: wall }, flight = owner) =>
      write(() => {
        const origin = sql(SQL.origin).get(conversation) as { kind: string; created: number } | undefined
        const { kind, created } = origin ?? { kind: 'chat', created: wall }
        const { title, titleBy, model, turns } = summary
        const bill = { cost: costUsd, isEstimate: costIsEstimate ? 1 : 0, unpriced }
        const names = { uid: randomUUID(), title, sought: sought(title), titleBy }
        const made = sql(SQL.copied).run({ ...names, kind, created, wall, model, turns, ...bill })
        const id = Number(made.lastInsertRowid)
        // What was said in one that was removed may be there still, and in part.
        const rows = origin ? Number(sql(SQL.taken).run(id, conversation, upTo).changes) : 0
        if (origin) sql(SQL.saidToo).run(conversation, id)
        sql(SQL.moved).run(id, rows, conversation, flight)
        return { id, rows }
      }),
  }
}

/** Whether a row of events does nothing but give a name. */
function isName(body: string): boolean {
  return (JSON.parse(body) as readonly Event[]).every(({ type }) => type === 'titled')
}
