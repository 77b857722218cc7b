/** Looks through the history for an answer that was given to the very same request before. */

import { wordsOf } from '../../core/attachments.ts'
import { fold, newConversation, type State } from '../../core/conversation.ts'
import { UNCHOSEN } from '../../core/history/walk.ts'
import { replanned } from '../../core/request/plan.ts'
import { asksFor } from '../../core/request/same.ts'
import { questionIn, type Turn } from '../../core/turn/turns.ts'
import type { History } from '../../io/history.ts'

/** Conversations that are looked through at most, the latest first. */
const MOST = 20

export interface EarlierAnswer {
  readonly text: string
  readonly model: string
  /** When it was given, in ms since 1970. */
  readonly saidMs: number
}

/**
 * The latest whole answer to it, by whatever model; null: there is none.
 * @param turn the running one
 * @throws HistoryTrouble
 */
export function earlierAnswer(
  history: Pick<History, 'search' | 'rows'>,
  state: State,
  turn: Turn,
): EarlierAnswer | null {
  const wanted = asksFor(replanned(state, turn, turn.model))
  const question = wordsOf(questionIn(turn))
  const found = question.trim() === '' ? [] : history.search(question, MOST)
  let latest: EarlierAnswer | null = null
  for (const { id } of found) {
    let past = newConversation(UNCHOSEN, state.models)
    for (const row of history.rows(id)) past = fold(past, row.events)
    for (const one of answersTo(past, turn)) {
      const saidMs = Math.round(one.times.ended ?? 0)
      if (latest && saidMs <= latest.saidMs) continue
      if (asksFor(replanned({ ...past, turns: wayTo(past, one) }, one, one.model)) !== wanted) continue
      latest = { text: one.answer, model: one.model, saidMs }
    }
  }
  return latest
}

/** Turns with the same words whose answers are whole, and their own. */
const answersTo = ({ turns, branches }: State, { question }: Turn): readonly Turn[] =>
  [...turns, ...branches].filter(
    (one) =>
      one.question === question &&
      one.recalled === undefined &&
      one.answer.trim() !== '' &&
      one.end?.type === 'finished' &&
      one.end.stopReason === 'end_turn',
  )

/** The turns before it, from the beginning of its branch. */
function wayTo({ turns, branches }: State, { parent }: Turn): readonly Turn[] {
  const all = new Map([...turns, ...branches].map((turn) => [turn.number, turn]))
  const way: Turn[] = []
  for (
    let at = parent === null ? undefined : all.get(parent);
    at;
    at = at.parent === null ? undefined : all.get(at.parent)
  )
    way.unshift(at)
  return way
}
