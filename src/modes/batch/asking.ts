/** One row on the road: paced, behind its breaker, sent again as long as that makes sense. Nobody watches it come. */

import { paidFor } from '../../core/batch/answer.ts'
import type { Need } from '../../core/batch/pacing.ts'
import type { Models } from '../../core/models.ts'
import type { LedgerRow } from '../../core/money/ledger.ts'
import type { TurnRequest } from '../../core/request.ts'
import { grown, newTurn, type Turn } from '../../core/turn/turns.ts'
import type { Limits } from '../../core/turn.ts'
import { isLimiting, type Patience } from '../../core/weather/resilience.ts'
import type { Api } from '../../io/api.ts'
import { travel } from '../../road.ts'
import type { Lane } from './lanes.ts'
import { pause, type Stopping } from './stopping.ts'

export interface AskingParts {
  readonly api: Pick<Api, 'attempt'>
  readonly models: Models
  readonly patience: Patience
  readonly stallAfterMs: number
  readonly lane: Lane
  readonly now: () => number
  heard(limits: Limits): void
  /** What was paid for, as it is known: attempts in vain at once, the answer when it is there. */
  paid(rows: readonly LedgerRow[]): void
  /** The server has said "too much". */
  limited(): void
}

export interface AskedRow {
  readonly request: TurnRequest
  readonly need: Need
  /** It has its seat, and goes out as the limits let it. */
  readonly seated: () => void
  /** Its answer has begun, so that what it has written to the cache can be read; or it is to be sent again. */
  readonly led: () => void
  /** It waits to be sent again, or does no longer. */
  readonly rests: (isResting: boolean) => void
}

/** A sign of life for the road's watchdog while a request waits for its time, in ms. */
const ALIVE_MS = 1_000

/**
 * Resolves to the turn when it is over; `end` says `stopped` where it was left for another run. Never rejects.
 * @param stopping politely: what is under way comes to its end, and nothing is sent again
 */
export async function askRow(
  number: number,
  { request, need, seated, led, rests }: AskedRow,
  parts: AskingParts,
  stopping: Pick<Stopping, 'polite' | 'now'>,
): Promise<Turn> {
  const { api, models, lane, now, patience, stallAfterMs } = parts
  const { pacing } = lane
  const { model, effort } = request
  let turn = newTurn({ number, parent: null, question: '', model, effort }, now())
  const own = new AbortController()
  let isUnderWay = false
  const leave = () => {
    if (!isUnderWay || stopping.now.aborted) own.abort()
  }
  for (const signal of [stopping.polite, stopping.now]) signal.addEventListener('abort', leave)
  const goOut: Api['attempt'] = async (asked, attempt, within, emit) => {
    seated()
    rests(false)
    for (let wait = pacing.delayMs(need, now()); wait > 0 && !within.aborted; wait = pacing.delayMs(need, now())) {
      await pause(Math.min(wait, ALIVE_MS), within)
      emit({ type: 'alive', at: now() })
    }
    if (within.aborted || stopping.polite.aborted) return emit({ type: 'stopped', at: now() })
    const ticket = pacing.start(need, now())
    isUnderWay = true
    await api.attempt(asked, attempt, within, (event) => {
      if (event.type === 'heard') {
        ticket.heard(event.limits, event.at)
        parts.heard(event.limits)
      }
      if (event.type === 'began') {
        lane.began()
        led()
      }
      if (event.type === 'failed') {
        const { failure } = event
        lane.failed(failure)
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
    isUnderWay = false
    ticket.ended(turn.usage, now())
  }
  const paced: Pick<Api, 'attempt'> = {
    async attempt(asked, attempt, within, emit) {
      const alive = setInterval(() => emit({ type: 'alive', at: now() }), ALIVE_MS)
      await lane.seated(() => {
        clearInterval(alive)
        return goOut(asked, attempt, within, emit)
      })
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
    own.signal,
    (event) => {
      turn = grown(turn, event, models)
      if (event.type !== 'waiting') return
      // A program that is killed while it waits has paid for it all the same.
      pay()
      rests(true)
      led()
      if (stopping.polite.aborted) own.abort()
    },
    { api: paced, patience, stallAfterMs, now, chance: Math.random },
  )
  for (const signal of [stopping.polite, stopping.now]) signal.removeEventListener('abort', leave)
  rests(false)
  pay()
  return turn
}
