/**
 * What was paid before there is a conversation, such as for a summary of what is attached: in the ledger at once, for
 * nothing may ever be asked; and among the events of the conversation, with which it is billed, once one begins.
 */

import type { Event } from '../core/conversation.ts'
import { type LedgerRow, rowOfSideCall } from '../core/ledger.ts'
import type { SideCall } from '../core/side-calls.ts'
import type { History } from '../io/history.ts'

interface Paid {
  readonly event: Event
  readonly row: LedgerRow
  readonly wallMs: number
  /** Its row in the ledger; null: none yet. */
  id: number | null
}

export interface PaidAhead {
  add(event: Event, call: SideCall, wallMs: number): void
  /** A conversation begins with these: it bills them. */
  take(): readonly Event[]
  /** All of it is in the ledger, and nothing twice. */
  readonly isSettled: boolean
  /** @throws what the history throws; it can be called again */
  settle(history: Pick<History, 'pay' | 'unpay'>): void
}

export function paidAhead(): PaidAhead {
  let paid: readonly Paid[] = []
  let taken: readonly number[] = []
  return {
    add(event, call, wallMs) {
      paid = [...paid, { event, row: rowOfSideCall(call), wallMs, id: null }]
    },
    take() {
      const events = paid.map(({ event }) => event)
      taken = [...taken, ...paid.flatMap(({ id }) => id ?? [])]
      paid = []
      return events
    },
    get isSettled() {
      return taken.length === 0 && paid.every(({ id }) => id !== null)
    },
    settle(history) {
      for (const one of paid) one.id ??= history.pay(one.row, one.wallMs)
      if (taken.length > 0) history.unpay(taken)
      taken = []
    },
  }
}
