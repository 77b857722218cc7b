/**
 * What was paid before there is a conversation, such as for a summary of what is attached: in the ledger at once, for
 * nothing may ever be asked; and among the events of the conversation that begins then, whose row in the ledger takes the place of the first one.
 */

import type { SideCall } from '../../core/conversation/side-calls.ts'
import type { Event } from '../../core/conversation.ts'
import { type LedgerRow, rowOfSideCall } from '../../core/money/ledger.ts'
import type { History } from '../../io/history.ts'

interface Paid {
  readonly event: Event
  readonly row: LedgerRow
  readonly wallMs: number
  /** It is in the ledger. */
  isIn: boolean
}

export interface PaidAhead {
  add(event: Event, call: SideCall, wallMs: number): void
  /** A conversation begins with these: it bills them. */
  take(): readonly Event[]
  /** All of it is in the ledger. */
  readonly isSettled: boolean
  /** @throws what the history throws; it can be called again */
  settle(history: Pick<History, 'pay'>): void
}

export function paidAhead(): PaidAhead {
  let paid: readonly Paid[] = []
  return {
    add(event, call, wallMs) {
      paid = [...paid, { event, row: rowOfSideCall(call), wallMs, isIn: false }]
    },
    take() {
      const events = paid.map(({ event }) => event)
      paid = []
      return events
    },
    get isSettled() {
      return paid.every(({ isIn }) => isIn)
    },
    settle(history) {
      for (const one of paid) {
        if (!one.isIn) history.pay(one.row, one.wallMs)
        one.isIn = true
      }
    },
  }
}
