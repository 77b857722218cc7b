/** From the history back to a conversation: its events folded by the same `update` that ran live. */

import type { Choices } from '../../core/conversation/choices.ts'
import { type Event, fold, newConversation, type State } from '../../core/conversation.ts'
import { legalEvents } from '../../core/history/legal-events.ts'
import { billsLeft, shifted } from '../../core/history/record.ts'
import { batchOf, pastOf } from '../../core/history/saved.ts'
import { interrupted } from '../../core/weather/failures.ts'
import type { Flight, History } from '../../io/history.ts'
import { takeInLeft } from '../late/taking-in.ts'

/** A long conversation is folded in portions of so many ms, so that keys are answered in between. */
const PORTION_MS = 8

export interface Recalled {
  readonly id: number
  /** Rows of events it has in the history. */
  readonly rows: number
  readonly state: State
}

export interface RecallParts {
  readonly history: History
  /** What holds for a new conversation; what the saved one chose goes before it. */
  readonly fresh: State
  /** Milliseconds to add to the monotonic clock for those since 1970. */
  readonly origin: number
  /** Takes a line for people about what an earlier program could not save. */
  readonly tell?: (line: string) => void
}

/** What of its choices a conversation keeps; the others are this program's and its server's. */
export function keptChoices({ model, effort, system, concise }: Choices): Partial<Choices> {
  return { model, effort, system, ...(concise === undefined ? {} : { concise }) }
}

/** @throws HistoryTrouble */
export async function recall(id: number, parts: RecallParts): Promise<Recalled> {
  const told = await folded(id, Number.POSITIVE_INFINITY, parts)
  const isOpen = told.state.live !== null || told.state.queue.length > 0
  const { rows, state } = isOpen ? settleCut(told, [], parts) : told
  const choices = { ...parts.fresh.choices, ...keptChoices(state.choices) }
  return { id, rows, state: { ...state, choices } }
}

/**
 * Settles the turns whose programs ended before they did: marked, with what came of them, and billed by estimate. One
 * that was gone on with elsewhere meanwhile becomes a conversation of its own. What such programs could not save comes
 * first: it goes further than what they had noted.
 * @returns the conversations, the latest last
 * @throws HistoryTrouble
 */
export async function settleUnfinished(parts: RecallParts): Promise<readonly number[]> {
  const found = [...(await takeInLeft(parts.history, parts.tell ?? (() => {})))]
  for (const flight of parts.history.claim()) {
    const told = await folded(flight.conversation, flight.base, parts)
    const events = legalEvents(parts.history.noted(flight)).map((event) => shifted(event, -parts.origin))
    // Its last turn was over: the program only had the conversation open.
    if (!told.state.live && events.length === 0) parts.history.letGo(flight)
    else found.push(settleCut(told, events, parts, flight).id)
  }
  return found
}

/** The conversation after its first rows, as it was then. */
async function folded(id: number, upTo: number, { history, fresh, origin }: RecallParts): Promise<Recalled> {
  let state = newConversation(fresh.choices, fresh.models)
  let rows = 0
  let since = performance.now()
  for (const row of history.rows(id)) {
    if (row.seq > upTo) break
    state = fold(
      state,
      legalEvents(row.events).map((event) => shifted(event, -origin)),
    )
    rows = row.seq
    if (performance.now() - since < PORTION_MS) continue
    await new Promise((resolve) => setImmediate(resolve))
    since = performance.now()
  }
  return { id, rows, state }
}

/** Brings a running turn to its end, and what was queued behind it: the program that ran it is gone. */
function settleCut(
  { id, rows, state }: Recalled,
  noted: readonly Event[],
  { history, origin }: RecallParts,
  flight?: Flight,
): Recalled {
  const running = fold(state, noted)
  const last = noted.findLast((event): event is Event & { readonly at: number } => 'at' in event)
  const { live } = running
  const at = last?.at ?? live?.times.lastOutput ?? live?.times.asked ?? 0
  // What was queued is with the draft of that program; it is not sent behind whatever is asked next.
  const end: readonly Event[] = [
    ...(running.queue.length > 0 ? [{ type: 'unqueued' } as const] : []),
    ...(live ? billsLeft(noted, at) : []),
    ...(live ? [{ type: 'failed', at, failure: interrupted() } as const] : []),
  ]
  const events = [...noted, ...end]
  const over = fold(running, end)
  const batch = batchOf(
    events.map((event) => shifted(event, origin)),
    over,
    at + origin,
  )
  return history.together(() => {
    const saved = history.append(id, rows, batch, flight?.owner)
    if (saved !== null) return { id, rows: saved, state: over }
    const copy = history.copy(id, rows, pastOf(state, at + origin), flight?.owner)
    return { id: copy.id, rows: history.append(copy.id, copy.rows, batch, flight?.owner)!, state: over }
  })
}
