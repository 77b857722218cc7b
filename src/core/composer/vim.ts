/**
 * Vim's keys in front of the composer's own. Knows the modes and which keys each takes; commands, motions and objects
 * have files of their own. What insert mode does, and every key that vim does not name, is `composer`'s.
 */

import type { Key } from '../chat/keys.ts'
import { graphemesOf } from '../text/width.ts'
import { type PressContext, type Pressed, press } from './composer.ts'
import { asOneStep, harmless, replace } from './edit.ts'
import { moveByRow } from './row-moves.ts'
import { openSearch } from './search.ts'
import type { Composer } from './state.ts'
import { awaitsArgument, perform, spelled } from './vim/commands.ts'
import { rest } from './vim/cursor.ts'
import type { Step } from './vim/operators.ts'
import type { Command, Vim } from './vim/state.ts'
import { performVisual, reselected, selected, sizeOf } from './vim/visual.ts'
import { followed, left, remembered, set } from './vim/writing.ts'

export { VIM, type Vim } from './vim/state.ts'
export { selected } from './vim/visual.ts'

export interface VimPressed extends Pressed {
  readonly vim: Vim
}

/** The composer after a key, as `press`, in vim's modes. */
export function pressVim(vim: Vim, composer: Composer, pressed: Key, context: PressContext): VimPressed {
  // Terminals that tell Ctrl+[ from Escape do vim's users no favour.
  const isBracket = pressed.type === 'chord' && pressed.char === '[' && pressed.ctrl && !pressed.alt && !pressed.shift
  const key = isBracket ? ESCAPE : pressed
  // A search has the keys to itself, and so has a list while one writes.
  if (composer.search || (composer.menu && vim.mode === 'insert')) return passedOn(vim, composer, key, context)
  if (key.type === 'chord' && key.alt && !key.ctrl) {
    // An Escape with the next key on its heels, as terminals cannot tell them apart.
    const escaped = pressVim(vim, composer, ESCAPE, context)
    const text = key.shift ? key.char.toUpperCase() : key.char
    return pressVim(escaped.vim, escaped.composer, { type: 'text', text }, context)
  }
  const isEscape = key.type === 'key' && key.name === 'escape'
  if (vim.mode === 'insert') return isEscape ? done(left(vim, composer)) : passedOn(vim, composer, key, context)
  if (isEscape) return escaped(vim, composer, context)
  const sign = signOf(key)
  const isArgument = awaitsArgument(vim.pending)
  if (sign !== null && (key.type === 'text' || !isArgument)) return typed(vim, composer, sign, context)
  if (isArgument && vim.pending.endsWith('r') && isEnter(key)) return typed(vim, composer, '\n', context)
  // Whoever presses Enter in the middle of a command does not mean to send.
  const isOff = sign !== null || (vim.pending !== '' && isEnter(key))
  return isOff ? done(idle(vim, composer)) : passedOn({ ...vim, pending: '' }, composer, key, context)
}

const ESCAPE = { type: 'key', name: 'escape', ctrl: false, alt: false, shift: false } as const

const done = ({ vim, composer }: Step): VimPressed => ({ vim, composer, said: null })

/** A command that was begun is forgotten. */
const idle = (vim: Vim, composer: Composer): Step => ({ vim: { ...vim, pending: '' }, composer })

const isEnter = (key: Key) => key.type === 'key' && key.name === 'enter'

/** What has begun is called off; where nothing has, it is for the chat. */
function escaped(vim: Vim, composer: Composer, context: PressContext): VimPressed {
  if (vim.pending !== '') return done(idle(vim, composer))
  if (vim.mode !== 'normal') return done({ vim: { ...vim, mode: 'normal' }, composer })
  return { vim, ...press(composer, ESCAPE, context) }
}

/** Keys beside the letters that are commands, as the letters they stand for. */
const AS_SIGNS: Readonly<Record<string, string>> = {
  ...{ left: 'h', right: 'l', up: 'k', down: 'j', home: '0', end: '$', backspace: '\b', delete: 'x' },
}

/** A key as the signs of a command; null when it is none. */
function signOf(key: Key): string | null {
  if (key.type === 'text') return harmless(key.text)
  if (key.type === 'paste' || key.alt || key.shift) return null
  if (key.type === 'chord') return key.ctrl && key.char === 'r' ? '\x12' : null
  return key.ctrl ? null : (AS_SIGNS[key.name] ?? null)
}

/** A key that is the composer's. */
function passedOn(vim: Vim, composer: Composer, key: Key, context: PressContext): VimPressed {
  if (vim.mode === 'insert') return written(vim, composer, key, context)
  const free = key.type === 'paste' && !composer.search ? unselected(vim, composer) : { vim, composer }
  const pressed = press(free.composer, key, context)
  const { said, composer: next } = pressed
  if (said?.type === 'send' || said?.type === 'cleared')
    return { vim: { ...vim, mode: 'insert', writing: null }, ...pressed }
  const isOther = next.text !== composer.text
  const whole = key.type === 'paste' ? asOneStep(next, composer.undo) : next
  const mode = isOther ? 'normal' : vim.mode
  return { vim: { ...free.vim, mode }, composer: next.search ? next : rest(whole), said }
}

/** A key of insert mode. */
function written(vim: Vim, composer: Composer, key: Key, context: PressContext): VimPressed {
  const pressed = press(composer, key, context)
  const isCut = pressed.composer.deed.type === 'killed' && composer.deed.type !== 'killed'
  if (!isCut) return { vim: followed(vim, composer, pressed), ...pressed }
  // What was written before the first of some cuts is a step of its own: one undo brings it back.
  const apart = set(vim, composer)
  const again = press(apart.composer, key, context)
  return { vim: followed(apart.vim, apart.composer, again), ...again }
}

/** A paste takes the place of what is selected. */
function unselected(vim: Vim, composer: Composer): Step {
  const span = selected(vim, composer)
  return span
    ? { vim: { ...vim, mode: 'normal' }, composer: replace(composer, span.from, span.to, '') }
    : { vim, composer }
}

/** Signs of commands, one after the other; once insert mode is reached the others are text. */
function typed(vim: Vim, composer: Composer, signs: string, context: PressContext): VimPressed {
  let now: VimPressed = done({ vim, composer })
  let at = 0
  for (const sign of graphemesOf(signs)) {
    if (now.vim.mode === 'insert' || now.composer.search)
      return pressVim(now.vim, now.composer, { type: 'text', text: signs.slice(at) }, context)
    now = commanded(now.vim, now.composer, sign, context)
    at += sign.length
  }
  return now
}

/** One more sign of a command. */
function commanded(vim: Vim, composer: Composer, sign: string, context: PressContext): VimPressed {
  const pending = vim.pending + sign
  const inVisual = vim.mode !== 'normal'
  const known = spelled(pending, inVisual)
  if (known === 'more') return done({ vim: { ...vim, pending }, composer })
  const { vim: free } = idle(vim, composer)
  if (!known) return done({ vim: free, composer })
  const { command, forgets } = known
  const { operator, verb } = command
  if (operator === '' && verb === '/') return done({ vim: { ...free, mode: 'normal' }, composer: openSearch(composer) })
  const isUpOrDown = operator === '' && (verb === 'j' || verb === 'k')
  if (isUpOrDown && vim.mode !== 'visual line') return { ...upOrDown(free, composer, command, context), said: null }
  const step = verb === '.' && !inVisual ? again(free, composer, command.count) : ordered(free, composer, command)
  // What a list was opened for is no longer there.
  const next = step.composer === composer ? composer : { ...step.composer, menu: null }
  return done({ vim: forgets ? { ...step.vim, register: vim.register } : step.vim, composer: next })
}

/** Does a command, and remembers it for `.`. */
function ordered(vim: Vim, composer: Composer, command: Command): Step {
  const span = selected(vim, composer)
  const step = span ? performVisual(vim, composer, command) : perform(vim, composer, command)
  const isNew = step.composer.text !== composer.text && (span || !/^[u\x12]$/.test(command.verb))
  if (!isNew && step.vim.mode !== 'insert') return step
  const size = span && sizeOf(composer.text, span)
  return remembered(composer, step, { ...command, size, written: '' })
}

/** `.` */
function again(vim: Vim, composer: Composer, count: number | null): Step {
  const { change } = vim
  if (!change) return { vim, composer }
  const place = change.size ? reselected(vim, composer, change.size) : { vim, composer }
  const step = ordered(place.vim, place.composer, { ...change, count: count ?? change.count })
  if (step.vim.mode !== 'insert') return step
  const { composer: begun } = step
  const pressed = { composer: replace(begun, begun.cursor, begun.cursor, change.written), said: null }
  return left(followed(step.vim, begun, pressed), pressed.composer)
}

/** By rows as they are shown, and on into history, as the arrows do; a selection stays within the draft. */
function upOrDown(vim: Vim, composer: Composer, { verb, count }: Command, context: PressContext): Step {
  const name = verb === 'j' ? 'down' : 'up'
  const stepOf = (now: Composer) =>
    vim.mode === 'visual'
      ? (moveByRow(now, verb === 'j' ? 1 : -1, context.width) ?? now)
      : press(now, { ...ESCAPE, name }, context).composer
  let now = composer
  for (let i = 0; i < (count ?? 1); i++) {
    const next = stepOf(now)
    if (next === now) break
    now = next
  }
  return { vim, composer: rest(now) }
}
