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
    event: db.prepare('insert into events (conversation, seq, turn, wall_ms, body) values (?, ?, ?, ?, ?)'),
    words: db.prepare('insert into words (rowid, said) values (?, ?)'),
    summary: db.prepare(
      `update conversations set title = ?, title_by = ?, turns = ?, model = ?, ended = ?, cost_usd = cost_usd + ?,
       cost_is_estimate = max(cost_is_estimate, ?), unpriced = unpriced + ?, updated_ms = max(updated_ms, ?)
       where id = ?`,
    ),
    note: db.prepare('insert into flight (conversation, seq, owner, wall_ms, body) values (?, ?, ?, ?, ?)'),
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
  const begin: Writing['begin'] = (kind, summary, wallMs) => {
    const { title, titleBy, model } = summary
    const row = statements.begin.run(randomUUID(), title, titleBy, kind, wallMs, wallMs, model)
    return Number(row.lastInsertRowid)
  }

  return {
    begin: (kind, summary, wallMs) => within(() => begin(kind, summary, wallMs)),
    append: (conversation, after, { events, turn, said, ledger, summary, wallMs }) =>
      within(() => {
        const { last } = statements.count.get(conversation) as { last: number }
        if (last !== after) return null
        const { lastInsertRowid } = statements.event.run(conversation, last + 1, turn, wallMs, JSON.stringify(events))
        if (said !== '') statements.words.run(lastInsertRowid, indexed(said))
        for (const row of ledger) addAnswer(conversation, wallMs, row)
        const { title, titleBy, turns, model, ended } = summary
        const cost = ledger.reduce((sum, row) => sum + (row.costUsd ?? 0), 0)
        const isEstimate = ledger.some((row) => row.outputIsEstimate && row.costUsd !== null)
        const unpriced = ledger.filter((row) => row.costUsd === null).length
        statements.summary.run(
          ...[title, titleBy, turns, model, ended, cost, isEstimate ? 1 : 0, unpriced, wallMs, conversation],
        )
        statements.landed.run(conversation, owner)
        return last + 1
      }),
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
