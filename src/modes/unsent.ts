/** Nothing typed is lost: what failed before a word came, and what was queued behind it, goes back to its writer. */

import { type Question, wordsOf } from '../core/attachments.ts'
import { givenBack, withDraft, writtenOut } from '../core/composer/composer.ts'
import type { Event, State } from '../core/conversation.ts'
import { enclosedIn } from '../core/enclosures.ts'
import { isEnd } from '../core/turn.ts'
import { questionIn } from '../core/turns.ts'
import { count } from '../core/words.ts'
import type { Ui } from './chat-view.ts'
import { laidOnPage, withoutAsked, withUnsent } from './with-pages.ts'

export interface UnsentParts {
  readonly runtime: { readonly state: State; dispatch(event: Event): void }
  readonly ui: () => Ui
  readonly show: (ui: Ui) => void
  /** The draft or the queue may have changed. */
  readonly changed: () => void
}

export interface Unsent {
  /** A turn may have begun, or be over. */
  follow(state: State, event: Event): void
  /** Messages that wait behind an answer, or did when the program ended; before them those that were given back with files. */
  readonly queue: readonly Question[]
  /** The program ends: what is queued is not sent any more, and is kept with the draft. To be called before the last turn ends. */
  leave(): void
}

export function createUnsent({ runtime, ui, show, changed }: UnsentParts): Unsent {
  let left: readonly Question[] | null = null
  let known: { readonly of: readonly unknown[]; readonly queue: readonly Question[] } = { of: [], queue: [] }
  const unqueue = () => {
    if (runtime.state.queue.length > 0) runtime.dispatch({ type: 'unqueued' })
  }
  return {
    follow(state, event) {
      // Asked again by the key that goes on: what was given back is no draft any more.
      const { composer } = ui()
      if (event.type === 'asked' && composer.text !== '' && writtenOut(composer.text, composer) === event.text)
        show({ ...ui(), composer: withDraft(composer, ''), enclosed: [], isPaged: false })
      if (event.type === 'asked') {
        const rest = withoutAsked(ui(), event)
        if (rest !== ui()) show(rest)
      }
      if (!isEnd(event)) return
      const given = event.type === 'finished' ? null : giveBack(ui(), state)
      if (given) {
        unqueue()
        show(given)
      }
      changed()
    },
    get queue() {
      const queue = left ?? runtime.state.queue
      const { unsent = [] } = ui()
      if (unsent.length === 0) return queue
      // The same as long as it is the same: who keeps it on disk looks.
      if (known.of[0] !== queue || known.of[1] !== unsent) known = { of: [queue, unsent], queue: [...unsent, ...queue] }
      return known.queue
    },
    leave() {
      left = runtime.state.queue
      unqueue()
    },
  }
}

/** The screen after a turn that did not finish; null: there is nothing to give back. */
export function giveBack(ui: Ui, { turns, queue }: Pick<State, 'turns' | 'queue'>): Ui | null {
  const turn = turns.at(-1)
  // A question that only the end of this program left without an answer is offered at the next start.
  const isInterrupted = turn?.end?.type === 'failed' && turn.end.failure.kind === 'interrupted'
  // Answers of a race have come, though none was kept.
  const isKept = isInterrupted || turn?.race?.kept === null
  const unsent = [...(turn && turn.answer === '' && !isKept ? [questionIn(turn)] : []), ...queue]
  if (unsent.length === 0) return null
  // One message has room in the composer; the others are in its history, and what goes with them waits for their turn.
  const isFree = ui.composer.text === '' && enclosedIn(ui).length === 0
  const rest = isFree ? unsent.length - 1 : unsent.length
  const notice = `${count(rest, 'message was', 'messages were')} not sent. Up brings back what you wrote.`
  const [first] = unsent
  const given = isFree ? { composer: givenBack(ui.composer, [wordsOf(first!)]), ...laidOnPage(first!) } : {}
  return withUnsent({ ...ui, notice: rest > 0 ? notice : ui.notice, ...given }, isFree ? unsent.slice(1) : unsent)
}
