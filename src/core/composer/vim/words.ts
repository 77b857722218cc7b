/** Words as vim counts them: runs of one kind, an empty line, a chip. Only looks at text. */

import { isSign } from '../chips.ts'
import { graphemeAfter, graphemeBefore } from '../graphemes.ts'

type Kind = number

const BLANK: Kind = 0
const OTHER: Kind = 1
const CHIP: Kind = 2
/** Scripts that are written without spaces are kinds of their own, as in vim. */
const SCRIPTS = [/\p{Script=Han}/u, /\p{Script=Hiragana}/u, /\p{Script=Katakana}/u, /[\p{L}\p{N}\p{M}_]/u]

/** @param big words are all that stands between white space */
function kindAt(text: string, at: number, big: boolean): Kind {
  const char = String.fromCodePoint(text.codePointAt(at)!)
  if (/\s/.test(char)) return BLANK
  if (isSign(char)) return CHIP
  return big ? OTHER : CHIP + 2 + SCRIPTS.findIndex((script) => script.test(char))
}

export function isBlankAt(text: string, at: number): boolean {
  return kindAt(text, at, true) === BLANK
}

/** The end of the run of one kind that goes on at an index; a chip is one by itself. */
export function runEnd(text: string, from: number, big: boolean): number {
  const kind = kindAt(text, from, big)
  let at = graphemeAfter(text, from)
  while (kind !== CHIP && at < text.length && kindAt(text, at, big) === kind) at = graphemeAfter(text, at)
  return at
}

/** Where the run at an index begins. */
export function runStart(text: string, from: number, big: boolean): number {
  const kind = kindAt(text, from, big)
  let at = from
  while (kind !== CHIP && at > 0) {
    const before = graphemeBefore(text, at)
    if (kindAt(text, before, big) !== kind) break
    at = before
  }
  return at
}

/** `w`, `W` */
export function nextWord(text: string, from: number, big: boolean): number {
  if (from >= text.length) return text.length
  let at = isBlankAt(text, from) ? from : runEnd(text, from, big)
  while (at < text.length && isBlankAt(text, at) && !(at > from && isEmptyLine(text, at))) at = graphemeAfter(text, at)
  return at
}

/** `b`, `B` */
export function wordBefore(text: string, from: number, big: boolean): number {
  let at = graphemeBefore(text, from)
  while (at > 0 && isBlankAt(text, at) && !isEmptyLine(text, at)) at = graphemeBefore(text, at)
  return at < text.length && !isBlankAt(text, at) ? runStart(text, at, big) : at
}

/** `e`, `E`: the last grapheme of a word. `isHere`: it may be the one at `from`. */
export function wordEnd(text: string, from: number, big: boolean, isHere = false): number {
  let at = isHere ? from : graphemeAfter(text, from)
  while (at < text.length && isBlankAt(text, at)) at = graphemeAfter(text, at)
  if (at < text.length) return graphemeBefore(text, runEnd(text, at, big))
  return text.endsWith('\n') ? text.length : graphemeBefore(text, text.length)
}

/** `ge`, `gE`: the last grapheme of the word before. */
export function wordEndBefore(text: string, from: number, big: boolean): number {
  let at = from
  if (at < text.length && !isBlankAt(text, at)) at = runStart(text, at, big)
  at = graphemeBefore(text, at)
  while (at > 0 && isBlankAt(text, at) && !isEmptyLine(text, at)) at = graphemeBefore(text, at)
  return at
}

function isEmptyLine(text: string, at: number): boolean {
  return text[at] === '\n' && (at === 0 || text[at - 1] === '\n')
}
