/** Where vim's motions lead. Only looks at text; moving and deleting is done elsewhere. */

import { boundaryAtOrBefore, graphemeAfter, graphemeBefore } from '../graphemes.ts'
import { lineEnd, lineStart } from '../word-ends.ts'
import { bracketMatch, found, turned } from './finds.ts'
import type { Find } from './state.ts'
import { nextWord, wordBefore, wordEnd, wordEndBefore } from './words.ts'

/** Where a motion ends. */
export interface Reach {
  readonly to: number
  /** The character there belongs to it when an operator takes it. */
  readonly inclusive: boolean
  /** An operator takes whole lines, from the cursor's to this one. */
  readonly lines?: true
}

/** null: there is no such place, and an operator that waits for it is called off. `count` is null when none was given. */
export type Motion = (text: string, cursor: number, count: number | null) => Reach | null

/** The motion that a verb names; undefined when it is none. @param find what `;` and `,` repeat */
export function motionOf(verb: string, find: Find | null): Motion | undefined {
  const named = findOf(verb)
  if (named) return (text, cursor, count) => found(text, cursor, named, count ?? 1, false)
  if (verb === ';' || verb === ',') {
    const again = find && (verb === ';' ? find : turned(find))
    return (text, cursor, count) => again && found(text, cursor, again, count ?? 1, true)
  }
  return MOTIONS[verb]
}

/** What a verb such as `fx` looks for; null for other verbs. */
export function findOf(verb: string): Find | null {
  return /^[fFtT]./su.test(verb) ? { kind: verb[0]!, char: verb.slice(1) } : null
}

const upTo = (to: number): Reach => ({ to, inclusive: false })
const onto = (to: number): Reach => ({ to, inclusive: true })
const line = (to: number): Reach => ({ to, inclusive: false, lines: true })

/** Without such a place it stays: an operator takes nothing, and `c` writes here. */
function forwards(step: (text: string, at: number) => number, reach = upTo): Motion {
  return (text, cursor, count) => {
    let at = cursor
    for (let i = 0; i < (count ?? 1); i++) {
      const next = step(text, at)
      if (next === at) break
      at = next
    }
    return reach(at)
  }
}

/** From the very start there is no such place. */
function backwards(step: (text: string, at: number) => number, reach = upTo): Motion {
  const motion = forwards(step, reach)
  return (text, cursor, count) => {
    const found = motion(text, cursor, count)
    return found?.to === cursor ? null : found
  }
}

/** The first character of a line that is not white space; its end where there is none. */
export function firstSign(text: string, cursor: number): number {
  const start = lineStart(text, cursor)
  const end = lineEnd(text, cursor)
  const place = text.slice(start, end).search(/\S/)
  return place < 0 ? end : boundaryAtOrBefore(text, start + place)
}

/** Over line ends as well, where the cursor does not rest. */
function charAfter(text: string, at: number): number {
  const next = graphemeAfter(text, at)
  return text[next] === '\n' && text[at] !== '\n' ? next + 1 : next
}

function charBefore(text: string, at: number): number {
  const next = graphemeBefore(text, at)
  return text[next] === '\n' && next > lineStart(text, next) ? graphemeBefore(text, next) : next
}

/** The line so many below (1) or above (-1), or the last there is; null when there is none. */
function lineAway(step: 1 | -1): Motion {
  return (text, cursor, count) => {
    let at = cursor
    for (let i = 0; i < (count ?? 1); i++) {
      const edge = step > 0 ? lineEnd(text, at) + 1 : lineStart(text, at) - 1
      if (edge < 0 || edge > text.length) break
      at = edge
    }
    return at === cursor ? null : line(lineStart(text, at))
  }
}

function nthLine(text: string, nth: number): number {
  let at = 0
  for (let i = 1; i < nth; i++) {
    const end = text.indexOf('\n', at)
    if (end < 0) break
    at = end + 1
  }
  return firstSign(text, at)
}

/** The next empty line beyond the paragraph, or the end of the text. */
function paragraphEnd(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] === '\n') at++
  const gap = text.indexOf('\n\n', at)
  return gap < 0 ? text.length : gap + 1
}

function paragraphStart(text: string, from: number): number {
  let at = from
  while (at > 0 && text[at] === '\n' && text[at - 1] === '\n') at--
  const gap = at < 2 ? -1 : text.lastIndexOf('\n\n', at - 2)
  return gap < 0 ? 0 : gap + 1
}

export const MOTIONS: Readonly<Record<string, Motion | undefined>> = {
  h: forwards((text, at) => (at > lineStart(text, at) ? graphemeBefore(text, at) : at)),
  l: forwards((text, at) => (at < lineEnd(text, at) ? graphemeAfter(text, at) : at)),
  ' ': forwards(charAfter),
  '\b': backwards(charBefore),
  j: lineAway(1),
  k: lineAway(-1),
  w: forwards((text, at) => nextWord(text, at, false)),
  W: forwards((text, at) => nextWord(text, at, true)),
  b: backwards((text, at) => wordBefore(text, at, false)),
  B: backwards((text, at) => wordBefore(text, at, true)),
  e: forwards((text, at) => wordEnd(text, at, false), onto),
  E: forwards((text, at) => wordEnd(text, at, true), onto),
  ge: backwards((text, at) => wordEndBefore(text, at, false), onto),
  gE: backwards((text, at) => wordEndBefore(text, at, true), onto),
  '0': (text, cursor) => upTo(lineStart(text, cursor)),
  '^': (text, cursor) => upTo(firstSign(text, cursor)),
  _: (text, cursor, count) => line(firstSign(text, linesAround(text, cursor, count ?? 1).end)),
  $: (text, cursor, count) => upTo(linesAround(text, cursor, count ?? 1).end),
  '|': (text, cursor, count) => MOTIONS.l!(text, lineStart(text, cursor), (count ?? 1) - 1),
  G: (text, _, count) => line(count === null ? firstSign(text, text.length) : nthLine(text, count)),
  gg: (text, _, count) => line(nthLine(text, count ?? 1)),
  '}': forwards(paragraphEnd),
  '{': backwards(paragraphStart),
  '%': (text, cursor) => {
    const to = bracketMatch(text, cursor)
    return to === null ? null : onto(to)
  },
}

/** To the end of this word, the one on which the cursor stands included: what `cw` takes. */
export function toWordEnd(big: boolean): Motion {
  return (text, cursor, count) => {
    const end = wordEnd(text, cursor, big, true)
    return count === null || count === 1 ? onto(end) : MOTIONS[big ? 'E' : 'e']!(text, end, count - 1)
  }
}

/** From the start of this line to the end of the last of `count` lines, its newline not included. */
export function linesAround(
  text: string,
  cursor: number,
  count: number,
): { readonly start: number; readonly end: number } {
  let end = lineEnd(text, cursor)
  for (let i = 1; i < count && end < text.length; i++) end = lineEnd(text, end + 1)
  return { start: lineStart(text, cursor), end }
}
