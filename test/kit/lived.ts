/** What is saved of a conversation that was lived through, event by event. */

import { type Event, fold, newConversation, type State } from '../../src/core/conversation.ts'
import { kept } from '../../src/core/history/record.ts'
import { CHOICES } from './choices.ts'

/** A conversation nobody has said anything in. */
export const fresh = (): State => newConversation(CHOICES)

/** What a recorder sees: every event with the state after it. Returns the end and what was kept. */
export function lived(events: readonly Event[], from: State = fresh()): { state: State; saved: readonly Event[] } {
  let state = from
  const saved: Event[] = []
  for (const event of events) {
    state = fold(state, [event])
    const one = kept(event, state)
    if (one) saved.push(one)
  }
  return { state, saved }
}
