/** Where vim's motions lead. Only looks at text; moving and deleting is `vim`'s. */

import { boundaryAtOrBefore, graphemeAfter, graphemeBefore } from './graphemes.ts'
import { lineEnd, lineStart } from './word-ends.ts'

/** Where a motion ends; `inclusive`: the character there belongs to it when an operator takes it. */
export interface Reach {
  readonly to: number
  readonly inclusive: boolean
}

export type Motion = (text: string, cursor: number, count: number) => Reach

const upTo = (to: number): Reach => ({ to, inclusive: false })

/** Blanks, letters, all other signs: a word is a run of one kind. */
function kindAt(text: string, at: number): 0 | 1 | 2 {
  const char = String.fromCodePoint(text.codePointAt(at)!)
  return /\s/.test(char) ? 0 : /[\p{L}\p{N}\p{M}_]/u.test(char) ? 1 : 2
}

function repeated(step: (text: string, at: number) => number): Motion {
  return (text, cursor, count) => {
    let at = cursor
    for (let i = 0; i < count; i++) {
      const next = step(text, at)
      if (next === at) break
      at = next
    }
    return upTo(at)
  }
}

function nextWord(text: string, from: number): number {
  let at = from
  if (at < text.length) {
    const kind = kindAt(text, at)
    while (at < text.length && kind !== 0 && kindAt(text, at) === kind) at = graphemeAfter(text, at)
  }
  while (at < text.length && kindAt(text, at) === 0) at = graphemeAfter(text, at)
  return at
}

function wordBefore(text: string, from: number): number {
  let at = graphemeBefore(text, from)
  while (at > 0 && kindAt(text, at) === 0) at = graphemeBefore(text, at)
  const kind = at < text.length ? kindAt(text, at) : 0
  for (let before = graphemeBefore(text, at); at > 0 && kindAt(text, before) === kind; ) {
    at = before
    before = graphemeBefore(text, at)
  }
  return at
}

/** The last character of a word. `isHere`: one may stand on it already. */
function endOfWord(text: string, from: number, isHere: boolean): number {
  let at = isHere ? from : graphemeAfter(text, from)
  while (at < text.length && kindAt(text, at) === 0) at = graphemeAfter(text, at)
  if (at >= text.length) return graphemeBefore(text, text.length)
  const kind = kindAt(text, at)
  for (let next = graphemeAfter(text, at); next < text.length && kindAt(text, next) === kind; ) {
    at = next
    next = graphemeAfter(text, at)
  }
  return at
}

/** To the end of this word, the one on which the cursor stands included. */
export const wordEnd: Motion = (text, cursor, count) => {
  let at = endOfWord(text, cursor, true)
  for (let i = 1; i < count; i++) at = endOfWord(text, at, false)
  return { to: at, inclusive: true }
}

function firstSign(text: string, cursor: number): number {
  const start = lineStart(text, cursor)
  const found = text.slice(start, lineEnd(text, cursor)).search(/\S/)
  return found < 0 ? start : boundaryAtOrBefore(text, start + found)
}

export const MOTIONS: Readonly<Record<string, Motion | undefined>> = {
  h: repeated((text, at) => (at > lineStart(text, at) ? graphemeBefore(text, at) : at)),
  l: repeated((text, at) => (at < lineEnd(text, at) ? graphemeAfter(text, at) : at)),
  w: repeated(nextWord),
  b: repeated(wordBefore),
  e: (text, cursor, count) => {
    let at = cursor
    for (let i = 0; i < count; i++) at = endOfWord(text, at, false)
    return { to: at, inclusive: at < text.length }
  },
  '0': (text, cursor) => upTo(lineStart(text, cursor)),
  '^': (text, cursor) => upTo(firstSign(text, cursor)),
  $: (text, cursor, count) => upTo(linesAround(text, cursor, count).end),
  G: (text) => upTo(lineStart(text, text.length)),
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
