/**
 * What each key means to the text being written: `press(composer, key)` gives the next composer, and what the key said
 * beyond editing. Knows the keys; edits, history, kills, menu and rows have files of their own.
 */

import type { Key } from '../chat/keys.ts'
import { writtenOut } from './chips.ts'
import { type Chord, editByChord } from './chords.ts'
import { eraseAfter, eraseBefore, harmless, moveTo, paste, replace, write } from './edit.ts'
import { fileWord } from './file-words.ts'
import { graphemeAfter, graphemeBefore } from './graphemes.ts'
import { clear, tidyHistory, turnPage, walk } from './history.ts'
import { kill } from './kill.ts'
import { accept, askMenu, type Complete, choose, followMenu, shutMenu } from './menu.ts'
import { moveByRow } from './row-moves.ts'
import { openSearch, searchBy } from './search.ts'
import { BLANK, type Composer, OTHER } from './state.ts'
import { lineEnd, lineStart, wordEndAfter, wordStartBefore } from './word-ends.ts'

export { labelled, writtenOut } from './chips.ts'
export { withDraft } from './edit.ts'
export { givenBack } from './history.ts'
export { askMenu, followMenu } from './menu.ts'
export type { Composer, Menu } from './state.ts'

/** What a key meant beyond editing. */
export type Said =
  /**
   * Enter with something to send: chips in full, white space at its end cut off. The draft is empty now, the text in
   * history.
   */
  | { readonly type: 'send'; readonly text: string }
  /** Escape while no menu is open. */
  | { readonly type: 'stop' }
  /** Ctrl+C on an empty draft. */
  | { readonly type: 'interrupt' }
  /** Ctrl+C on a draft: Up or undo bring it back. */
  | { readonly type: 'cleared' }
  /** Ctrl+D on an empty draft. */
  | { readonly type: 'quit' }
  /** Ctrl+L. */
  | { readonly type: 'redraw' }
  /** Ctrl+G. */
  | { readonly type: 'editor' }
  /** Ctrl+T. */
  | { readonly type: 'thinking' }
  /** A key that means nothing here; the composer is unchanged. */
  | { readonly type: 'unhandled'; readonly key: Key }

export interface Pressed {
  readonly composer: Composer
  readonly said: Said | null
}

export interface PressContext {
  /** What could stand at the cursor; absent: nothing is ever completed. */
  readonly complete?: Complete
  /** Columns of a row as laid out on the screen: Up and Down follow it. */
  readonly width: number
}

/** A composer without a draft. `history`: earlier messages, oldest first. */
export function emptyComposer(history: readonly string[] = []): Composer {
  const entries = tidyHistory(history.map(harmless))
  return {
    ...BLANK,
    deed: OTHER,
    goal: null,
    kills: [],
    chips: [],
    history: entries,
    place: entries.length,
    pages: new Map(),
    menu: null,
    search: null,
    menuShut: false,
  }
}

/** The composer after a key, and what the key said beyond editing; null when it only edited. */
export function press(composer: Composer, key: Key, context: PressContext): Pressed {
  if (composer.search) {
    const { composer: next, passOn } = searchBy(composer, key)
    return passOn ? press(next, key, context) : { composer: next, said: null }
  }
  const inMenu = composer.menu ? pressInMenu(composer, key, context) : null
  if (inMenu) return inMenu
  const outcome = meaning(composer, key, context)
  if (outcome === null) return { composer, said: { type: 'unhandled', key } }
  if ('said' in outcome) return outcome
  return { composer: withMenu(composer, outcome, key, context), said: null }
}

/** Keys that belong to an open list; null for all others. */
function pressInMenu(composer: Composer, key: Key, context: PressContext): Pressed | null {
  if (key.type !== 'key' || key.ctrl || key.alt) return null
  const done = (next: Composer): Pressed => ({ composer: next, said: null })
  switch (key.name) {
    case 'up':
      return done(choose(composer, -1))
    case 'down':
      return done(choose(composer, 1))
    case 'escape':
      return done(shutMenu(composer))
    case 'tab':
      return done(key.shift ? choose(composer, -1) : accept(composer, context.complete))
    case 'enter':
      return key.shift || composer.menu!.chosen < 0 ? null : enterInMenu(composer, context)
    default:
      return null
  }
}

/** Enter takes the choice. A command that is complete with it, or was before, is sent at once. */
function enterInMenu(composer: Composer, context: PressContext): Pressed {
  const accepted = accept(composer, context.complete)
  const asksMore = accepted.text.endsWith(' ') && accepted.text.trimEnd() !== composer.text.trimEnd()
  const isFile = fileWord(composer) !== null
  const wholeCommand = !isFile && accepted.text.startsWith('/') && accepted.cursor === accepted.text.length
  return wholeCommand && !asksMore ? sent(accepted) : { composer: accepted, said: null }
}

function withMenu(before: Composer, after: Composer, key: Key, { complete }: PressContext): Composer {
  const textChanged = after.text !== before.text
  if (!textChanged && (after.cursor === before.cursor || !after.menu)) return after
  if (key.type === 'paste' || after.place !== before.place) return { ...after, menu: null }
  return followMenu(after, complete)
}

/** The composer after an edit or a move, something said, or null for a key without meaning here. */
function meaning(composer: Composer, key: Key, context: PressContext): Composer | Pressed | null {
  switch (key.type) {
    case 'text':
      return write(composer, key.text)
    case 'paste':
      return paste(composer, key.text)
    case 'key':
      return named(composer, key, context)
    case 'chord':
      return chord(composer, key)
  }
}

function named(
  composer: Composer,
  key: Extract<Key, { type: 'key' }>,
  { complete, width }: PressContext,
): Composer | Pressed | null {
  const { text, cursor } = composer
  const byWord = key.ctrl || key.alt
  switch (key.name) {
    case 'enter':
      return key.shift || key.alt || key.ctrl ? write(composer, '\n') : enter(composer)
    case 'escape':
      return say(composer, 'stop')
    case 'tab': {
      const asked = byWord || key.shift ? composer : askMenu(composer, complete)
      return asked === composer ? null : { composer: asked, said: null }
    }
    case 'backspace':
      return byWord ? kill(composer, wordStartBefore(text, cursor)) : eraseBefore(composer)
    case 'delete':
      return byWord ? kill(composer, wordEndAfter(text, cursor)) : eraseAfter(composer)
    case 'left':
      return moveTo(composer, byWord ? wordStartBefore(text, cursor) : graphemeBefore(text, cursor))
    case 'right':
      return moveTo(composer, byWord ? wordEndAfter(text, cursor) : graphemeAfter(text, cursor))
    case 'home':
      return moveTo(composer, key.ctrl ? 0 : lineStart(text, cursor))
    case 'end':
      return moveTo(composer, key.ctrl ? text.length : lineEnd(text, cursor))
    case 'up':
      return byWord ? null : (moveByRow(composer, -1, width) ?? walk(composer, -1) ?? composer)
    case 'down':
      return byWord ? null : (moveByRow(composer, 1, width) ?? walk(composer, 1) ?? composer)
    default:
      return null
  }
}

function chord(composer: Composer, key: Chord): Composer | Pressed | null {
  const plainCtrl = key.ctrl && !key.alt && !key.shift
  const empty = composer.text === ''
  switch (plainCtrl ? key.char : '') {
    case 'c':
      return empty ? say(composer, 'interrupt') : say(clear(composer), 'cleared')
    case 'd':
      return empty ? say(composer, 'quit') : editByChord(composer, key)
    case 'l':
      return say(composer, 'redraw')
    case 'g':
      return say(composer, 'editor')
    case 'r':
      return openSearch(composer)
    case 't':
      return say(composer, 'thinking')
    default:
      return editByChord(composer, key)
  }
}

/** A backslash right before the cursor asks for a newline in its place: the way that works in every terminal. */
function enter(composer: Composer): Composer | Pressed {
  const { text, cursor } = composer
  if (text[cursor - 1] === '\\') return replace(composer, cursor - 1, cursor, '\n')
  return writtenOut(text, composer).trim() === '' ? composer : sent(composer)
}

function sent(composer: Composer): Pressed {
  const draft = composer.text.trimEnd()
  const text = writtenOut(draft, composer).trimEnd()
  return { composer: turnPage(composer, draft), said: { type: 'send', text } }
}

function say(composer: Composer, type: Exclude<Said['type'], 'send' | 'unhandled'>): Pressed {
  return { composer, said: { type } }
}
