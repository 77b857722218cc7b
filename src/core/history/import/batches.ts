/** Events that came from elsewhere, put together as they would have been saved had they happened here. */

import type { Event } from '../../conversation.ts'
import { rowOfSideCall, rowsOfTurn } from '../../money/ledger.ts'
import type { Turn } from '../../turn/turns.ts'
import { isEnd } from '../../turn.ts'
import { failure, interrupted } from '../../weather/failures.ts'
import { billsLeft, condensed } from '../record.ts'
import { type Batch, saidIn } from '../saved.ts'
import { walk } from '../walk.ts'

/**
 * What settled together, in order. A turn that is not over when the events end is settled as cut off.
 * @param before what has happened in the conversation until then
 * @param isGone the program that held it is: what was queued behind its last turn was never sent
 */
export function* batchesOf(
  events: Iterable<Event>,
  { before = [], isGone = false }: { readonly before?: Iterable<Event>; readonly isGone?: boolean } = {},
): Generator<Batch> {
  const way = walk()
  let open: Event[] = []
  let wallMs = 0
  let rows = 0
  for (const event of before) {
    way.take(event)
    if ('at' in event) wallMs = event.at
    rows = 1
  }

  const batch = (turn: Turn | null): Batch => {
    const { state } = way
    const calls = open.filter(({ type }) => type === 'billed').length
    const settled: Batch = {
      events: condensed(open),
      turn: turn?.number ?? null,
      said: turn ? saidIn(turn) : '',
      ledger: [
        ...(turn ? rowsOfTurn(turn) : []),
        ...(calls > 0 ? state.sideCalls.slice(-calls).map(rowOfSideCall) : []),
      ],
      summary: way.summary(),
      wallMs,
    }
    open = []
    rows++
    return settled
  }

  for (const event of events) {
    const wasLive = way.state.live !== null
    const turn = way.take(event)
    if ('at' in event) wallMs = event.at
    open.push(event)
    if (turn && isEnd(event)) yield batch(turn)
    // What was chosen before the first question is told with it.
    else if (!wasLive && !way.state.live && rows > 0) yield batch(null)
  }
  if (way.state.live) {
    const unqueued: readonly Event[] = isGone && way.state.queue.length > 0 ? [{ type: 'unqueued' }] : []
    const bills = isGone ? billsLeft(open, wallMs) : []
    for (const event of [...unqueued, ...bills]) way.take(event)
    const written = failure('interrupted', 'This answer was not over when it was written down.')
    const end: Event = { type: 'failed', at: wallMs, failure: isGone ? interrupted() : written }
    open.push(...unqueued, ...bills, end)
    yield batch(way.take(end))
  }
}
