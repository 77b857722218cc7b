/**
 * Looking for an earlier message with Ctrl+R: what is typed narrows the search, the newest match stands on the page.
 * Nothing is changed until Enter; how history is kept and walked is `history`'s.
 */

import type { Key } from '../chat/keys.ts'
import { writtenOut } from './chips.ts'
import { harmless } from './edit.ts'
import { boundaryAtOrBefore, graphemeBefore } from './graphemes.ts'
import { leaf, pageAt } from './history.ts'
import type { Composer, Search } from './state.ts'

/** Opens the search; the page stays as it is until something is found. */
export function openSearch(composer: Composer): Composer {
  return show({ ...composer, menu: null }, { query: '', hit: null })
}

/** The composer after a key while the search is open. `passOn`: the search is over, and the key means what it does elsewhere. */
export function searchBy(composer: Composer, key: Key): { readonly composer: Composer; readonly passOn: boolean } {
  const { query, hit, origin } = composer.search!
  const stay = (next: Composer) => ({ composer: next, passOn: false })
  if (key.type === 'text' || key.type === 'paste') {
    const more = harmless(key.text).split('\n', 1)[0]!
    // What was not found is not found with more behind it.
    if (query !== '' && hit === null) return stay(show(origin, { query: query + more, hit: null }))
    return stay(find(origin, query + more, hit ?? origin.history.length - 1))
  }
  if (key.type === 'chord' && key.ctrl && !key.alt && !key.shift) {
    if (key.char === 'r') return stay(hit === null ? composer : older(composer))
    if (key.char === 's') return stay(hit === null ? composer : newer(composer))
    if (key.char === 'g' || key.char === 'c') return stay(origin)
    if (key.char === 'h') return stay(shorter(composer))
  }
  if (key.type === 'key' && key.name === 'backspace') return stay(shorter(composer))
  if (key.type === 'key' && key.name === 'escape') return stay(origin)
  const taken = take(composer)
  return key.type === 'key' && (key.name === 'enter' || key.name === 'tab')
    ? stay(taken)
    : { composer: taken, passOn: true }
}

/** The open search over a history that has changed meanwhile. */
export function searchAgain({ search }: Composer, origin: Composer): Composer {
  return find(origin, search!.query, origin.history.length - 1)
}

/** The match as the page, as if one had walked there: the draft is a step down away. */
function take({ search, cursor }: Composer): Composer {
  const { origin, hit } = search!
  return hit === null ? origin : { ...leaf(origin, hit), cursor }
}

function shorter({ search }: Composer): Composer {
  const { origin, query } = search!
  return find(origin, query.slice(0, graphemeBefore(query, query.length)), origin.history.length - 1)
}

/** The next older entry that matches and says something else; the same when there is none. */
function older(composer: Composer): Composer {
  const { origin, query, hit } = composer.search!
  const next = matching(origin, query, hit! - 1, -1, textAt(origin, hit!))
  return next === null ? composer : show(origin, { query, hit: next })
}

function newer(composer: Composer): Composer {
  const { origin, query, hit } = composer.search!
  const next = matching(origin, query, hit! + 1, 1, textAt(origin, hit!))
  return next === null ? composer : show(origin, { query, hit: next })
}

/** The newest match at or before an entry. */
function find(origin: Composer, query: string, from: number): Composer {
  return show(origin, { query, hit: query === '' ? null : matching(origin, query, from, -1) })
}

function matching(origin: Composer, query: string, from: number, step: -1 | 1, other?: string): number | null {
  const wanted = patternOf(query)
  for (let at = from; at >= 0 && at < origin.history.length; at += step) {
    const entry = textAt(origin, at)
    if (entry !== other && wanted.test(writtenOut(entry, origin))) return at
  }
  return null
}

/** An entry as it would be on the page: it may have been changed there. */
function textAt(origin: Composer, place: number): string {
  return pageAt(origin, place).text
}

/** What the search says for itself, in one line. */
export function sayOfSearch({ query, hit }: Search): string {
  if (query === '') return 'Search history: type what to look for · Esc leaves'
  return `Search history: ${query}${hit === null ? ' · nothing found · Esc leaves' : ' · Enter takes it · Ctrl+R older · Esc leaves'}`
}

/** Capital letters make no difference. */
function patternOf(query: string): RegExp {
  return new RegExp(query.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'i')
}

function show(origin: Composer, { query, hit }: Omit<Search, 'origin'>): Composer {
  const search: Search = { query, hit, origin: { ...origin, search: null } }
  const text = hit === null ? origin.text : textAt(origin, hit)
  // Within a large paste there is no place to stand at.
  const found = hit === null ? -1 : text.search(patternOf(query))
  const cursor = hit === null ? origin.cursor : found < 0 ? text.length : boundaryAtOrBefore(text, found)
  return { ...origin, text, cursor, search }
}
