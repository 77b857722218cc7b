/**
 * Earlier messages as pages: walking them leaves every page as it was, the draft with its cursor and its undo
 * included.
 */

import { writtenOut } from './chips.ts'
import { harmless, replace } from './edit.ts'
import { BLANK, type Composer, OTHER, type Page } from './state.ts'

/** Entries oldest first, without blank ones and without neighbours that say the same. */
export function tidyHistory(entries: readonly string[]): readonly string[] {
  const tidy: string[] = []
  for (const entry of entries) if (entry.trim() !== '' && entry !== tidy.at(-1)) tidy.push(entry)
  return tidy
}

/** One step to an older (-1) or newer (1) page, the cursor at its end; null when there is none. */
export function walk(composer: Composer, step: -1 | 1): Composer | null {
  const place = composer.place + step
  return place < 0 || place > composer.history.length ? null : leaf(composer, place)
}

/** The page of an entry, or of the draft behind the last one, as it was left. */
export function pageAt(composer: Composer, place: number): Page {
  if (place === composer.place) {
    const { text, cursor, undo, redo } = composer
    return { text, cursor, undo, redo }
  }
  return composer.pages.get(place) ?? pageOf(composer.history[place] ?? '')
}

/** Leafs to it. */
export function leaf(composer: Composer, place: number): Composer {
  return {
    ...composer,
    ...pageAt(composer, place),
    place,
    pages: pagesLeft(composer),
    goal: null,
    deed: OTHER,
    menu: null,
  }
}

/**
 * A fresh page after a text was sent. What else had been written on the pages walked through is not lost: it
 * goes into history before the text that was sent.
 */
export function turnPage(composer: Composer, sent: string): Composer {
  const others = new Map(pagesLeft(composer))
  others.delete(composer.place)
  const history = tidyHistory([...composer.history, ...unsent(composer.history, others), sent])
  const { place, pages } = fresh(history)
  return { ...composer, ...BLANK, history, place, pages, goal: null, deed: OTHER, menu: null, menuShut: false }
}

/** Empties the page. The text can be had back by undo, and as the newest entry of history. */
export function clear(composer: Composer): Composer {
  const history = tidyHistory([...composer.history, ...unsent(composer.history, pagesLeft(composer))])
  const empty = replace(composer, 0, composer.text.length, '')
  return { ...empty, history, ...fresh(history), menu: null, menuShut: false }
}

/** Messages that could not be sent, as the draft again: as they stand in history, chips included, where they do. */
export function givenBack(composer: Composer, sent: readonly string[]): Composer {
  const drafts = sent.map((text) => {
    const isSame = (entry: string) => writtenOut(entry, composer).trimEnd() === text
    return composer.history.findLast(isSame) ?? harmless(text)
  })
  const page = composer.search?.origin ?? composer
  return { ...replace(page, 0, page.text.length, drafts.join('\n\n')), menu: null }
}

function fresh(history: readonly string[]): Pick<Composer, 'place' | 'pages'> {
  return { place: history.length, pages: new Map() }
}

function pageOf(text: string): Page {
  return { ...BLANK, text, cursor: text.length }
}

function pagesLeft(composer: Composer): ReadonlyMap<number, Page> {
  return new Map(composer.pages).set(composer.place, pageAt(composer, composer.place))
}

/** Texts on pages that say something else than history does, oldest place first, the draft last. */
function unsent(history: readonly string[], pages: ReadonlyMap<number, Page>): readonly string[] {
  return [...pages]
    .sort(([a], [b]) => a - b)
    .filter(([place, page]) => page.text !== (history[place] ?? ''))
    .map(([, page]) => page.text)
}
