/**
 * A list to choose from, as a small machine: what is typed, which rows answer it, which one is chosen, what its keys do
 * to it. `pressPicker(picker, key)` gives the next picker and what the key said. Knows no rows but by their ids; what
 * they say is for others, and so is where they come from.
 */

import type { Key } from '../chat/keys.ts'
import type { Steps } from '../text/steps.ts'
import { type Line, lineOf, pressLine } from './line.ts'

export interface Row {
  /** Names it for as long as the list is open. */
  readonly id: number
}

/** Something that can be done with the chosen row. */
export interface Act {
  readonly name: string
  /** Keys that ask for it, as `ctrl+r`, `tab`, `delete`; the hint names the first one. */
  readonly keys: readonly string[]
  /** A word or two for the hint; empty: not told there. */
  readonly tells: string
  /** A line has to be written first, and what the picker calls it. It begins with what the row is called now. */
  readonly asks?: string
  /** It needs no row. */
  readonly alone?: true
}

/** What a list is, whatever is in it. */
export interface Kind<R extends Row> {
  /** What Enter does, in a word or two. */
  readonly takes: string
  readonly acts: readonly Act[]
  /** Which row is chosen when other ones come: the newest may stand at either end. */
  readonly begins: 'first' | 'last'
  /** What a row is called; the text that a line of an act begins with. */
  readonly name: (row: R) => string
}

export interface Picker<R extends Row> {
  readonly kind: Kind<R>
  /** What is typed to narrow the list. */
  readonly line: Line
  readonly rows: readonly R[]
  /** What had been typed when somebody looked for these rows; null: nobody has yet. */
  readonly answers: string | null
  /** There are more rows than these. */
  readonly hasMore: boolean
  /** Index of the chosen row; 0 when there are none. */
  readonly chosen: number
  /** Index of the first row on the screen. */
  readonly top: number
  /** A line that is being written for an act; the list waits. */
  readonly asked: { readonly act: Act; readonly row: R; readonly line: Line } | null
  /** A remark in the place of the hint, until the next key. */
  readonly notice: Steps | null
}

/** What a key meant beyond the list itself. */
export type Said<R extends Row> =
  /** Enter on a row. */
  | { readonly type: 'take'; readonly row: R }
  | { readonly type: 'act'; readonly act: Act; readonly row: R | null; readonly text: string }
  /** Other rows are wanted: those for this text. */
  | { readonly type: 'seek'; readonly text: string }
  /** The rows here answer an earlier text: those for what is typed now must come first, then this key again. */
  | { readonly type: 'await'; readonly key: Key }
  /** The end of the rows is near, and there are more. */
  | { readonly type: 'more' }
  | { readonly type: 'leave' }
  /** A key that means nothing here. */
  | { readonly type: 'unhandled'; readonly key: Key }

export interface Pressed<R extends Row> {
  readonly picker: Picker<R>
  readonly said: Said<R> | null
}

/** A list whose rows are still to come. */
export function openPicker<R extends Row>(kind: Kind<R>, typed = ''): Picker<R> {
  return {
    ...{ kind, line: lineOf(typed), rows: [], answers: null, hasMore: false },
    ...{ chosen: 0, top: 0, asked: null, notice: null },
  }
}

export function chosenRow<R extends Row>({ rows, chosen }: Picker<R>): R | null {
  return rows[chosen] ?? null
}

/**
 * Rows have come. When they answer the same text as those before, the chosen one stays chosen, or its place when it is
 * gone; else the choice begins anew.
 */
export function arrived<R extends Row>(
  picker: Picker<R>,
  rows: readonly R[],
  { answers, hasMore = false }: { readonly answers: string; readonly hasMore?: boolean },
): Picker<R> {
  const next = { ...picker, rows, answers, hasMore }
  if (answers !== picker.answers) {
    const chosen = picker.kind.begins === 'first' ? 0 : Math.max(0, rows.length - 1)
    return { ...next, chosen, top: chosen }
  }
  const former = chosenRow(picker)?.id
  const at = rows.findIndex(({ id }) => id === former)
  return pointed(next, at < 0 ? picker.chosen : at)
}

/** The picker with this row chosen, if it is there. */
export function pointedAt<R extends Row>(picker: Picker<R>, id: number): Picker<R> {
  const at = picker.rows.findIndex((row) => row.id === id)
  return at < 0 ? picker : pointed(picker, at)
}

/** The picker after a key, and what the key said beyond moving and typing. @param page rows of the list on the screen */
export function pressPicker<R extends Row>(
  before: Picker<R>,
  key: Key,
  { page }: { readonly page: number },
): Pressed<R> {
  const picker = before.notice === null ? before : { ...before, notice: null }
  if (picker.asked) return pressAsked(picker, picker.asked, key)
  const act = actOf(picker, key)
  if (act) return begin(picker, act, key)
  const step = stepOf(key, page)
  if (step !== null) return move(picker, step, page)
  const word = wordOf(key)
  if (word === 'enter') {
    if (!isCurrent(picker)) return { picker, said: { type: 'await', key } }
    const row = chosenRow(picker)
    return { picker, said: row && { type: 'take', row } }
  }
  if (word === 'escape' && picker.line.text !== '') return typed(picker, lineOf(''))
  if (word === 'escape' || word === 'ctrl+c') return { picker, said: { type: 'leave' } }
  const line = pressLine(picker.line, key)
  return line ? typed(picker, line) : { picker, said: { type: 'unhandled', key } }
}

/** Whether the rows are those for what is typed. */
export function isCurrent<R extends Row>({ answers, line }: Picker<R>): boolean {
  return answers === line.text
}

/** The first row on the screen when `page` of them fit and the chosen one is to be seen. */
export function topRow({ top, chosen, rows }: Pick<Picker<Row>, 'top' | 'chosen' | 'rows'>, page: number): number {
  const shown = Math.max(1, page)
  const lowest = Math.max(0, rows.length - shown)
  return Math.min(Math.max(Math.min(top, chosen), chosen - shown + 1, 0), lowest)
}

function typed<R extends Row>(picker: Picker<R>, line: Line): Pressed<R> {
  const isOther = line.text !== picker.line.text
  return { picker: { ...picker, line }, said: isOther ? { type: 'seek', text: line.text } : null }
}

function pressAsked<R extends Row>(picker: Picker<R>, asked: NonNullable<Picker<R>['asked']>, key: Key): Pressed<R> {
  const { act, row, line } = asked
  const word = wordOf(key)
  if (word === 'escape' || word === 'ctrl+c') return { picker: { ...picker, asked: null }, said: null }
  if (word === 'enter') {
    const text = line.text.trim()
    const said: Said<R> | null = text === '' ? null : { type: 'act', act, row, text }
    return { picker: { ...picker, asked: null }, said }
  }
  const next = pressLine(line, key)
  return next ? { picker: { ...picker, asked: { ...asked, line: next } }, said: null } : { picker, said: null }
}

function begin<R extends Row>(picker: Picker<R>, act: Act, key: Key): Pressed<R> {
  if (act.alone) return { picker, said: { type: 'act', act, row: chosenRow(picker), text: '' } }
  if (!isCurrent(picker)) return { picker, said: { type: 'await', key } }
  const row = chosenRow(picker)
  if (!row) return { picker, said: null }
  if (act.asks === undefined) return { picker, said: { type: 'act', act, row, text: '' } }
  return { picker: { ...picker, asked: { act, row, line: lineOf(picker.kind.name(row)) } }, said: null }
}

function actOf<R extends Row>({ kind, line }: Picker<R>, key: Key): Act | null {
  const word = wordOf(key)
  // What would erase a character does so as long as there is one behind the cursor.
  if ((word === 'delete' || word === 'ctrl+d') && line.cursor < line.text.length) return null
  return kind.acts.find(({ keys }) => keys.includes(word)) ?? null
}

/** How far a key moves the choice; null: it is no such key. */
function stepOf(key: Key, page: number): number | null {
  switch (wordOf(key)) {
    case 'up':
    case 'ctrl+p':
      return -1
    case 'down':
    case 'ctrl+n':
      return 1
    case 'pageup':
      return -Math.max(1, page - 1)
    case 'pagedown':
      return Math.max(1, page - 1)
    case 'home':
      return Number.NEGATIVE_INFINITY
    case 'end':
      return Number.POSITIVE_INFINITY
    default:
      return null
  }
}

function move<R extends Row>(picker: Picker<R>, step: number, page: number): Pressed<R> {
  const { rows, hasMore } = picker
  const at = picker.chosen + step
  const next = pointed(picker, at)
  const isNearEnd = hasMore && step > 0 && at >= rows.length - Math.max(1, page)
  return { picker: { ...next, top: topRow(next, page) }, said: isNearEnd ? { type: 'more' } : null }
}

function pointed<R extends Row>(picker: Picker<R>, at: number): Picker<R> {
  return { ...picker, chosen: Math.max(0, Math.min(at, picker.rows.length - 1)) }
}

/** A key as a table writes it: `enter`, `ctrl+r`; text and pastes have no such word. */
function wordOf(key: Key): string {
  if (key.type === 'text' || key.type === 'paste') return ''
  const held = [key.ctrl && 'ctrl', key.alt && 'alt', key.shift && 'shift'].filter(Boolean)
  return [...held, key.type === 'key' ? key.name : key.char].join('+')
}
