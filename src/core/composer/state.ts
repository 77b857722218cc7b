/**
 * What a composer remembers between two keys: the draft and everything needed to take a step back. Holds no behaviour.
 */

import type { Completion } from '../chat/commands.ts'

/**
 * One replacement in the text: at `at`, `removed` made place for `inserted`; the cursor went from `before` to `after`.
 */
export interface Edit {
  readonly at: number
  readonly removed: string
  readonly inserted: string
  readonly before: number
  readonly after: number
}

/** Edits, newest first. A linked list, so that a long session of typing shares its past instead of copying it. */
export interface Trail {
  readonly edit: Edit
  readonly older: Trail | null
}

/** A draft with its own past: what history walks away from and comes back to. */
export interface Page {
  readonly text: string
  /** UTF-16 index, always between two graphemes. */
  readonly cursor: number
  readonly undo: Trail | null
  readonly redo: Trail | null
}

/**
 * What the last key did, so that the next one can join it: typing into one undo step, kills into one kill, yanks in
 * turn.
 */
export type Deed =
  | { readonly type: 'typed' | 'erased' | 'deleted' | 'killed' | 'other' }
  | { readonly type: 'yanked'; readonly from: number; readonly to: number; readonly kill: number }

/** A large paste: the draft holds a sign for it. */
export interface Chip {
  /** Counts from 1 within a draft. */
  readonly number: number
  /** Harmless, in full. */
  readonly text: string
  readonly lines: number
}

export interface Menu {
  readonly items: readonly Completion[]
  /** Index into `items`; -1 while nothing is chosen, and Enter means the text as it stands. */
  readonly chosen: number
}

/** A search through history that is open. */
export interface Search {
  readonly query: string
  /** Index of the entry of history on the page; null: nothing matches, or nothing was asked yet. */
  readonly hit: number | null
  /** The composer as it was, and will be again when the search is left. */
  readonly origin: Composer
}

export interface Composer extends Page {
  readonly deed: Deed
  /** The column that Up and Down aim for while they follow each other; null otherwise. */
  readonly goal: number | null
  /** Killed text, newest first. */
  readonly kills: readonly string[]
  /** What the signs in all texts here stand for, those taken back and those in history included. */
  readonly chips: readonly Chip[]
  /** What was sent or cleared, oldest first; harmless, large pastes as signs. */
  readonly history: readonly string[]
  /** Which entry of `history` is on the page; its length means the draft. */
  readonly place: number
  /** Pages left behind while walking, by place: the draft, and entries that were changed. */
  readonly pages: ReadonlyMap<number, Page>
  readonly menu: Menu | null
  readonly search: Search | null
  /** Escape closed the menu: it stays shut until asked for, or until another command is begun. */
  readonly menuShut: boolean
}

export const BLANK: Page = { text: '', cursor: 0, undo: null, redo: null }
export const OTHER: Deed = { type: 'other' }
