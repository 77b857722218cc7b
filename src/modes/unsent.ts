/** Nothing typed is lost: what failed before a word came, and what was queued behind it, goes back to its writer. */

import { givenBack } from '../core/composer/composer.ts'
import type { State } from '../core/conversation.ts'
import { count } from '../core/words.ts'
import type { Ui } from './chat-view.ts'

/** The screen after a turn that did not finish; null: there is nothing to give back. */
export function giveBack(ui: Ui, { turns, queue }: State): Ui | null {
  const turn = turns.at(-1)
  const unsent = [...(turn && turn.answer === '' ? [turn.question] : []), ...queue]
  if (unsent.length === 0) return null
  // One message has room in the composer; the others are in the history already.
  const isFree = ui.composer.text === ''
  const rest = isFree ? unsent.length - 1 : unsent.length
  const notice = `${count(rest, 'message was', 'messages were')} not sent. Up brings back what you wrote.`
  return {
    ...ui,
    notice: rest > 0 ? notice : ui.notice,
    composer: isFree ? givenBack(ui.composer, unsent.slice(0, 1)) : ui.composer,
  }
}
