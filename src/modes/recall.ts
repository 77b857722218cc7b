/** From the history back to a conversation: its events folded by the same `update` that ran live. */

import { type Choices, type Event, fold, newConversation, type State } from '../core/conversation.ts'
import { failure } from '../core/failures.ts'
import { condensed, shifted } from '../core/record.ts'
import { batchOf } from '../core/saved.ts'
import type { History } from '../io/history.ts'

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
}

/** What of its choices a conversation keeps; the others are this program's and its server's. */
export function keptChoices({ model, effort, system }: Choices): Partial<Choices> {
  return { model, effort, system }
}

/** @throws HistoryTrouble */
export async function recall(id: number, { history, fresh, origin }: RecallParts): Promise<Recalled> {
  let state = newConversation(fresh.choices, fresh.models)
  let rows = 0
  let since = performance.now()
  for (const row of history.rows(id)) {
    const events = row.events.map((event) => shifted(event, -origin))
    state = fold(state, events)
    rows = row.seq
    if (performance.now() - since < PORTION_MS) continue
    await new Promise((resolve) => setImmediate(resolve))
    since = performance.now()
  }
  if (state.live) ({ state, rows } = settleCut({ id, rows, state }, [], { history, origin }))
  const choices = { ...fresh.choices, ...keptChoices(state.choices) }
  return { id, rows, state: { ...state, choices } }
}

/**
 * Settles the turns whose programs ended before they did: marked, with what came of them, and billed by estimate.
 * @returns the conversations, the latest last
 * @throws HistoryTrouble
 */
export async function settleUnfinished(parts: RecallParts): Promise<readonly number[]> {
  const found: number[] = []
  for (const { conversation } of parts.history.claim()) {
    const recalled = await recall(conversation, parts)
    const flight = parts.history.ownFlight(conversation).map((event) => shifted(event, -parts.origin))
    settleCut(recalled, flight, parts)
    found.push(conversation)
  }
  return found
}

/** Brings a running turn to its end: the program that ran it is gone. */
function settleCut(
  { id, rows, state }: Recalled,
  flight: readonly Event[],
  { history, origin }: Pick<RecallParts, 'history' | 'origin'>,
): { readonly state: State; readonly rows: number } {
  const running = fold(state, flight)
  const last = flight.findLast((event): event is Event & { readonly at: number } => 'at' in event)
  const { live } = running
  const at = last?.at ?? live?.times.lastOutput ?? live?.times.asked ?? 0
  const trouble = failure('interrupted', 'claude-tui ended before this answer did.')
  const events: readonly Event[] = [...flight, { type: 'failed', at, failure: trouble }]
  const over = fold(running, events.slice(-1))
  const saved = condensed(events).map((event) => shifted(event, origin))
  return { state: over, rows: history.append(id, rows, batchOf(saved, over, at + origin)) ?? rows }
}
