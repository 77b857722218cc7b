/**
 * What vim's keys write, from the command that begins it to Escape: one step for undo, and one change that `.` does
 * again elsewhere.
 */

import type { Pressed } from '../composer.ts'
import { asOneStep, moveTo, replace } from '../edit.ts'
import { graphemeBefore } from '../graphemes.ts'
import type { Composer } from '../state.ts'
import { lineStart } from '../word-ends.ts'
import { timesOver } from './changes.ts'
import type { Step } from './operators.ts'
import type { Change, Vim, Writing } from './state.ts'

const INSERT: Change = { count: null, operator: '', verb: 'i', size: null, written: '' }

/** What a command has done, remembered for `.`; the stay in insert mode begins where it ends there. */
export function remembered(before: Composer, { vim, composer }: Step, change: Change): Step {
  if (vim.mode === 'insert') return { vim: { ...vim, writing: begun(before, composer, change) }, composer }
  return { vim: { ...vim, change }, composer }
}

function begun(before: Composer, { text, cursor }: Composer, change: Change = INSERT): Writing {
  const { undo: since, place } = before
  return { change, since, place, text, start: cursor, rest: text.length - cursor }
}

/** Insert mode after a key that `press` has taken. */
export function followed(vim: Vim, before: Composer, { composer, said }: Pressed): Vim {
  if (said?.type === 'send' || said?.type === 'cleared') return { ...vim, writing: null }
  if (before.search || composer.search) return vim
  const { text, cursor } = composer
  const known = vim.writing?.text === before.text && vim.writing.place === before.place ? vim.writing : null
  const writing = known ?? begun(before, before)
  if (composer.place !== writing.place || composer.redo) return { ...vim, writing: begun(composer, composer) }
  const behind = text.length - cursor
  if (text !== before.text)
    return {
      ...vim,
      writing: { ...writing, text, start: Math.min(writing.start, cursor), rest: Math.min(writing.rest, behind) },
    }
  // What is written behind a move is what `.` writes again.
  return { ...vim, writing: cursor === before.cursor ? writing : { ...writing, start: cursor, rest: behind } }
}

/** So far is one step for undo; what follows will be another. */
export function set(vim: Vim, composer: Composer): Step {
  const { writing } = vim
  if (writing?.text !== composer.text || writing.place !== composer.place) return { vim, composer }
  const whole = asOneStep(composer, writing.since)
  return { vim: { ...vim, writing: { ...writing, since: whole.undo } }, composer: whole }
}

/** Commands that a count writes so many times. */
const REPEATS = /^[iaIAoO]$/

/** Escape: back in normal mode, one step to the left. */
export function left(vim: Vim, composer: Composer): Step {
  const { text, place } = composer
  const writing = vim.writing?.text === text && vim.writing.place === place ? vim.writing : begun(composer, composer)
  const { change } = writing
  const written = text.slice(writing.start, text.length - writing.rest)
  const repeats = change.operator === '' && REPEATS.test(change.verb)
  const glue = /^[oO]$/.test(change.verb) ? '\n' : ''
  const more = repeats && written + glue !== '' ? timesOver(written, change.count ?? 1, glue).slice(written.length) : ''
  const whole = asOneStep(replace(composer, composer.cursor, composer.cursor, more), writing.since)
  const { text: all, cursor } = whole
  const isNothing = repeats && written === '' && all === text && glue === ''
  return {
    vim: {
      ...vim,
      mode: 'normal',
      pending: '',
      writing: null,
      change: isNothing ? vim.change : { ...change, written },
    },
    composer: moveTo(whole, cursor > lineStart(all, cursor) ? graphemeBefore(all, cursor) : cursor),
  }
}
