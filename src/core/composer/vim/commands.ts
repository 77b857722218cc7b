/** Vim's commands in normal mode: how they are spelled, and what each does. */

import { moveTo, redo, replace, undo } from '../edit.ts'
import { graphemeAfter } from '../graphemes.ts'
import type { Composer, Edit } from '../state.ts'
import { lineEnd, lineStart } from '../word-ends.ts'
import { joinedLines, overwritten, put, toggled } from './changes.ts'
import { stand } from './cursor.ts'
import { findOf, firstSign, motionOf } from './motions.ts'
import { operate, type Step } from './operators.ts'
import { spanOf } from './spans.ts'
import type { Command, Vim } from './state.ts'

/** A count beyond this is a slip of the finger. */
const MOST = 9999
/** No command is longer; what is was not meant as one. */
const LONGEST = 24

/** Register, count, operator, count again, and the rest. */
const NORMAL =
  /^(?:"(?<register>.))?(?<first>[1-9]\d*)?(?:(?<operator>[dcy<>]|g[~uU])(?<second>[1-9]\d*)?)?(?<verb>.*)$/su
/** What is selected needs no operator to wait for. */
const VISUAL = /^(?:"(?<register>.))?(?<first>[1-9]\d*)?(?<verb>.*)$/su
/** Verbs that wait for one more character: what to look for, an object's name, a register's. */
const WAITS = /^(?:[fFtTgzZmq@'`"]|)$/
const WAITS_ALONE = /^r$/
const WAITS_FOR_OBJECT = /^[ia]$/

/** A command, and whether what it deletes is not to be kept (the register `_`). */
export interface Spelled {
  readonly command: Command
  readonly forgets: boolean
}

/** What was typed as a command; null while more is to come, or when it is none by far. */
export function spelled(pending: string, inVisual: boolean): Spelled | 'more' | null {
  const parts = (inVisual ? VISUAL : NORMAL).exec(pending)?.groups ?? {}
  const { register, first, operator = '', second, verb = '' } = parts
  const waits =
    WAITS.test(verb) ||
    (operator === '' && WAITS_ALONE.test(verb)) ||
    ((operator !== '' || inVisual) && WAITS_FOR_OBJECT.test(verb))
  if (waits) return pending.length > LONGEST ? null : 'more'
  const count = first || second ? Math.min(MOST, Number(first ?? 1) * Number(second ?? 1)) : null
  return { command: { count, operator, verb }, forgets: register === '_' }
}

/** Whether the next character is an argument and no command. */
export function awaitsArgument(pending: string): boolean {
  return /[fFtTrzZmq@'`"]$/.test(pending)
}

/** Commands that stand for an operator and its motion. */
const SHORT: Readonly<Record<string, readonly [operator: string, verb: string] | undefined>> = {
  ...{ x: ['d', 'l'], X: ['d', 'h'], D: ['d', '$'], C: ['c', '$'], s: ['c', 'l'], S: ['c', 'c'], Y: ['y', 'y'] },
}

/** Does a command. What it begins in insert mode, and what `.` remembers of it, is `writing`'s. */
export function perform(vim: Vim, composer: Composer, command: Command): Step {
  const [operator, verb] = SHORT[command.operator === '' ? command.verb : ''] ?? [command.operator, command.verb]
  if (operator === '') return acted(vim, composer, command)
  const find = findOf(verb) ?? vim.find
  const span = spanOf(composer.text, composer.cursor, { ...command, operator, verb }, find)
  return span ? operate({ ...vim, find }, composer, operator, span) : { vim, composer }
}

function acted(vim: Vim, composer: Composer, { count, verb }: Command): Step {
  const { text, cursor } = composer
  const start = lineStart(text, cursor)
  const end = lineEnd(text, cursor)
  const times = count ?? 1
  const on = (next: Composer): Step => ({ vim, composer: next })
  const write = (next: Composer): Step => ({ vim: { ...vim, mode: 'insert' }, composer: next })
  if (verb[0] === 'r') return on(overwritten(composer, verb.slice(1), times))
  switch (verb) {
    case 'i':
      return write(moveTo(composer, cursor))
    case 'a':
      return write(moveTo(composer, cursor < end ? graphemeAfter(text, cursor) : cursor))
    case 'I':
      return write(moveTo(composer, firstSign(text, cursor)))
    case 'A':
      return write(moveTo(composer, end))
    case 'o':
      return write(replace(composer, end, end, '\n'))
    case 'O':
      return write(moveTo(replace(composer, start, start, '\n'), start))
    case 'v':
      return { vim: { ...vim, mode: 'visual', anchor: cursor }, composer }
    case 'V':
      return { vim: { ...vim, mode: 'visual line', anchor: cursor }, composer }
    case 'p':
    case 'P':
      return on(put(composer, vim.register, verb === 'p', times))
    case 'J':
    case 'gJ':
      return on(joinedLines(composer, times, verb === 'J'))
    case '~':
      return on(toggled(composer, times))
    case 'u':
      return on(stepped(composer, times, undo))
    case '\x12':
      return on(stepped(composer, times, redo))
    default:
      return moved(vim, composer, verb, count)
  }
}

/** A motion by itself; nothing for what is none. */
export function moved(vim: Vim, composer: Composer, verb: string, count: number | null): Step {
  const find = findOf(verb) ?? vim.find
  const reach = motionOf(verb, vim.find)?.(composer.text, composer.cursor, count)
  if (!reach) return { vim: { ...vim, find }, composer }
  const next = stand(composer, reach.to)
  // From the end of a line Up and Down lead to the ends of others.
  return { vim: { ...vim, find }, composer: verb === '$' ? { ...next, goal: Number.POSITIVE_INFINITY } : next }
}

function stepped(composer: Composer, count: number, step: (composer: Composer) => Composer): Composer {
  let now = composer
  for (let i = 0; i < count; i++) {
    const edit = (step === undo ? now.undo : now.redo)?.edit
    const next = step(now)
    if (!edit || next === now) break
    now = stand(next, placeOf(next.text, edit))
  }
  return now
}

/** Where a step was done: where the cursor was before it, or the first line that it changed. */
function placeOf(text: string, { at, removed, inserted, before }: Edit): number {
  const changed = (removed || inserted)[0] === '\n' ? Math.min(at + 1, text.length) : at
  const start = lineStart(text, changed)
  return before >= start && before <= lineEnd(text, changed) ? before : firstSign(text, changed)
}
