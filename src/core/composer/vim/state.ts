/** What vim's keys remember from one to the next. Holds no behaviour. */

import type { Trail } from '../state.ts'

export interface Vim {
  readonly mode: 'insert' | 'normal' | 'visual' | 'visual line'
  /** What has been typed of a command: counts, an operator. */
  readonly pending: string
  /** What was deleted or yanked last; `lines` as whole lines. */
  readonly register: Register
  /** Where the selection began, an index of the draft as it was then; says nothing in other modes. */
  readonly anchor: number
  /** What `;` and `,` look for again. */
  readonly find: Find | null
  /** What `.` does again. */
  readonly change: Change | null
  /** The stay in insert mode that is under way. */
  readonly writing: Writing | null
}

export interface Register {
  readonly text: string
  readonly lines: boolean
}

/** `f`, `F`, `t` or `T`, and the grapheme looked for. */
export interface Find {
  readonly kind: string
  readonly char: string
}

/** A stretch of the draft: whole lines without the last one's newline, or anything between two graphemes. */
export interface Span {
  readonly from: number
  readonly to: number
  readonly lines: boolean
}

/** A command in full. */
export interface Command {
  /** null: none was given, which is not always one. */
  readonly count: number | null
  /** `d`, `c`, `y`, `<`, `>`, `g~`, `gu`, `gU`; empty when the verb acts by itself. */
  readonly operator: string
  readonly verb: string
}

/** A command that changed the text, with all it takes to do the same elsewhere. */
export interface Change extends Command {
  /** How much was selected, for a command in visual mode; null for all others. */
  readonly size: Size | null
  /** What was written until Escape. */
  readonly written: string
}

/** How much a selection holds: newlines, and graphemes behind the last of them. */
export interface Size {
  readonly lines: boolean
  readonly newlines: number
  readonly graphemes: number
}

/** From a command to the Escape that ends it: one step for undo, one change for `.`. */
export interface Writing {
  readonly change: Change
  /** The newest step for undo before the command, and the page of history it was on. */
  readonly since: Trail | null
  readonly place: number
  /** The draft after the last key; `start` and `rest` units of it, before and behind what was written, are not ours. */
  readonly text: string
  readonly start: number
  readonly rest: number
}

/** Where everyone begins: able to type. */
export const VIM: Vim = {
  mode: 'insert',
  pending: '',
  register: { text: '', lines: false },
  anchor: 0,
  find: null,
  change: null,
  writing: null,
}
