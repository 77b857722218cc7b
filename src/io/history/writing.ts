/**
 * Writes what happens into the history. Every call is one transaction, whole or not at all, and throws `HistoryTrouble`
 * when it could not be; then nothing was written, and the same call may be made again.
 */

import { randomUUID } from 'node:crypto'
import type { Event } from '../../core/conversation.ts'
import type { Batch, Past, Summary } from '../../core/history/saved.ts'
import { sought } from '../../core/history/search-text.ts'
import type { LedgerRow } from '../../core/money/ledger.ts'
import type { Access } from './access.ts'
import { refer, referToo } from './blobs.ts'
import { nameOfCopy } from './copy-name.ts'
import { addAnswer, NEXT, NO_CONVERSATION, putting } from './putting.ts'

export interface Writing {
  /** Several calls as one transaction. */
  together<T>(deed: () => T): T
  /** A new conversation. @returns its number in the file */
  begin(kind: string, summary: Summary, wallMs: number, uid?: string): number
  /**
   * Adds settled events behind the `after` first ones. What is noted of the turn in flight goes with it.
   * @param flight who noted it; this process when absent
   * @returns the number of rows now; null: another program has written there meanwhile or removed the conversation, and
   * nothing was written. That it was given a name, or asked for one, does not count.
   */
  append(conversation: number, after: number, batch: Batch, flight?: string): number | null
  /** Notes what has happened in a running turn since the last note. @param base rows of events the turn follows */
  note(conversation: number, base: number, events: readonly Event[], wallMs: number): void
  /** It goes on here: if it lies in the bin, it comes out. @returns whether it did */
  takeOut(conversation: number): boolean
  /** It is open in this program, though nothing happens in it: nobody removes it for good meanwhile. */
  occupy(conversation: number, wallMs: number): void
  /** It is not open here any more. */
  vacate(conversation: number): void
  /** A row in the ledger that belongs to no conversation yet: one that tells the same call, by its time, takes its place. */
  pay(row: LedgerRow, wallMs: number): void
  /**
   * A new conversation with the first `upTo` rows of another one and a name that tells them apart, for a turn that
   * follows; what is noted of it in flight goes along. It is empty when the other is gone.
   */
  copy(conversation: number, upTo: number, past: Past, flight?: string, uid?: string): Copied
}

export interface Copied {
  readonly id: number
  readonly uid: string
  readonly rows: number
}

/** Stands in the place of the rows a turn follows, where there is none: no row comes before it. */
const OCCUPIED = -1

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
  takeOut: 'update conversations set deleted_ms = null where id = ? and deleted_ms is not null',
  vacate: `delete from flight where conversation = ? and owner = ? and base = ${OCCUPIED}`,
  landed: 'delete from flight where conversation = ? and owner = ?',
  row: 'insert into events (conversation, seq, wall_ms, body) values (?, ?, ?, ?)',
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
    return others.every(({ turn, body }) => turn === null && isAboutName(body)) ? last : null
  }

  const vacate = (conversation: number) => write(() => void sql(SQL.vacate).run(conversation, owner))
  const note: Writing['note'] = (conversation, base, events, wallMs) =>
    write(() => {
      vacate(conversation)
      sql(SQL.note).run(owner, base, wallMs, JSON.stringify(events), conversation)
      refer({ sql }, conversation, events)
    })

  return {
    together: write,
    begin: (kind, { title, titleBy, model }, wall, uid = randomUUID()) =>
      write(() => {
        const made = sql(SQL.begin).run({ uid, title, sought: sought(title), titleBy, kind, wall, model })
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
    note,
    takeOut: (conversation) => write(() => sql(SQL.takeOut).run(conversation).changes > 0),
    occupy: (conversation, wallMs) => note(conversation, OCCUPIED, [], wallMs),
    vacate,
    pay: (row, wallMs) => write(() => addAnswer({ sql }, NO_CONVERSATION, wallMs, row)),
    copy: (conversation, upTo, past, flight = owner, uid = randomUUID()) =>
      write(() => {
        const { summary, costUsd, costIsEstimate, unpriced, wallMs: wall } = past
        const origin = sql(SQL.origin).get(conversation) as { kind: string; created: number } | undefined
        const { kind, created } = origin ?? { kind: 'chat', created: wall }
        const { model, turns } = summary
        const bill = { cost: costUsd, isEstimate: costIsEstimate ? 1 : 0, unpriced }
        const { title, by } = origin ? nameOfCopy({ sql }, summary) : { title: summary.title, by: summary.titleBy }
        const names = { uid, title, sought: sought(title), titleBy: by }
        const made = sql(SQL.copied).run({ ...names, kind, created, wall, model, turns, ...bill })
        const id = Number(made.lastInsertRowid)
        // What was said in one that was removed may be there still, and in part.
        const rows = origin ? Number(sql(SQL.taken).run(id, conversation, upTo).changes) : 0
        if (origin) sql(SQL.saidToo).run(conversation, id)
        if (origin) sql(SQL.row).run(id, rows + 1, wall, JSON.stringify([{ type: 'titled', title, by }]))
        const all = origin ? rows + 1 : rows
        referToo({ sql }, id, conversation)
        sql(SQL.moved).run(id, all, conversation, flight)
        return { id, uid, rows: all }
      }),
  }
}

/** Whether a row of events does nothing but give a name, or tell what asking a model for one has cost. */
export function isAboutName(body: string): boolean {
  return (JSON.parse(body) as readonly Event[]).every(({ type }) => type === 'titled' || type === 'billed')
}
