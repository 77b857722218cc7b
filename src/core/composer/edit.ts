/**
 * Changes the text, and takes changes back. The only place where text and cursor move together; which key asks for it
 * is `composer`'s.
 */

import { sanitise } from '../text/sanitise.ts'
import { chipNear, foldedAgain, isLarge, keep, withoutSigns } from './chips.ts'
import { boundaryAtOrAfter, graphemeAfter, graphemeBefore } from './graphemes.ts'
import { type Composer, type Deed, type Edit, OTHER, type Trail } from './state.ts'

/** Puts `inserted` in the place of `from` to `to`, the cursor behind it, and remembers how to undo it. */
export function replace(composer: Composer, from: number, to: number, inserted: string, deed: Deed = OTHER): Composer {
  if (from === to && inserted === '') return composer
  const text = composer.text.slice(0, from) + inserted + composer.text.slice(to)
  // What now stands side by side may join into one grapheme (an accent, a flag): the cursor goes behind it.
  const cursor = boundaryAtOrAfter(text, from + inserted.length)
  const removed = composer.text.slice(from, to)
  const edit: Edit = { at: from, removed, inserted, before: composer.cursor, after: cursor }
  return { ...composer, text, cursor, undo: remember(composer, edit, deed), redo: null, goal: null, deed }
}

/** Text from the keyboard. Runs of it join into one undo step per word. */
export function write(composer: Composer, text: string): Composer {
  return replace(composer, composer.cursor, composer.cursor, harmless(text), { type: 'typed' })
}

/** Text from the clipboard: verbatim but for control characters, and one undo step. A large one becomes a chip. */
export function paste(composer: Composer, text: string): Composer {
  const pasted = harmless(text)
  const kept = isLarge(pasted) ? keep(composer, pasted) : null
  if (kept) return replace(kept.composer, composer.cursor, composer.cursor, kept.sign)
  return replace(composer, composer.cursor, composer.cursor, pasted)
}

/** Puts a chip's text in its place: the chip beside the cursor, else the last one. null: there is none. */
export function unfold(composer: Composer): Composer | null {
  const near = chipNear(composer)
  return near && replace(composer, near.start, near.end, near.chip.text)
}

/**
 * Another text in the place of the whole draft, from an editor for example: chips that come back unchanged stay chips.
 * Can be undone.
 */
export function withDraft(composer: Composer, text: string): Composer {
  const draft = foldedAgain(harmless(text), composer.text, composer)
  return draft === composer.text ? composer : { ...replace(composer, 0, composer.text.length, draft), menu: null }
}

export function eraseBefore(composer: Composer): Composer {
  return replace(composer, graphemeBefore(composer.text, composer.cursor), composer.cursor, '', { type: 'erased' })
}

export function eraseAfter(composer: Composer): Composer {
  return replace(composer, composer.cursor, graphemeAfter(composer.text, composer.cursor), '', { type: 'deleted' })
}

/** Takes the last step back; the same composer when there is none. */
export function undo(composer: Composer): Composer {
  if (!composer.undo) return composer
  const { edit, older } = composer.undo
  const text = swap(composer.text, edit.at, edit.inserted, edit.removed)
  const redo = { edit, older: composer.redo }
  return { ...composer, text, cursor: edit.before, undo: older, redo, goal: null, deed: OTHER }
}

/** Does again what was undone last; the same composer when there is nothing. */
export function redo(composer: Composer): Composer {
  if (!composer.redo) return composer
  const { edit, older } = composer.redo
  const text = swap(composer.text, edit.at, edit.removed, edit.inserted)
  const undo = { edit, older: composer.undo }
  return { ...composer, text, cursor: edit.after, undo, redo: older, goal: null, deed: OTHER }
}

/** All steps since a moment as a single one. `since`: the newest step back at that moment. */
export function asOneStep(composer: Composer, since: Trail | null): Composer {
  const steps: Edit[] = []
  for (let at = composer.undo; at !== since; at = at.older) {
    if (!at) return composer
    steps.push(at.edit)
  }
  const [newest] = steps
  if (!newest || steps.length === 1) return composer
  // The stretch that holds them all: from the first place touched to the last, as it is now.
  let from = Number.POSITIVE_INFINITY
  let to = 0
  for (const { at, removed, inserted } of steps.toReversed()) {
    from = Math.min(from, at)
    to = Math.max(to, at + removed.length) + inserted.length - removed.length
  }
  const inserted = composer.text.slice(from, to)
  const removed = steps.reduce((text, edit) => swap(text, edit.at - from, edit.inserted, edit.removed), inserted)
  const edit: Edit = { at: from, removed, inserted, before: steps.at(-1)!.before, after: newest.after }
  return { ...composer, undo: { edit, older: since } }
}

/** Moves the cursor to a boundary. Ends a run of typing, of kills and of steps up and down. */
export function moveTo(composer: Composer, cursor: number): Composer {
  return { ...composer, cursor, goal: null, deed: OTHER }
}

/** Newlines and tabs are text; a carriage return is a newline; other control characters do nothing to a terminal. */
export function harmless(text: string): string {
  return withoutSigns(sanitise(text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text))
}

function swap(text: string, at: number, out: string, into: string): string {
  return text.slice(0, at) + into + text.slice(at + out.length)
}

/** Joins an edit to the newest one where both belong to the same word typed or erased, else puts it on top. */
function remember(composer: Composer, edit: Edit, deed: Deed): Trail {
  const top = composer.undo
  const joined = top && deed.type === composer.deed.type ? join(top.edit, edit, deed) : null
  return joined ? { edit: joined, older: top!.older } : { edit, older: top }
}

function join(last: Edit, next: Edit, deed: Deed): Edit | null {
  const both = { at: next.at, removed: '', inserted: '', before: last.before, after: next.after }
  switch (deed.type) {
    case 'typed':
      if (last.at + last.inserted.length !== next.at || startsWord(last.inserted.at(-1), next.inserted[0])) return null
      return { ...both, at: last.at, removed: last.removed, inserted: last.inserted + next.inserted }
    case 'erased':
      if (next.at + next.removed.length !== last.at || startsWord(last.removed[0], next.removed.at(-1))) return null
      return { ...both, removed: next.removed + last.removed }
    case 'deleted':
      if (next.at !== last.at || startsWord(last.removed.at(-1), next.removed[0])) return null
      return { ...both, removed: last.removed + next.removed }
    default:
      return null
  }
}

function startsWord(last = '', next = ''): boolean {
  return /\s/.test(last) && /\S/.test(next)
}
