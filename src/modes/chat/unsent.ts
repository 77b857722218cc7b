/** Nothing typed is lost: what failed before a word came, and what was queued behind it, goes back to its writer. */

import { enclosedIn } from '../../core/attachments/enclosures.ts'
import { askingOf, attachedTo, type Question, questionOf, wordsOf } from '../../core/attachments.ts'
import { givenBack, withDraft, writtenOut } from '../../core/composer/composer.ts'
import type { Event, State } from '../../core/conversation.ts'
import { count } from '../../core/figures/words.ts'
import { goingOn } from '../../core/turn/going-on.ts'
import { questionIn } from '../../core/turn/turns.ts'
import { isEnd } from '../../core/turn.ts'
import { isSame } from '../../core/weather/network-wait.ts'
import type { Ui } from './view.ts'
import { laidOnPage, withoutAsked, withUnsent, wordsInHistory } from './with-pages.ts'

export interface UnsentParts {
  readonly runtime: { readonly state: State; dispatch(event: Event): void }
  readonly now: () => number
  readonly ui: () => Ui
  readonly show: (ui: Ui) => void
  /** The draft or the queue may have changed. */
  readonly changed: () => void
}

export interface Unsent {
  /** A turn may have begun, or be over. */
  follow(state: State, event: Event): void
  /**
   * The key that goes on from what was cut off. What waited there and came back goes out behind it, as it was meant to.
   * @param isUntouched nothing is typed. @param goOn goes on; false: there is nothing to go on from
   */
  goOn(isUntouched: boolean, goOn: () => boolean): boolean
  /** Messages that wait behind an answer, or did when the program ended; before them those given back that were not sent since. */
  readonly queue: readonly Question[]
  /** The program ends: what is queued is not sent any more, and is kept with the draft. To be called before the last turn ends. */
  leave(): void
}

export function createUnsent({ runtime, now, ui, show, changed }: UnsentParts): Unsent {
  let left: readonly Question[] | null = null
  let known: { readonly of: readonly unknown[]; readonly queue: readonly Question[] } = { of: [], queue: [] }
  /** What the notice is about. */
  let missing: readonly Question[] = []
  /** All that was given back, and found no room in the composer. */
  let waiting: readonly Question[] = []
  /** What came back into the composer from behind a cut answer, as it looks there; null: nothing did. */
  let back: { readonly text: string; readonly all: readonly Question[] } | null = null
  const unqueue = () => {
    if (runtime.state.queue.length > 0) runtime.dispatch({ type: 'unqueued' })
  }
  /** One of them is on its way after all: the notice is about the others, if it still stands. */
  const retell = (asked: Extract<Event, { type: 'asked' }>) => {
    const isAsked = isAskedBy(asked)
    const first = waiting.findIndex(isAsked)
    if (first >= 0) waiting = waiting.toSpliced(first, 1)
    const at = missing.findIndex(isAsked)
    if (at < 0) return
    const told = sayUnsent(missing)
    missing = missing.toSpliced(at, 1)
    if (ui().notice === told) show({ ...ui(), notice: sayUnsent(missing) })
  }
  return {
    follow(state, event) {
      // Asked again by the key that goes on: what was given back is no draft any more.
      const { composer } = ui()
      if (event.type === 'asked') {
        back = null
        if (composer.text !== '' && writtenOut(composer.text, composer) === event.text)
          show({ ...ui(), composer: withDraft(composer, ''), enclosed: [] })
        const rest = withoutAsked(ui(), event)
        if (rest !== ui()) show(rest)
        retell(event)
      }
      if (!isEnd(event)) return
      const given = event.type === 'finished' ? null : giveBack(ui(), state)
      if (given) {
        unqueue()
        back = given.waited.length > 0 ? { text: given.ui.composer.text, all: given.waited } : null
        show(given.ui)
        missing = given.missing
        waiting = [...waiting.filter((one) => !given.behind.some((other) => isSame(one, other))), ...given.behind]
      }
      changed()
    },
    goOn(isUntouched, goOn) {
      const again = back && ui().composer.text === back.text ? back.all : []
      if ((!isUntouched && again.length === 0) || !goOn()) return false
      if (again.length === 0) return true
      show({ ...ui(), notice: null, composer: withDraft(ui().composer, ''), enclosed: [] })
      missing = []
      for (const question of again) runtime.dispatch({ type: 'asked', at: now(), ...askingOf(question) })
      return true
    },
    get queue() {
      const queue = left ?? runtime.state.queue
      if (waiting.length === 0) return queue
      // The same as long as it is the same: who keeps it on disk looks.
      if (known.of[0] !== queue || known.of[1] !== waiting)
        known = { of: [queue, waiting], queue: [...waiting, ...queue] }
      return known.queue
    },
    leave() {
      left = runtime.state.queue
      unqueue()
    },
  }
}

/** As it was given back, or as it stood in history. */
const isAskedBy = (asked: Extract<Event, { type: 'asked' }>) => (one: Question) => {
  const question = questionOf(asked.text, asked.attachments)
  return isSame(one, question) || isSame(questionOf(wordsInHistory(one), attachedTo(one)), question)
}

/** null: all of it was. */
const sayUnsent = (missing: readonly Question[]): string | null =>
  missing.length === 0
    ? null
    : `${count(missing.length, 'message was', 'messages were')} not sent. Up brings back what you wrote.`

/** What lies in the composer had waited for the whole of an answer. A notice is one row: both keys at 80 columns, the first at 40. */
const sayWaited = (all: readonly Question[]): string =>
  `Tab goes on with the cut answer first, Enter sends this now.${all.length > 1 ? ` ${all.length} unsent: Up.` : ''}`

/**
 * The screen after a turn that did not finish, what its notice counts (`missing`), what found no room in the composer
 * (`behind`), and what is in the composer and behind that of messages that waited for the answer to be whole; null: there
 * is nothing to give back.
 */
export function giveBack(
  ui: Ui,
  { live, turns, queue }: Pick<State, 'live' | 'turns' | 'queue'>,
): {
  readonly ui: Ui
  readonly missing: readonly Question[]
  readonly behind: readonly Question[]
  readonly waited: readonly Question[]
} | null {
  const turn = turns.at(-1)
  // A question that only the end of this program left without an answer is offered at the next start.
  const isInterrupted = turn?.end?.type === 'failed' && turn.end.failure.kind === 'interrupted'
  // Answers of a race have come, though none was kept.
  const isKept = isInterrupted || turn?.race?.kept === null
  const unsent = [...(turn && turn.answer === '' && !isKept ? [questionIn(turn)] : []), ...queue]
  if (unsent.length === 0) return null
  // One message has room in the composer; the others are in its history, and what goes with them waits for their turn.
  const isFree = ui.composer.text === '' && enclosedIn(ui).length === 0
  const behind = isFree ? unsent.slice(1) : unsent
  const [first] = unsent
  const given = isFree ? { composer: givenBack(ui.composer, [wordsOf(first!)]), ...laidOnPage(first!) } : {}
  const waited = isFree && turn?.answer !== '' && goingOn({ turns, live }) ? unsent : []
  // What lies in the composer was not sent either; alone it speaks for itself.
  const counted = behind.length > 0 ? unsent : []
  const notice = waited.length > 0 ? sayWaited(unsent) : sayUnsent(counted)
  const shown = { ...ui, notice: notice ?? ui.notice, ...given }
  return { ui: withUnsent(shown, behind), missing: counted, behind, waited }
}
