/** One turn of a saved conversation, without reading the others: for a glance at it. */

import { type Event, fold, newConversation, type State, type Turn } from '../../core/conversation.ts'
import { legalEvents } from '../../core/history/legal-events.ts'
import type { History, Row } from '../../io/history.ts'

type Past = Pick<History, 'rows' | 'size'>

/** How far back, in rows, to look for a turn's beginning: a question may have waited behind many others. */
const FARTHEST = 128

/** The turn that was settled with row `seq`, or before it with the last one that settled any; null: none is near. */
export function pastTurn(history: Past, conversation: number, seq: number, fresh: State): Turn | null {
  for (let back = 2; ; back *= 4) {
    const from = Math.max(0, seq - back)
    const rows = rowsUpTo(history, conversation, from, seq)
    const last = rows.findLastIndex(({ turn }) => turn !== null)
    const first = rows.findLastIndex((row, i) => i <= last && isWhole(row))
    if (first >= 0) return settledBy(rows.slice(first, last + 1), fresh)
    if (from === 0 || back >= FARTHEST) return null
  }
}

/** The last turn of a conversation. */
export function lastTurn(history: Past, conversation: number, fresh: State): Turn | null {
  return pastTurn(history, conversation, history.size(conversation), fresh)
}

function rowsUpTo(history: Past, conversation: number, after: number, last: number): readonly Row[] {
  const rows: Row[] = []
  for (const row of history.rows(conversation, after)) {
    if (row.seq > last) break
    rows.push({ ...row, events: legalEvents(row.events) })
  }
  return rows
}

/** Whether a turn's question stands in the same row: one that waited in the queue was asked in an earlier one. */
function isWhole({ turn, events }: Row): boolean {
  return turn !== null && events.find(isOfTurn)?.type === 'asked'
}

const isOfTurn = ({ type }: Event): boolean => type === 'asked' || type === 'sent' || type === 'began'

function settledBy(rows: readonly Row[], { choices, models }: State): Turn | null {
  const events = rows.flatMap((row) => row.events)
  return fold(newConversation(choices, models), events).settled
}
