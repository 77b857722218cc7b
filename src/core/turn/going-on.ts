/** What it takes to go on from a turn that did not come to its end. */

import type { Question } from '../attachments.ts'
import { shortTitle } from '../conversation/title.ts'
import type { State } from '../conversation.ts'
import { ago, count, money } from '../figures/words.ts'
import { withMark } from '../figures.ts'
import { sanitiseLine } from '../text/sanitise.ts'
import type { FailureKind } from '../turn.ts'
import { isBroken } from '../weather/resilience.ts'
import { cutShort, sayFailed } from './outcome.ts'
import { questionIn, type Turn } from './turns.ts'

/** What is asked of the model: there is no prefilling an answer any more (API, 2026-10), so it is told in words. */
export const GO_ON = 'Your answer was cut off. Go on exactly where it ends, without repeating anything.'

export interface GoingOn {
  /** The turn it is about. */
  readonly turn: Turn
  /** The question that goes on with it. */
  readonly question: Question
  /** The turn the question follows: the same when text came, else the one before, for it is asked again. */
  readonly after: number | null
}

/** How to go on from the last turn; null: it is whole, was declined, or there is none. */
export function goingOn({ turns, live }: Pick<State, 'turns' | 'live'>): GoingOn | null {
  const turn = turns.at(-1)
  if (live || !turn?.end || !isPartial(turn)) return null
  return turn.answer.trim() === ''
    ? { turn, question: questionIn(turn), after: turn.parent }
    : { turn, question: GO_ON, after: turn.number }
}

/**
 * Why one cannot go on from an answer that was cut off, where another question came behind it, in a sentence; null: there
 * is no such answer just before the last turn, or the running one.
 */
export function sayOvertaken({ turns, live }: Pick<State, 'turns' | 'live'>): string | null {
  const [before, by] = live ? [turns, live] : [turns.slice(0, -1), turns.at(-1)]
  const cut = goingOn({ turns: before, live: null })
  if (cut?.question !== GO_ON || !by || by.question === GO_ON) return null
  const asked = sanitiseLine(shortTitle(by.question))
  const wait = live ? ' Wait for its answer, or stop it with Esc; then' : ' So'
  return `The answer that was cut off is not the last one: “${asked}” was asked behind it.${wait} ask for the rest in your own words, or /tree goes back to it and /continue goes on there.`
}

/** What waits to be gone on from since an earlier program, the latest of it first. */
export interface Waiting {
  readonly turn: Turn
  /** Of its conversation. */
  readonly title: string
  /** How long ago it was cut off, in ms. */
  readonly agoMs: number
  /** How many other conversations wait. */
  readonly others: number
}

/** The offer, in a sentence or two. @param goesOn the key or the command that takes it */
export function offerInWords({ turn, title, agoMs, others }: Waiting, goesOn: string): string {
  const answer = turn.answer.trim()
  const where = answer === '' ? 'before a word came' : `after ${count(answer.split(/\s+/).length, 'word')}`
  const cost = turn.cost ? `, ${withMark(turn.cost, money)}` : ''
  const why = turn.end?.type === 'failed' && turn.end.failure.kind === 'interrupted' ? ', when claude-tui ended' : ''
  const more = others > 0 ? ` ${count(others, 'other')} ${others === 1 ? 'waits' : 'wait'}: /continue again.` : ''
  // Nothing was on its way any more: it waited for another attempt.
  if (turn.vain && answer === '')
    return `A question was not answered, ${ago(agoMs)} ago${why}: “${sanitiseLine(title)}”. ${sayFailed(turn.vain)} ${goesOn} asks it again.${more}`
  return `An answer was cut off ${where}${cost}, ${ago(agoMs)} ago${why}: “${sanitiseLine(title)}”. ${goesOn} goes on from it.${more}`
}

/** Whether the last turn was cut off by the network or the server, and not by the end of its program. */
export function isCutOff({ turns }: Pick<State, 'turns'>): boolean {
  const last = turns.at(-1)
  return last?.end?.type === 'failed' && isBroken(last.end.failure, last.answer)
}

/** Kinds of ends that were this program's own doing: it ended, or waited no longer. */
const CUT_HERE: ReadonlySet<FailureKind> = new Set(['interrupted', 'late'])

/** Whether a turn that is over has more to say, or has said nothing for want of time. */
function isPartial({ end, answer }: Turn): boolean {
  switch (end?.type) {
    case 'finished':
      return cutShort(end.stopReason)
    case 'stopped':
      return true
    case 'failed':
      return CUT_HERE.has(end.failure.kind) || isBroken(end.failure, answer)
    default:
      return false
  }
}
