/**
 * What lies beside the composer belongs to the page that is shown: to the draft, or to an earlier message that was not
 * sent or was cleared. Of a page that is left it waits here, by the page's words, and lies there again on coming back.
 */

import { type Enclosure, enclosedAgain, enclosedIn, readyIn, withState } from '../../core/attachments/enclosures.ts'
import { type Asking, attachedTo, isSameAttached, type Question, wordsOf } from '../../core/attachments.ts'
import { writtenOut } from '../../core/composer/chips.ts'
import type { Composer, Said } from '../../core/composer/composer.ts'
import { isDraftShown, unsentDraft, withLeft } from '../../core/composer/intake.ts'
import type { Ui } from './view.ts'

/** What goes with a page that is not shown. */
export interface LeftPage {
  /** Its words, large pastes in full, without blanks at their end. */
  readonly text: string
  readonly enclosed: readonly Enclosure[]
}

/** So many are kept on disk, the newest: each with its bytes. */
const MOST_KEPT = 20

const NONE: readonly LeftPage[] = []
const pagesIn = ({ pages }: Pick<Ui, 'pages'>): readonly LeftPage[] => pages ?? NONE

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
  return withPages({ ...ui, composer }, questions)
}

/** The same screen, with what goes with these waiting; what waits already does so once. */
export function withPages(ui: Ui, questions: readonly Question[]): Ui {
  const pages = pagesIn(ui)
  const waiting = questions
    .map((one) => ({ text: wordsInHistory(one), attachments: attachedTo(one) }))
    .filter(
      ({ text, attachments }) =>
        attachments.length > 0 &&
        !pages.some((one) => one.text === text && isSameAttached(readyIn(one.enclosed), attachments)),
    )
    .map(({ text, attachments }) => ({ text, enclosed: enclosedAgain(attachments) }))
  if (waiting.length === 0) return ui
  const after = { ...ui, pages: [...pages, ...waiting] }
  // Its words may be on the page already, as of one that was queued: nobody turns to it again.
  const here = ui.composer.search || enclosedIn(ui).length > 0 ? null : textOf(ui.composer)
  return waiting.some(({ text }) => text === here) ? shown(after, here!) : after
}

/** Behind a blank draft the last of them would become the draft: here all of them are history. */
function intoHistory(composer: Composer, texts: readonly string[]): Composer {
  const sheets = texts.map((text) => ({ text, pastes: [] }))
  return withLeft(composer, [...sheets, { text: '', pastes: [] }])
}

/** Asked after all: nothing of it waits any more. What lies beside a draft without words lies beside the fresh page. */
export function withoutAsked(ui: Ui, asked: Asking): Ui {
  const before = pagesIn(ui)
  const words = [asked.text.trimEnd(), wordsInHistory(asked)]
  const pages = before.filter(
    ({ text, enclosed }) => !(words.includes(text) && isSameAttached(readyIn(enclosed), asked.attachments)),
  )
  const rest = pages.length === before.length ? ui : { ...ui, pages }
  const isFresh = rest.composer.text === '' && isDraftShown(rest.composer) && enclosedIn(rest).length === 0
  return isFresh && pages.some(({ text }) => text === '') ? shown(rest, '') : rest
}

/** Something is ready, or refused, that may have been left with its page. */
export function withStateInPages(ui: Ui, id: number, change: Partial<Pick<Enclosure, 'state' | 'name'>>): Ui {
  const pages = pagesIn(ui)
  if (!pages.some(({ enclosed }) => enclosed.some((one) => one.id === id))) return ui
  return { ...ui, pages: pages.map((one) => ({ ...one, enclosed: withState(one.enclosed, id, change) })) }
}

/** The screen after a key: on another page there lies what goes with that page. */
export function turned(before: Ui, after: Ui, said: Said | null): Ui {
  // What was sent takes along what lies there.
  if (said?.type === 'send') return after
  const from = before.composer.search?.origin ?? before.composer
  const to = after.composer
  if (to.search) return after
  if (said?.type === 'cleared') return shown(left(after, from), '')
  if (to.place !== from.place) return shown(left(after, from), textOf(to))
  // A draft that was cleared, taken back.
  const isBack = from.text === '' && to.text !== '' && enclosedIn(after).length === 0
  return isBack && pagesIn(after).some(({ text }) => text === textOf(to)) ? shown(after, textOf(to)) : after
}

const textOf = (page: Composer): string => writtenOut(page.text, page).trimEnd()

/** What lies there goes with the page that is left, and waits. */
function left(ui: Ui, page: Composer): Ui {
  const stays = ofPage(ui, page)
  const pages = stays.length === 0 ? pagesIn(ui) : [...pagesIn(ui), { text: textOf(page), enclosed: stays }]
  return enclosedIn(ui).length === 0 ? ui : { ...ui, pages, enclosed: [], pointed: null }
}

/** What waits for a page lies there. */
function shown(ui: Ui, text: string): Ui {
  const own = pagesIn(ui).filter((one) => one.text === text)
  if (own.length === 0) return ui
  const all = own.flatMap(({ enclosed }) => enclosed)
  // Those that came back are numbered anew: they may come from several places.
  const fresh = all.filter(({ id }) => id >= 0)
  const again = enclosedAgain(readyIn(all.filter(({ id }) => id < 0)))
  return { ...ui, pages: pagesIn(ui).filter((one) => one.text !== text), enclosed: [...fresh, ...again] }
}

/** What belongs to the page that is shown. What the words of an earlier message have brought, they bring again. */
function ofPage(ui: Ui, page: Composer): readonly Enclosure[] {
  return isDraftShown(page) ? enclosedIn(ui) : enclosedIn(ui).filter(({ id, word }) => word === undefined || id < 0)
}

/** What is kept on disk of it all: what goes with the draft, and what with other pages. */
export interface BesidePages {
  readonly draft: readonly Enclosure[]
  readonly pages: readonly Asking[]
}

export function besidePages(ui: Ui): BesidePages {
  const page = ui.composer.search?.origin ?? ui.composer
  const draft = writtenOut(unsentDraft(page), page).trimEnd()
  const isShown = isDraftShown(page)
  const own = isShown ? NONE : pagesIn(ui).filter(({ text }) => text === draft)
  const others = [
    ...pagesIn(ui).filter((one) => !own.includes(one)),
    ...(isShown ? NONE : [{ text: textOf(page), enclosed: ofPage(ui, page) }]),
  ]
  return {
    draft: isShown ? enclosedIn(ui) : own.flatMap(({ enclosed }) => enclosed),
    pages: others
      .map(({ text, enclosed }) => ({ text, attachments: readyIn(enclosed) }))
      .filter(({ attachments }) => attachments.length > 0)
      .slice(-MOST_KEPT),
  }
}

/** What is given back onto the free page. */
export const laidOnPage = (question: Question): Pick<Ui, 'enclosed'> => ({
  enclosed: enclosedAgain(attachedTo(question)),
})
