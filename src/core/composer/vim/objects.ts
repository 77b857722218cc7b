/** Text objects: the word, the quotes, the brackets, the paragraph around a cursor. Only looks at text. */

import { boundaryAtOrAfter, boundaryAtOrBefore, graphemeAfter, graphemeBefore } from '../graphemes.ts'
import { lineEnd, lineStart } from '../word-ends.ts'
import { pairOf } from './finds.ts'
import type { Span } from './state.ts'
import { isBlankAt, runEnd, runStart } from './words.ts'

/** Brackets by all their names. */
const BRACKETS: Readonly<Record<string, string>> = Object.fromEntries(
  ['()b', '[]', '{}B', '<>'].flatMap((names) => [...names].map((name) => [name, names.slice(0, 2)])),
)

/** Stretches of white space do not reach over a line end here. */
const isGap = (text: string, at: number) => at < text.length && text[at] !== '\n' && isBlankAt(text, at)

/** The object that `iw`, `a"` and their like name; null: there is none. */
export function objectAt(text: string, cursor: number, verb: string, count: number): Span | null {
  const span = named(text, cursor, verb, count)
  // A quote or bracket may have a mark on it.
  return span && { ...span, from: boundaryAtOrBefore(text, span.from), to: boundaryAtOrAfter(text, span.to) }
}

function named(text: string, cursor: number, verb: string, count: number): Span | null {
  const around = verb[0] === 'a'
  const kind = verb.slice(1)
  if (kind === 'w' || kind === 'W') return words(text, cursor, kind === 'W', around, count)
  if (kind === 'p') return paragraph(text, cursor, around)
  if (kind === '"' || kind === "'" || kind === '`') return quoted(text, cursor, kind, around)
  const pair = BRACKETS[kind]
  return pair ? bracketed(text, cursor, pair, around, count) : null
}

const chars = (from: number, to: number): Span => ({ from, to, lines: false })

function words(text: string, cursor: number, big: boolean, around: boolean, count: number): Span {
  const last = lineEnd(text, cursor)
  if (cursor >= last) return chars(cursor, cursor)
  const first = lineStart(text, cursor)
  const startsInGap = isGap(text, cursor)
  let from = Math.max(first, runStart(text, cursor, big))
  let to = from
  const pass = () => {
    to = to < last ? Math.min(last, runEnd(text, to, big)) : to
  }
  for (let i = 0; i < count; i++) {
    pass()
    if (around && (startsInGap || isGap(text, to))) pass()
  }
  // A word at the end of the line takes the white space before it.
  if (around && !startsInGap && !isGap(text, graphemeBefore(text, to))) from = gapStart(text, from, first)
  return chars(from, to)
}

function gapStart(text: string, from: number, first: number): number {
  let at = from
  while (at > first && isGap(text, graphemeBefore(text, at))) at = graphemeBefore(text, at)
  // White space that begins the line is its indent.
  return at === first ? from : at
}

/** In this line: the two quotes around the cursor, else the next two behind it. */
function quoted(text: string, cursor: number, quote: string, around: boolean): Span | null {
  const start = lineStart(text, cursor)
  const end = lineEnd(text, cursor)
  const quotes: number[] = []
  for (let at = start; at < end; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === quote) quotes.push(at)
  }
  const here = quotes.indexOf(cursor)
  const behind = quotes.findIndex((at) => at > cursor)
  // On a quote, all of the line tell whether it opens or closes.
  const open = here >= 0 ? here - (here % 2) : behind < 0 ? -1 : Math.max(0, behind - 1)
  const from = quotes[open]
  const to = quotes[open + 1]
  if (from === undefined || to === undefined) return null
  if (!around) return chars(from + 1, to)
  let after = to + 1
  while (isGap(text, after)) after = graphemeAfter(text, after)
  return after > to + 1 ? chars(from, after) : chars(gapStart(text, from, start), after)
}

function bracketed(text: string, cursor: number, pair: string, around: boolean, count: number): Span | null {
  const [open = '', close = ''] = pair
  let from = text[cursor] === open ? cursor : pairOf(text, cursor - 1, -1, close, open)
  for (let i = 1; i < count && from !== null; i++) from = pairOf(text, from - 1, -1, close, open)
  // Outside of all of them the next one is meant.
  if (from === null && count === 1) from = text.indexOf(open, cursor)
  if (from === null || from < 0) return null
  const to = pairOf(text, from + 1, 1, open, close)
  if (to === null) return null
  if (around) return chars(from, to + 1)
  // Brackets with lines of their own keep them.
  const last = lineStart(text, to)
  const isBlock = text[from + 1] === '\n' && text.slice(last, to).trim() === '' && last - 1 > from + 1
  return isBlock ? { from: from + 2, to: last - 1, lines: true } : chars(from + 1, to)
}

function paragraph(text: string, cursor: number, around: boolean): Span {
  const isBlankLine = (at: number) => text.slice(lineStart(text, at), lineEnd(text, at)).trim() === ''
  const kind = isBlankLine(cursor)
  let from = lineStart(text, cursor)
  while (from > 0 && isBlankLine(from - 1) === kind) from = lineStart(text, from - 1)
  const downFrom = (at: number, blank: boolean) => {
    let end = at
    while (end < text.length && isBlankLine(end + 1) === blank) end = lineEnd(text, end + 1)
    return end
  }
  let to = downFrom(lineEnd(text, cursor), kind)
  if (around) {
    const further = downFrom(to, !kind)
    if (further === to) while (from > 0 && isBlankLine(from - 1) !== kind) from = lineStart(text, from - 1)
    to = further
  }
  return { from, to, lines: true }
}
