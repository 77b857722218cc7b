/** Vim's visual modes: a selection between the place where they began and the cursor, and the commands that take it. */

import { graphemesOf } from '../../text/width.ts'
import { moveTo } from '../edit.ts'
import { boundaryAtOrBefore, graphemeAfter, graphemeBefore } from '../graphemes.ts'
import type { Composer } from '../state.ts'
import { lineEnd, lineStart } from '../word-ends.ts'
import { joined, overwrittenSpan, putOver } from './changes.ts'
import { moved } from './commands.ts'
import { stand } from './cursor.ts'
import { objectAt } from './objects.ts'
import { operate, type Step } from './operators.ts'
import type { Command, Size, Span, Vim } from './state.ts'

/** What is selected; null in other modes. */
export function selected(vim: Vim, { text, cursor }: Pick<Composer, 'text' | 'cursor'>): Span | null {
  const lines = vim.mode === 'visual line'
  if (!lines && vim.mode !== 'visual') return null
  // The draft may have become another one meanwhile.
  const anchor = boundaryAtOrBefore(text, Math.min(vim.anchor, text.length))
  const from = Math.min(anchor, cursor)
  const last = Math.max(anchor, cursor)
  if (lines) return { from: lineStart(text, from), to: lineEnd(text, last), lines }
  return { from, to: last < text.length ? graphemeAfter(text, last) : last, lines }
}

/** Commands by their other names, and those that take whole lines whatever is selected. */
const OPERATORS: Readonly<Record<string, string | undefined>> = {
  ...{ d: 'd', x: 'd', c: 'c', s: 'c', y: 'y', '<': '<', '>': '>', '~': 'g~', u: 'gu', U: 'gU' },
  ...{ X: 'd', D: 'd', Y: 'y', C: 'c', S: 'c', R: 'c', 'g~': 'g~', gu: 'gu', gU: 'gU' },
}
const BY_LINES = /^[XDYCSR]$/

/** Does a command in visual mode. */
export function performVisual(vim: Vim, composer: Composer, command: Command): Step {
  const { verb } = command
  const times = command.count ?? 1
  const { text, cursor } = composer
  const span = selected(vim, composer)!
  const normal: Vim = { ...vim, mode: 'normal' }
  const operator = OPERATORS[verb]
  if (operator) {
    const whole = BY_LINES.test(verb)
    const taken = whole
      ? { from: lineStart(text, span.from), to: lineEnd(text, lastOf(text, span)), lines: true }
      : span
    return operate(normal, moveTo(composer, taken.from), operator, taken, times)
  }
  if (verb[0] === 'r') return { vim: normal, composer: overwrittenSpan(composer, span, verb.slice(1)) }
  if (/^[ia]./su.test(verb)) return withObject(vim, composer, verb, times)
  switch (verb) {
    case 'v':
    case 'V': {
      const mode = verb === 'v' ? 'visual' : 'visual line'
      return { vim: { ...vim, mode: mode === vim.mode ? 'normal' : mode }, composer }
    }
    case 'o':
    case 'O':
      return { vim: { ...vim, anchor: cursor }, composer: stand(composer, vim.anchor) }
    case 'p':
    case 'P': {
      const register = { text: text.slice(span.from, span.to), lines: span.lines }
      return {
        vim: verb === 'p' ? { ...normal, register } : normal,
        composer: putOver(composer, span, vim.register, times),
      }
    }
    case 'J':
    case 'gJ': {
      const last = lastOf(text, span)
      const to = lineEnd(text, span.from) < last ? last : lineEnd(text, span.from) + 1
      return {
        vim: normal,
        composer: joined(stand(composer, span.from), span.from, Math.min(to, text.length), verb === 'J'),
      }
    }
    default:
      return moved(vim, composer, verb, command.count)
  }
}

/** A selected newline belongs to the line it ends. */
function lastOf(text: string, { from, to, lines }: Span): number {
  return lines || to === from ? to : graphemeBefore(text, to)
}

/** Selects an object, or more of them behind what is selected. */
function withObject(vim: Vim, composer: Composer, verb: string, count: number): Step {
  const { text, cursor } = composer
  const isFresh = vim.anchor === cursor
  const from = isFresh ? cursor : graphemeAfter(text, cursor)
  const span = objectAt(text, Math.min(from, lineEnd(text, cursor)), verb, count)
  if (!span || (span.from === span.to && !span.lines)) return { vim, composer }
  const anchor = isFresh || span.from < vim.anchor ? span.from : vim.anchor
  const next = moveTo(composer, graphemeBefore(text, span.to))
  if (span.lines) return { vim: { ...vim, mode: 'visual line', anchor }, composer: stand(composer, span.to) }
  return { vim: { ...vim, mode: 'visual', anchor }, composer: next }
}

/** How much a selection holds, to select as much elsewhere. */
export function sizeOf(text: string, { from, to, lines }: Span): Size {
  const stretch = text.slice(from, to)
  const newlines = stretch.split('\n').length - 1
  const last = lines ? '' : stretch.slice(stretch.lastIndexOf('\n') + 1)
  return { lines, newlines, graphemes: [...graphemesOf(last)].length }
}

/** As much selected from the cursor on. */
export function reselected(vim: Vim, composer: Composer, { lines, newlines, graphemes }: Size): Step {
  const { text, cursor } = composer
  let at = cursor
  for (let i = 0; i < newlines && lineEnd(text, at) < text.length; i++) at = lineEnd(text, at) + 1
  for (let i = 1; i < graphemes && at < lineEnd(text, at); i++) at = graphemeAfter(text, at)
  return {
    vim: { ...vim, mode: lines ? 'visual line' : 'visual', anchor: cursor },
    composer: stand(composer, at),
  }
}
