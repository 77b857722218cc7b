/**
 * Vim's keys in front of the composer's own: normal mode, counts, operators with motions, one register. What insert
 * mode does, and every key that vim does not name, is `composer`'s.
 */

import type { Key } from '../keys.ts'
import { type PressContext, type Pressed, press } from './composer.ts'
import { moveTo, redo, replace, undo } from './edit.ts'
import { graphemeAfter, graphemeBefore } from './graphemes.ts'
import { type Composer, OTHER } from './state.ts'
import { linesAround, MOTIONS, wordEnd } from './vim-motions.ts'
import { lineEnd, lineStart } from './word-ends.ts'

export interface Vim {
  readonly mode: 'insert' | 'normal'
  /** What has been typed of a command: counts, an operator. */
  readonly pending: string
  /** What was deleted or yanked last; `lines` as whole lines. */
  readonly register: { readonly text: string; readonly lines: boolean }
}

export interface VimPressed extends Pressed {
  readonly vim: Vim
}

/** Where everyone begins: able to type. */
export const VIM: Vim = { mode: 'insert', pending: '', register: { text: '', lines: false } }

/** A count beyond this is a slip of the finger. */
const MOST = 9999

/** A whole command: count, operator, count again, and the rest. */
const COMMAND = /^([1-9]\d*)?([dcy])?([1-9]\d*)?(.*)$/u

/** The composer after a key, as `press`, in vim's two modes. */
export function pressVim(vim: Vim, composer: Composer, key: Key, context: PressContext): VimPressed {
  const on = (next: Composer, state: Vim = vim): VimPressed => ({ vim: state, composer: next, said: null })
  const passOn = (state: Vim = vim): VimPressed => ({ vim: state, ...press(composer, key, context) })
  const isEscape = key.type === 'key' && key.name === 'escape'
  // A search or a list has the keys to itself.
  if (composer.search || (composer.menu && vim.mode === 'insert')) return passOn()
  if (vim.mode === 'insert') {
    if (!isEscape) return passOn()
    const { text, cursor } = composer
    const back = cursor > lineStart(text, cursor) ? graphemeBefore(text, cursor) : cursor
    return on(moveTo(composer, back), { ...vim, mode: 'normal', pending: '' })
  }
  if (isEscape && vim.pending !== '') return on(composer, { ...vim, pending: '' })
  if (key.type === 'chord' && key.ctrl && key.char === 'r') return on(rest(redo(composer)), { ...vim, pending: '' })
  if (key.type === 'key' && key.name === 'backspace')
    return on(moveTo(composer, graphemeBefore(composer.text, composer.cursor)))
  if (key.type !== 'text') {
    const next = passOn({ ...vim, pending: '' })
    return next.said?.type === 'send' ? { ...next, vim: { ...vim, pending: '', mode: 'insert' } } : next
  }
  let state = vim
  let now = composer
  let said: Pressed['said'] = null
  for (const char of key.text) {
    const next: VimPressed =
      state.mode === 'normal'
        ? command(state, now, char, context)
        : { vim: state, ...press(now, { type: 'text', text: char }, context) }
    state = next.vim
    now = next.composer
    said = next.said ?? said
  }
  return { vim: state, composer: now, said }
}

/** One more character of a command in normal mode. */
function command(vim: Vim, composer: Composer, char: string, context: PressContext): VimPressed {
  const pending = vim.pending + char
  const idle: Vim = { ...vim, pending: '' }
  const done = (next: Composer, state: Vim = idle): VimPressed => ({ vim: state, composer: next, said: null })
  const [, first, operator, second, verb = ''] = COMMAND.exec(pending) ?? []
  // `0` is a motion, and a digit behind another one.
  if (verb === '') return { vim: { ...vim, pending }, composer, said: null }
  const count = Math.min(MOST, Number(first ?? 1) * Number(second ?? 1))
  if (operator) return done(...operated(idle, composer, operator, verb, count))
  if (verb === 'j' || verb === 'k') return { vim: idle, ...upOrDown(composer, verb, count, context) }
  const motion = MOTIONS[verb]
  if (motion) return done(rest(moveTo(composer, motion(composer.text, composer.cursor, count).to)))
  return done(...acted(idle, composer, verb, count))
}

type Outcome = readonly [Composer, Vim]

/** Keys that act by themselves. */
function acted(vim: Vim, composer: Composer, verb: string, count: number): Outcome {
  const { text, cursor } = composer
  const insert: Vim = { ...vim, mode: 'insert' }
  const start = lineStart(text, cursor)
  const end = lineEnd(text, cursor)
  switch (verb) {
    case 'i':
      return [moveTo(composer, cursor), insert]
    case 'a':
      return [moveTo(composer, cursor < end ? graphemeAfter(text, cursor) : cursor), insert]
    case 'I':
      return [moveTo(composer, MOTIONS['^']!(text, cursor, 1).to), insert]
    case 'A':
      return [moveTo(composer, end), insert]
    case 'o':
      return [replace(composer, end, end, '\n'), insert]
    case 'O':
      return [moveTo(replace(composer, start, start, '\n'), start), insert]
    case 'x':
      return operated(vim, composer, 'd', 'l', count)
    case 'D':
      return operated(vim, composer, 'd', '$', count)
    case 'C':
      return operated(vim, composer, 'c', '$', count)
    case 'p':
    case 'P':
      return [put(composer, vim.register, verb === 'p', count), vim]
    case 'u':
      return [rest(times(count, composer, undo)), vim]
    default:
      return [composer, vim]
  }
}

/** Delete, change, yank: along a motion, or whole lines when the operator is doubled. */
function operated(vim: Vim, composer: Composer, operator: string, verb: string, count: number): Outcome {
  const { text, cursor } = composer
  if (verb === operator) return byLines(vim, composer, operator, count)
  // Vim's own exception: to change a word leaves the space behind it.
  const isOnWord = /\S/.test(text[cursor] ?? '')
  const motion = operator === 'c' && verb === 'w' && isOnWord ? wordEnd : MOTIONS[verb]
  if (!motion) return [composer, vim]
  const { to, inclusive } = motion(text, cursor, count)
  const from = Math.min(cursor, to)
  let end = Math.max(cursor, to)
  if (inclusive && end < text.length) end = graphemeAfter(text, end)
  // The last word of a line goes without its newline.
  if (verb === 'w' && operator !== 'y') end = Math.min(end, Math.max(lineEnd(text, cursor), lastLineStart(text, end)))
  const register = from === end ? vim.register : { text: text.slice(from, end), lines: false }
  if (operator === 'y') return [rest(moveTo(composer, from)), { ...vim, register }]
  const cut = from === end ? composer : replace({ ...composer, deed: OTHER }, from, end, '')
  return operator === 'c'
    ? [moveTo(cut, from), { ...vim, register, mode: 'insert' }]
    : [rest(moveTo(cut, Math.min(from, cut.text.length))), { ...vim, register }]
}

/** A motion by words that ends at the start of a line has passed the newline before it, which is not meant. */
function lastLineStart(text: string, end: number): number {
  const start = lineStart(text, end)
  return text.slice(start, end).trim() === '' && start > 0 ? start - 1 : end
}

function byLines(vim: Vim, composer: Composer, operator: string, count: number): Outcome {
  const { text, cursor } = composer
  const { start, end } = linesAround(text, cursor, count)
  const register = { text: text.slice(start, end), lines: true }
  if (operator === 'y') return [composer, { ...vim, register }]
  if (operator === 'c') return [moveTo(replace(composer, start, end, ''), start), { ...vim, register, mode: 'insert' }]
  // A newline goes with them: the one behind, or before the last line the one in front.
  const from = end === text.length && start > 0 ? start - 1 : start
  const cut = replace(composer, from, Math.min(text.length, end + 1), '')
  const at = lineStart(cut.text, Math.min(start, cut.text.length))
  return [moveTo(cut, MOTIONS['^']!(cut.text, at, 1).to), { ...vim, register }]
}

function put(composer: Composer, { text: kept, lines }: Vim['register'], behind: boolean, count: number): Composer {
  if (kept === '') return composer
  const { text, cursor } = composer
  if (!lines) {
    const at = behind && cursor < lineEnd(text, cursor) ? graphemeAfter(text, cursor) : cursor
    const done = replace(composer, at, at, kept.repeat(count))
    return rest(moveTo(done, Math.max(at, graphemeBefore(done.text, done.cursor))))
  }
  const at = behind ? lineEnd(text, cursor) : lineStart(text, cursor)
  const whole = Array.from({ length: count }, () => kept).join('\n')
  const done = replace(composer, at, at, behind ? `\n${whole}` : `${whole}\n`)
  return moveTo(done, MOTIONS['^']!(done.text, behind ? at + 1 : at, 1).to)
}

/** By rows as they are shown, and on into history, as the arrows do. */
function upOrDown(composer: Composer, verb: 'j' | 'k', count: number, context: PressContext): Pressed {
  const key: Key = { type: 'key', name: verb === 'j' ? 'down' : 'up', ctrl: false, alt: false, shift: false }
  const moved = times(count, composer, (at) => press(at, key, context).composer)
  return { composer: restKeepingGoal(moved), said: null }
}

/** In normal mode the cursor stands on a character, never behind the last one of a line. */
function rest(composer: Composer): Composer {
  const { text, cursor } = composer
  const isBehind = cursor === lineEnd(text, cursor) && cursor > lineStart(text, cursor)
  return isBehind ? moveTo(composer, graphemeBefore(text, cursor)) : composer
}

function restKeepingGoal(composer: Composer): Composer {
  return { ...rest(composer), goal: composer.goal }
}

function times(count: number, composer: Composer, step: (composer: Composer) => Composer): Composer {
  let now = composer
  for (let i = 0; i < count; i++) {
    const next = step(now)
    if (next === now) break
    now = next
  }
  return now
}
