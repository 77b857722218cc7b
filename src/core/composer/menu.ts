/**
 * The list of completions over the composer: when it opens, what is chosen, what choosing does. What can be completed
 * is asked of the caller.
 */

import type { Completion } from '../chat/commands.ts'
import { harmless, replace } from './edit.ts'
import { fileWord } from './file-words.ts'
import type { Composer } from './state.ts'

export type Complete = (composer: Composer) => readonly Completion[]

const NONE: Complete = () => []

/** Opens the list because Tab asked; a single completion is taken at once. The same composer when there is nothing. */
export function askMenu(composer: Composer, complete: Complete = NONE): Composer {
  const items = complete(composer)
  if (items.length === 0) return composer
  const open: Composer = { ...composer, menu: { items, chosen: 0 }, menuShut: false }
  return items.length === 1 ? accept(open, complete) : open
}

/** After the text has changed: the list follows it, and opens by itself while a command or an `@file` is written. */
export function followMenu(composer: Composer, complete: Complete = NONE): Composer {
  const word = composer.text.startsWith('/') || fileWord(composer) !== null
  if (!word && !composer.menu) return composer.menuShut ? { ...composer, menuShut: false } : composer
  if (composer.menuShut) return { ...composer, menu: null, menuShut: word }
  return offer(composer, complete)
}

export function shutMenu(composer: Composer): Composer {
  return { ...composer, menu: null, menuShut: true }
}

/** Moves the choice round and round. */
export function choose(composer: Composer, step: -1 | 1): Composer {
  if (!composer.menu) return composer
  const { items, chosen } = composer.menu
  const next = chosen < 0 && step < 0 ? items.length - 1 : (chosen + step + items.length) % items.length
  return { ...composer, menu: { items, chosen: next } }
}

/** Puts the chosen completion in the place of the word at the cursor; offers what may follow when it asks for more. */
export function accept(composer: Composer, complete: Complete = NONE): Composer {
  const item = composer.menu?.items[Math.max(0, composer.menu.chosen)]
  if (!item) return composer
  const start = wordStart(composer)
  const end = composer.cursor + sharedEnd(item.insert, composer)
  const accepted = { ...replace(composer, start, end, harmless(item.insert)), menu: null }
  return item.insert.endsWith(' ') ? offer(accepted, complete) : accepted
}

/**
 * Nothing is chosen while no letter says what is wanted: Enter after `/model ` is not to pick the first of the list.
 */
function offer(composer: Composer, complete: Complete): Composer {
  const items = complete(composer)
  const word = composer.text.slice(wordStart(composer), composer.cursor)
  const menu = items.length > 0 ? { items, chosen: word === '' || word === '@' ? -1 : 0 } : null
  return { ...composer, menu }
}

/** Where the stretch without white space that ends at the cursor begins. */
function wordStart({ text, cursor }: Composer): number {
  let start = cursor
  while (start > 0 && /\S/.test(text[start - 1]!)) start--
  return start
}

/**
 * How much behind the cursor a completion says itself and takes the place of: the rest of the word in `/mo|del`, the
 * space in `/mo| fast`. Anything else there stays.
 */
function sharedEnd(insert: string, { text, cursor }: Composer): number {
  const [, rest = '', space = ''] = /^(\S*)( ?)/.exec(text.slice(cursor))!
  if (!insert.trimEnd().endsWith(rest)) return 0
  return rest.length + (insert.endsWith(' ') ? space.length : 0)
}
