/** What it takes to go on from a turn that did not come to its end. */

import type { State } from './conversation.ts'
import { cutShort } from './outcome.ts'
import type { Turn } from './turns.ts'

/** What is asked of the model: there is no prefilling an answer any more (API, 2026-10), so it is told in words. */
const GO_ON = 'Your answer was cut off. Go on exactly where it ends, without repeating anything.'

export interface GoingOn {
  /** The turn it is about. */
  readonly turn: Turn
  /** The question that goes on with it. */
  readonly question: string
  /** The turn the question follows: the same when text came, else the one before, for it is asked again. */
  readonly after: number | null
}

/** How to go on from the last turn; null: it is whole, was declined, or there is none. */
export function goingOn({ turns, live }: Pick<State, 'turns' | 'live'>): GoingOn | null {
  const turn = turns.at(-1)
  if (live || !turn?.end || !isPartial(turn)) return null
  return turn.answer.trim() === ''
    ? { turn, question: turn.question, after: turn.parent }
    : { turn, question: GO_ON, after: turn.number }
}

/** Whether a turn that is over has more to say, or has said nothing for want of time. */
function isPartial({ end }: Turn): boolean {
  switch (end?.type) {
    case 'finished':
      return cutShort(end.stopReason)
    case 'stopped':
      return true
    case 'failed':
      return end.failure.kind === 'cut' || end.failure.kind === 'stalled' || end.failure.kind === 'interrupted'
    default:
      return false
  }
}
