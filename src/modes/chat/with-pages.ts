/**
 * Messages that were not sent wait in the composer's history, as words; what goes with each waits here, and lies beside
 * the draft whenever its words are on the page. What was attached to a page that is left for such a one waits likewise.
 */

import { attachmentOf, enclosedAgain, enclosedIn, readyIn } from '../../core/attachments/enclosures.ts'
import { type Asking, askingOf, attachedTo, isSameQuestion, type Question, wordsOf } from '../../core/attachments.ts'
import { writtenOut } from '../../core/composer/chips.ts'
import type { Composer, Said } from '../../core/composer/composer.ts'
import { withLeft } from '../../core/composer/intake.ts'
import type { Ui } from './view.ts'

/** As it stands in history: who wrote no words has the names of what goes along. */
export const wordsInHistory = (question: Question): string =>
  wordsOf(question).trim() === ''
    ? attachedTo(question)
        .map(({ name }) => `[${name}]`)
        .join(' ')
    : wordsOf(question).trimEnd()

/** The same screen, with these in history, and what goes with them waiting. Most have their words there already. */
export function withUnsent(ui: Ui, questions: readonly Question[]): Ui {
  const page = ui.composer.search?.origin ?? ui.composer
  const known = new Set(page.history.map((entry) => writtenOut(entry, page).trimEnd()))
  const missing = questions.map(wordsInHistory).filter((text) => text !== '' && !known.has(text))
  const composer = missing.length === 0 ? ui.composer : intoHistory(ui.composer, missing)
  const waiting = questions
    .filter((one) => attachedTo(one).length > 0)
    .map((one) => ({ text: wordsInHistory(one), attachments: attachedTo(one) }))
  return waiting.length === 0 ? { ...ui, composer } : { ...ui, composer, unsent: [...(ui.unsent ?? []), ...waiting] }
}

/** Behind a blank draft the last of them would become the draft: here all of them are history. */
function intoHistory(composer: Composer, texts: readonly string[]): Composer {
  const sheets = texts.map((text) => ({ text, pastes: [] }))
  return withLeft(composer, [...sheets, { text: '', pastes: [] }])
}

/** Asked after all: nothing of it waits any more. */
export function withoutAsked(ui: Ui, asked: Asking): Ui {
  const { unsent = [] } = ui
  const rest = unsent.filter((one) => !isSameQuestion(one, asked))
  return rest.length === unsent.length ? ui : { ...ui, unsent: rest }
}

/** The screen after a key: on another page there lies what goes with that page. */
export function turned(before: Ui, after: Ui, said: Said | null): Ui {
  // Sent or cleared: what lies beside the draft now belongs to whatever is written there.
  if (said?.type === 'send' || said?.type === 'cleared') return after.isPaged ? { ...after, isPaged: false } : after
  if (!before.unsent?.length && !before.isPaged) return after
  const from = before.composer.search?.origin ?? before.composer
  const to = after.composer
  if (to.search || to.place === from.place) return after
  return paged(after, writtenOut(from.text, from).trimEnd(), writtenOut(to.text, to).trimEnd())
}

/** From one page to another: what goes with the first waits, where the second has something of its own. */
function paged(ui: Ui, from: string, to: string): Ui {
  const all = ui.unsent ?? []
  const own = all.filter(({ text }) => text === to)
  if (own.length === 0 && !ui.isPaged) return ui
  const enclosed = enclosedIn(ui)
  const ready = readyIn(enclosed)
  const rest = all.filter((one) => !own.includes(one))
  return {
    ...ui,
    unsent: ready.length === 0 ? rest : [...rest, { text: from, attachments: ready }],
    // What is not ready has no place to wait: it comes along.
    enclosed: [
      ...enclosed.filter((one) => attachmentOf(one) === null),
      ...enclosedAgain(own.flatMap((one) => attachedTo(one))),
    ],
    pointed: null,
    isPaged: own.length > 0,
  }
}

/** What is given back onto the free page belongs to it alone. */
export const laidOnPage = (question: Question): Pick<Ui, 'enclosed' | 'isPaged'> => {
  const { attachments = [] } = askingOf(question)
  return { enclosed: enclosedAgain(attachments), isPaged: attachments.length > 0 }
}
