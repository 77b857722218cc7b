/** Summaries taken back, and brought back: the turns they stand for were never gone. */

import type { State } from '../../conversation.ts'
import { leftOutBy, type WindowEvent } from '../window.ts'

type Parts = Pick<State, 'turns' | 'summaries'>

/** Summaries that can hold on the branch at hand, whether they do or not, oldest first. */
const here = ({ turns, summaries }: Parts) =>
  summaries.filter(({ upTo }) => turns.some(({ number }) => number === upTo))

/** Whether the latest summary here was taken back: whoever did that wants no other one by itself. */
export const restored = (state: Parts): boolean => here(state).at(-1)?.isUndone === true

export interface Taken {
  readonly events: readonly WindowEvent[]
  /** The turns are sent word for word again; else: the summary holds again. */
  readonly isBack: boolean
  readonly first: number
  readonly upTo: number
  /** Turns up to there that the summary tells nothing of. */
  readonly spared: readonly number[]
}

/** Takes back every summary that holds, those it was made from included; or brings them back. null: there is none. */
export function takenBack(state: Parts): Taken | null {
  const all = here(state)
  const latest = all.findLast(({ isUndone }) => !isUndone) ?? all.at(-1)
  if (!latest) return null
  const isBack = !latest.isUndone
  const events = all
    .filter(({ isUndone }) => isUndone !== isBack)
    .map(({ id }) => ({ type: 'unsummarised', id, isUndone: isBack }) as const)
  return { events, isBack, first: state.turns[0]!.number, upTo: latest.upTo, spared: latest.spared ?? [] }
}

/** Names of attachments that a mark leaves out of turns a summary is taken back from. */
export function stillWithout({ turns, marks }: Pick<State, 'turns' | 'marks'>, { upTo }: Pick<Taken, 'upTo'>) {
  return turns
    .slice(0, turns.findIndex(({ number }) => number === upTo) + 1)
    .flatMap(({ number, attachments = [] }) => {
      const out = leftOutBy(marks[number])
      return attachments.filter(({ hash }) => out.includes(hash)).map(({ name }) => name)
    })
}
