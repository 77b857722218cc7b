/**
 * Writes what happens into the history. Every call is one transaction, whole or not at all, and throws `HistoryTrouble`
 * when it could not be; then nothing was written, and the same call may be made again.
 */

import { randomUUID } from 'node:crypto'
import type { Event } from '../../core/conversation.ts'
import type { LedgerRow } from '../../core/ledger.ts'
import type { Batch, Summary } from '../../core/saved.ts'
import { indexed } from '../../core/search-text.ts'
import type { DatabaseSync } from './database.ts'
import { understood } from './trouble.ts'

export interface Writing {
  /** A new conversation. @returns its number in the file */
  begin(kind: string, summary: Summary, wallMs: number): number
  /**
   * Adds settled events behind the `after` first ones. What is noted in flight by this owner goes with it.
   * @returns the number of rows now; null: another program has written there meanwhile, and nothing was written
   */
  append(conversation: number, after: number, batch: Batch): number | null
  /** Notes what has happened in a running turn since the last note. */
  note(conversation: number, seq: number, events: readonly Event[], wallMs: number): void
  /** A new conversation with the first `upTo` rows of another one. @returns its number */
  copy(conversation: number, upTo: number, title: string): number
  /**
   * Adds whole conversations from elsewhere, all of them or none: an error of `arriving` is thrown on, and nothing was
   * written. What is here already stays as it is; what has grown there meanwhile grows here.
   */
  bring(arriving: Iterable<Newcomer>, nowMs: number): readonly Brought[]
}

/** A conversation that comes from elsewhere. */
export interface Newcomer {
  readonly uid: string
  readonly kind: string
  /** null: with its first batch. */
  readonly createdMs: number | null
  readonly batches: Iterable<Batch>
  /** Whether its answers go into the ledger: they were paid for here. */
  readonly isUnbilled: boolean
}

/** What became of a newcomer. */
export interface Brought {
  readonly uid: string
  /** `different`: it is here, and has gone another way since; nothing was taken. `empty`: nothing was said in it. */
  readonly fate: 'new' | 'here' | 'grown' | 'different' | 'empty'
  /** Turns that were added. */
  readonly turns: number
  readonly isBinned: boolean
}

/** @param owner names this process among those that run and have run */
export function writing(db: DatabaseSync, path: string, owner: string): Writing {
  const within = <T>(deed: () => T): T => {
    try {
      db.exec('begin immediate')
    } catch (error) {
      throw understood(error, path)
    }
    try {
      const result = deed()
      db.exec('commit')
      return result
    } catch (error) {
      // Some errors (a full disk among them) end the transaction by themselves.
      if (db.isTransaction) db.exec('rollback')
      throw understood(error, path)
    }
  }
  const statements = {
    begin: db.prepare(
      `insert into conversations (uid, title, title_by, kind, created_ms, updated_ms, model) values (?, ?, ?, ?, ?, ?, ?)`,
    ),
    count: db.prepare('select coalesce(max(seq), 0) as last from events where conversation = ?'),
    named: db.prepare(
      `select count(*) as n from events where conversation = ? and seq > ? and (turn is not null or body not like '[{"type":"titled"%')`,
    ),
    event: db.prepare('insert into events (conversation, seq, turn, wall_ms, body) values (?, ?, ?, ?, ?)'),
    words: db.prepare('insert into words (rowid, said) values (?, ?)'),
    // A name that somebody gave goes only for another one: it may have been given from outside a running chat.
    summary: db.prepare(
      `update conversations set
       title = case when title_by = 'question' or ? then ? else title end,
       title_by = case when title_by = 'question' or ? then ? else title_by end,
       turns = ?, model = ?, ended = ?, cost_usd = cost_usd + ?,
       cost_is_estimate = max(cost_is_estimate, ?), unpriced = unpriced + ?, updated_ms = max(updated_ms, ?)
       where id = ?`,
    ),
    note: db.prepare('insert into flight (conversation, seq, owner, wall_ms, body) values (?, ?, ?, ?, ?)'),
    rows: db.prepare('select body from events where conversation = ? order by seq'),
    known: db.prepare('select id, deleted_ms as deletedMs from conversations where uid = ?'),
    brought: db.prepare('update conversations set brought_ms = ? where id = ?'),
    landed: db.prepare('delete from flight where conversation = ? and owner = ?'),
    answer: db.prepare(
      `insert into answers (conversation, turn, purpose, wall_ms, model, effort, input, cache_read, cache_write_5m,
       cache_write_1h, output, output_is_estimate, thinking, prices, cost_usd, ttft_ms, ttlt_ms, otps, stalls,
       stalled_ms, attempts, ended, stop_reason, request_id, message_id)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
  }
  const addAnswer = (conversation: number, wallMs: number, row: LedgerRow) => {
    const cache = [row.cacheRead, row.cacheWrite5m, row.cacheWrite1h]
    const prices = row.prices && JSON.stringify(row.prices)
    const speeds = [row.ttftMs, row.ttltMs, row.otps, row.stalls, row.stalledMs]
    statements.answer.run(
      ...[conversation, row.turn, row.purpose, wallMs, row.model, row.effort, row.input, ...cache],
      ...[row.output, row.outputIsEstimate ? 1 : 0, row.thinking, prices, row.costUsd, ...speeds],
      ...[row.attempts, row.ended, row.stopReason, row.requestId, row.messageId],
    )
  }
  const begin = (kind: string, { title, titleBy, model }: Summary, wallMs: number, uid: string = randomUUID()) =>
    Number(statements.begin.run(uid, title, titleBy, kind, wallMs, wallMs, model).lastInsertRowid)

  /** Adds a batch as row `seq`, and to all that is kept beside. */
  const put = (conversation: number, seq: number, batch: Batch, isBilledHere: boolean) => {
    const { events, turn, said, ledger, summary, wallMs } = batch
    const { lastInsertRowid } = statements.event.run(conversation, seq, turn, wallMs, JSON.stringify(events))
    if (said !== '') statements.words.run(lastInsertRowid, indexed(said))
    if (isBilledHere) for (const row of ledger) addAnswer(conversation, wallMs, row)
    const { title, titleBy, turns, model, ended } = summary
    const cost = ledger.reduce((sum, row) => sum + (row.costUsd ?? 0), 0)
    const isEstimate = ledger.some((row) => row.outputIsEstimate && row.costUsd !== null)
    const unpriced = ledger.filter((row) => row.costUsd === null).length
    const names = events.some(({ type }) => type === 'titled') ? 1 : 0
    statements.summary.run(
      ...[names, title, names, titleBy, turns, model, ended, cost, isEstimate ? 1 : 0, unpriced, wallMs, conversation],
    )
  }

  const bringOne = ({ uid, kind, createdMs, batches, isUnbilled }: Newcomer, nowMs: number): Brought => {
    const known = statements.known.get(uid) as { id: number; deletedMs: number | null } | undefined
    const isBinned = known !== undefined && known.deletedMs !== null
    const here = known ? (statements.rows.all(known.id) as { body: string }[]) : []
    let id = known?.id
    let rows = 0
    let turns = 0
    for (const batch of batches) {
      const row = here[rows++]
      if (row) {
        if (row.body === JSON.stringify(batch.events)) continue
        return { uid, fate: 'different', turns: 0, isBinned }
      }
      id ??= begin(kind, batch.summary, createdMs ?? batch.wallMs, uid)
      put(id, rows, batch, isUnbilled)
      if (batch.turn !== null) turns++
    }
    if (id === undefined) return { uid, fate: 'empty', turns, isBinned }
    statements.brought.run(nowMs, id)
    const fate = !known ? 'new' : rows > here.length ? 'grown' : 'here'
    return { uid, fate, turns, isBinned }
  }

  return {
    begin: (kind, summary, wallMs) => within(() => begin(kind, summary, wallMs)),
    append: (conversation, after, batch) =>
      within(() => {
        const { last } = statements.count.get(conversation) as { last: number }
        // A name that was given meanwhile is no other end of the conversation.
        const isOther =
          last < after || (last > after && (statements.named.get(conversation, after) as { n: number }).n > 0)
        if (isOther) return null
        put(conversation, last + 1, batch, true)
        statements.landed.run(conversation, owner)
        return last + 1
      }),
    bring(arriving, nowMs) {
      let trouble: { readonly error: unknown } | null = null
      const read = function* (): Generator<Newcomer> {
        try {
          yield* arriving
        } catch (error) {
          trouble = { error }
          throw error
        }
      }
      try {
        return within(() => Array.from(read(), (one) => bringOne(one, nowMs)))
      } catch (error) {
        throw trouble ? (trouble as { error: unknown }).error : error
      }
    },
    note: (conversation, seq, events, wallMs) =>
      within(() => void statements.note.run(conversation, seq, owner, wallMs, JSON.stringify(events))),
    copy: (conversation, upTo, title) =>
      within(() => {
        const { lastInsertRowid } = db
          .prepare(
            `insert into conversations (uid, title, title_by, kind, created_ms, updated_ms, turns, cost_usd,
             cost_is_estimate, unpriced, model, ended)
             select ?, ?, title_by, kind, created_ms, updated_ms, turns, cost_usd, cost_is_estimate, unpriced, model, ended
             from conversations where id = ?`,
          )
          .run(randomUUID(), title, conversation)
        const copy = Number(lastInsertRowid)
        const rows = db
          .prepare('select seq, turn, wall_ms, body from events where conversation = ? and seq <= ? order by seq')
          .iterate(conversation, upTo) as Iterable<{ seq: number; turn: number | null; wall_ms: number; body: string }>
        for (const { seq, turn, wall_ms, body } of [...rows]) statements.event.run(copy, seq, turn, wall_ms, body)
        db.prepare('update flight set conversation = ? where conversation = ? and owner = ?').run(
          copy,
          conversation,
          owner,
        )
        return copy
      }),
  }
}
