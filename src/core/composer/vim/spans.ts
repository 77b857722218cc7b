/** From an operator's command to the stretch it is meant for: a motion, an object, whole lines. Only looks at text. */

import { graphemeAfter } from '../graphemes.ts'
import { lineEnd, lineStart } from '../word-ends.ts'
import { linesAround, motionOf, type Reach, toWordEnd } from './motions.ts'
import { objectAt } from './objects.ts'
import type { Command, Find, Span } from './state.ts'
import { isBlankAt } from './words.ts'

/** null: there is none, and nothing happens. */
export function spanOf(text: string, cursor: number, command: Command, find: Find | null): Span | null {
  const { count, operator, verb } = command
  if (verb === operator || (operator.length === 2 && verb === operator[1])) {
    const { start, end } = linesAround(text, cursor, count ?? 1)
    return { from: start, to: end, lines: true }
  }
  if (/^[ia]./su.test(verb)) return objectAt(text, cursor, verb, count ?? 1)
  // Vim's own exception: to change a word leaves the space behind it.
  const word = /^[wW]$/.test(verb)
  const isOnWord = word && cursor < text.length && !isBlankAt(text, cursor)
  const motion = operator === 'c' && isOnWord ? toWordEnd(verb === 'W') : motionOf(verb, find)
  const reach = motion?.(text, cursor, count)
  if (!reach) return null
  const isEmptyLine = lineStart(text, cursor) === lineEnd(text, cursor)
  return word && !reach.inclusive && !isEmptyLine ? upToWord(text, cursor, reach.to) : between(text, cursor, reach)
}

/** The last word of a line goes without its newline. */
function upToWord(text: string, cursor: number, to: number): Span {
  let end = to
  while (end > lineEnd(text, cursor) && text.slice(lineStart(text, end), end).trim() === '')
    end = lineStart(text, end) - 1
  return { from: cursor, to: end, lines: false }
}

function between(text: string, cursor: number, { to, inclusive, lines }: Reach): Span {
  const from = Math.min(cursor, to)
  const end = Math.max(cursor, to)
  if (lines) return { from: lineStart(text, from), to: lineEnd(text, end), lines }
  if (inclusive) return { from, to: end < text.length ? graphemeAfter(text, end) : end, lines: false }
  // What ends before the first character of a line ends with the line before, and is whole lines if it began one.
  const isLineStart = end > from && lineStart(text, end) === end && lineStart(text, from) < end
  if (!isLineStart) return { from, to: end, lines: false }
  const isWhole = text.slice(lineStart(text, from), from).trim() === ''
  return isWhole ? { from: lineStart(text, from), to: end - 1, lines: true } : { from, to: end - 1, lines: false }
}
