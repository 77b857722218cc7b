/** What comes from disk into a composer that may be in use already: messages of earlier sessions, drafts that were left. */

import { draftsOf, type Sheet } from './chips.ts'
import { harmless, replace } from './edit.ts'
import { tidyHistory } from './history.ts'
import { searchAgain } from './search.ts'
import { BLANK, type Composer } from './state.ts'

/** Messages of earlier sessions, oldest first, before those of this one. What is on the page stays. */
export function withOlder(composer: Composer, sheets: readonly Sheet[]): Composer {
  if (composer.search) return searchAgain(composer, withOlder(composer.search.origin, sheets))
  const { drafts, chips } = draftsOf(sheets, composer, harmless)
  const history = tidyHistory([...drafts, ...composer.history])
  const shift = history.length - composer.history.length
  const pages = new Map([...composer.pages].map(([place, page]) => [place + shift, page]))
  return { ...composer, chips, history, place: composer.place + shift, pages }
}

/**
 * Drafts that were left behind, oldest first. The last one becomes the draft when there is none yet; all others are
 * the newest of history, a step up away.
 */
export function withLeft(composer: Composer, sheets: readonly Sheet[]): Composer {
  if (composer.search) return searchAgain(composer, withLeft(composer.search.origin, sheets))
  const { drafts, chips } = draftsOf(sheets, composer, harmless)
  const isFree = composer.text === '' && composer.place === composer.history.length
  const draft = isFree ? (drafts.at(-1) ?? '') : ''
  const others = draft === '' ? drafts : drafts.slice(0, -1)
  const shifted = append({ ...composer, chips }, others)
  return draft === '' ? shifted : { ...replace(shifted, 0, 0, draft), undo: BLANK.undo }
}

/** Newest entries behind those there are; the draft, wherever it is, stays the draft. */
function append(composer: Composer, entries: readonly string[]): Composer {
  const history = tidyHistory([...composer.history, ...entries])
  const before = composer.history.length
  const moved = (place: number) => (place === before ? history.length : place)
  const pages = new Map([...composer.pages].map(([place, page]) => [moved(place), page]))
  return { ...composer, history, place: moved(composer.place), pages }
}

/** The words that would be lost with the program: those on the page, unless history has them; then the draft's. */
export function unsentDraft(composer: Composer): string {
  const page = composer.search?.origin ?? composer
  return isDraftShown(page) ? page.text : (page.pages.get(page.history.length)?.text ?? '')
}

/** Whether the words on the page are nowhere else: the draft, or an earlier message that was changed. */
export function isDraftShown(composer: Composer): boolean {
  const { place, history, text } = composer.search?.origin ?? composer
  return place === history.length || text !== history[place]
}
