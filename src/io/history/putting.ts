/** One batch of settled events into the tables: the events, the text to be found, the ledger, and the view of it all. */

import type { Batch } from '../../core/history/saved.ts'
import { indexed, sought } from '../../core/history/search-text.ts'
import type { LedgerRow } from '../../core/money/ledger.ts'
import type { Access } from './access.ts'
import { refer } from './blobs.ts'

/** Above whatever was written to last: the clock may have been set back since. */
export const NEXT = `max(:wall, coalesce((select max(latest) from conversations where deleted_ms is null), 0) + 0.001)`

/** A name that was found by a model gives way to a person's, wherever that was given. */
const RENAMES = `(:isNamed and (:titleBy = 'user' or title_by <> 'user')) or title_by = 'question'`

/** Stands in the place of a conversation for what was paid before there is one. */
export const NO_CONVERSATION = 0

const SQL = {
  event: 'insert into events (conversation, seq, turn, wall_ms, body) values (?, ?, ?, ?, ?)',
  words: 'insert into words (rowid, text) values (?, ?)',
  said: 'insert into said (words, conversation, event) values (?, ?, ?)',
  // A name that was given in another terminal stays. What is imported, or settled late, keeps its place in time.
  summary: `update conversations set
      title = iif(${RENAMES}, :title, title),
      title_sought = iif(${RENAMES}, :sought, title_sought),
      title_by = iif(${RENAMES}, :titleBy, title_by),
      turns = :turns, model = :model, ended = :ended, cost_usd = cost_usd + :cost,
      cost_is_estimate = max(cost_is_estimate, :isEstimate), unpriced = unpriced + :unpriced,
      updated_ms = :wall, latest = iif(:isPast or kind = 'import', max(latest, :wall), ${NEXT})
    where id = :id`,
  answer: `insert into answers (conversation, turn, purpose, wall_ms, model, effort, input, cache_read, cache_write_5m,
    cache_write_1h, output, output_is_estimate, thinking, prices, cost_usd, ttft_ms, ttlt_ms, otps, stalls,
    stalled_ms, attempts, ended, stop_reason, request_id, message_id, instead_of,
    first_byte_ms, first_thinking_ms, visible_otps, phases, format_ok)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  // The same call, told by the clock: within half a millisecond.
  unpaid: `delete from answers where conversation = ${NO_CONVERSATION} and purpose = ? and model = ? and abs(wall_ms - ?) < 0.5`,
} as const

/** Adds a batch to a conversation as row `seq`. To be called within a transaction. */
export type Put = (
  conversation: number,
  seq: number,
  batch: Batch,
  how: {
    /** It happened some time ago, and does not make the conversation the latest one. */
    readonly isPast: boolean
    /** Its answers go into the ledger. */
    readonly isBilledHere: boolean
  },
) => void

/** Adds a row to the ledger. To be called within a transaction. */
export function addAnswer({ sql }: Pick<Access, 'sql'>, conversation: number, wallMs: number, row: LedgerRow): void {
  const cache = [row.cacheRead, row.cacheWrite5m, row.cacheWrite1h]
  const prices = row.prices && JSON.stringify(row.prices)
  const speeds = [row.ttftMs, row.ttltMs, row.otps, row.stalls, row.stalledMs]
  sql(SQL.answer).run(
    ...[conversation, row.turn, row.purpose, wallMs, row.model, row.effort, row.input, ...cache],
    ...[row.output, row.outputIsEstimate ? 1 : 0, row.thinking, prices, row.costUsd, ...speeds],
    ...[row.attempts, row.ended, row.stopReason, row.requestId, row.messageId, row.insteadOf],
    ...[row.firstByteMs, row.firstThinkingMs, row.visibleOtps, row.phases && JSON.stringify(row.phases)],
    row.formatOk === null ? null : row.formatOk ? 1 : 0,
  )
}

export function putting({ sql }: Pick<Access, 'sql'>): Put {
  return (conversation, seq, { events, turn, said, ledger, summary, wallMs: wall }, { isPast, isBilledHere }) => {
    const { lastInsertRowid: row } = sql(SQL.event).run(conversation, seq, turn, wall, JSON.stringify(events))
    if (said !== '') {
      sql(SQL.words).run(row, indexed(said))
      sql(SQL.said).run(row, conversation, row)
    }
    refer({ sql }, conversation, events)
    if (isBilledHere) {
      for (const event of events) if (event.type === 'billed') sql(SQL.unpaid).run(event.purpose, event.model, event.at)
      for (const one of ledger) addAnswer({ sql }, conversation, wall, one)
    }
    const { title, titleBy, turns, model, ended } = summary
    const isNamed = events.some(({ type }) => type === 'titled') ? 1 : 0
    const cost = ledger.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0)
    const isEstimate = ledger.some((one) => one.outputIsEstimate && one.costUsd !== null) ? 1 : 0
    const unpriced = ledger.filter(({ costUsd }) => costUsd === null).length
    const names = { isNamed, title, sought: sought(title), titleBy }
    const views = { ...names, turns, model, ended, cost, isEstimate, unpriced, wall }
    sql(SQL.summary).run({ ...views, isPast: isPast ? 1 : 0, id: conversation })
  }
}
