/** One row on the road: paced, behind its breaker, sent again as long as that makes sense. Nobody watches it come. */

import { paidFor } from '../../core/batch/answer.ts'
import type { Need, Pacing } from '../../core/batch/pacing.ts'
import type { Models } from '../../core/models.ts'
import type { LedgerRow } from '../../core/money/ledger.ts'
import type { TurnRequest } from '../../core/request.ts'
import { grown, newTurn, type Turn } from '../../core/turn/turns.ts'
import type { Limits } from '../../core/turn.ts'
import { isLimiting, type Patience } from '../../core/weather/resilience.ts'
import type { Api } from '../../io/api.ts'
import { travel } from '../../road.ts'
import { pause } from './stopping.ts'

export interface AskingParts {
  readonly api: Pick<Api, 'attempt'>
  readonly models: Models
  readonly patience: Patience
  readonly stallAfterMs: number
  readonly pacing: Pacing
  readonly now: () => number
  /** A request goes out. */
  sent(): void
  heard(limits: Limits): void
  /** What was paid for, as it is known: attempts in vain at once, the answer when it is there. */
  paid(rows: readonly LedgerRow[]): void
  /** The server has said "too much". */
  limited(): void
}

export interface AskedRow {
  readonly request: TurnRequest
  readonly need: Need
  /** Its answer has begun: what it has written to the cache can be read. */
  readonly began?: () => void
}

/** A sign of life for the road's watchdog while a request waits for its time, in ms. */
const ALIVE_MS = 1_000

/** Resolves to the turn when it is over; `end` is null where it never was. Never rejects. */
export async function askRow(
  number: number,
  { request, need, began = () => {} }: AskedRow,
  parts: AskingParts,
  signal: AbortSignal,
): Promise<Turn> {
  const { api, models, pacing, now, patience, stallAfterMs } = parts
  const { model, effort } = request
  let turn = newTurn({ number, parent: null, question: '', model, effort }, now())
  const paced: Pick<Api, 'attempt'> = {
    async attempt(asked, attempt, within, emit) {
      for (let wait = pacing.delayMs(need, now()); wait > 0 && !within.aborted; wait = pacing.delayMs(need, now())) {
        await pause(Math.min(wait, ALIVE_MS), within)
        emit({ type: 'alive', at: now() })
      }
      if (within.aborted) return emit({ type: 'stopped', at: now() })
      const ticket = pacing.start(need, now())
      parts.sent()
      await api.attempt(asked, attempt, within, (event) => {
        if (event.type === 'heard') {
          ticket.heard(event.limits, event.at)
          parts.heard(event.limits)
        }
        if (event.type === 'began') began()
        if (event.type === 'failed') {
          const { failure } = event
          if (isLimiting(failure)) {
            parts.limited()
            pacing.limited(failure.kind, failure.retryAfterMs, event.at)
          } else if (failure.kind === 'resting') pacing.limited('overload', failure.retryAfterMs, event.at)
        }
        if (event.type !== 'delta' && event.type !== 'thinking') return emit(event)
        // Whatever has come of an answer nobody has read: it may be asked for again.
        turn = grown(turn, event, models)
        emit({ type: 'alive', at: event.at })
      })
      ticket.ended(turn.usage, now())
    },
  }
  let paid = 0
  const pay = () => {
    const rows = paidFor(turn).slice(paid)
    paid += rows.length
    if (rows.length > 0) parts.paid(rows)
  }
  await travel(
    request,
    signal,
    (event) => {
      turn = grown(turn, event, models)
      // A program that is killed while it waits has paid for it all the same.
      if (event.type === 'waiting') pay()
    },
    { api: paced, patience, stallAfterMs, now, chance: Math.random },
  )
  pay()
  return turn
}
