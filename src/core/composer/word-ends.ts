/** Where words and lines begin and end around a cursor. Only looks; moving and killing is done elsewhere. */

import { isSign } from './chips.ts'
import { boundaryAtOrAfter, boundaryAtOrBefore } from './graphemes.ts'

const WORD = /[\p{L}\p{N}\p{M}_]/u
const SPACE = /\s/

/** Whether a character belongs to a word. A chip does, and is a word of its own. */
const inWord = (char: string) => WORD.test(char) || isSign(char)
const inStretch = (char: string) => !SPACE.test(char)

/** Scripts written without spaces: their words are found with a dictionary. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/** How much of a run without spaces is given to the dictionary, in UTF-16 units: many times the longest word. */
const RUN_UNITS = 256

let dictionary: Intl.Segmenter | undefined

/** The end of the word at or after the cursor. */
export function wordEndAfter(text: string, cursor: number): number {
  const start = skipForward(text, cursor, (char) => !inWord(char))
  const end = skipForward(text, start, aloneOr(inWord))
  const run = text.slice(start, Math.min(end, start + RUN_UNITS))
  const first = UNSPACED.test(run) ? wordsOf(run).next().value : undefined
  return boundaryAtOrAfter(text, first ? start + first.segment.length : end)
}

/** The start of the word at or before the cursor. */
export function wordStartBefore(text: string, cursor: number): number {
  const end = skipBack(text, cursor, (char) => !inWord(char))
  const start = skipBack(text, end, aloneOr(inWord))
  const run = text.slice(Math.max(start, end - RUN_UNITS), end)
  if (!UNSPACED.test(run)) return boundaryAtOrBefore(text, start)
  let last = 0
  for (const { index } of wordsOf(run)) last = index
  return boundaryAtOrBefore(text, end - run.length + last)
}

/** The start of the stretch between white space that ends at or before the cursor. */
export function stretchStartBefore(text: string, cursor: number): number {
  const end = skipBack(text, cursor, (char) => !inStretch(char))
  return boundaryAtOrBefore(text, skipBack(text, end, aloneOr(inStretch)))
}

export function lineStart(text: string, cursor: number): number {
  return cursor === 0 ? 0 : text.lastIndexOf('\n', cursor - 1) + 1
}

export function lineEnd(text: string, cursor: number): number {
  const end = text.indexOf('\n', cursor)
  return end < 0 ? text.length : end
}

function wordsOf(run: string): Iterator<Intl.SegmentData> & Iterable<Intl.SegmentData> {
  dictionary ??= new Intl.Segmenter('en', { granularity: 'word' })
  return dictionary.segment(run)[Symbol.iterator]()
}

/** Passes characters of one kind, or a single chip where that comes first. */
function aloneOr(passes: (char: string) => boolean): (char: string) => boolean {
  let nth = 0
  let chip = false
  return (char) => {
    if (nth++ === 0) chip = isSign(char)
    return nth === 1 ? passes(char) : !chip && !isSign(char) && passes(char)
  }
}

function skipForward(text: string, from: number, passes: (char: string) => boolean): number {
  let at = from
  while (at < text.length) {
    const char = String.fromCodePoint(text.codePointAt(at)!)
    if (!passes(char)) break
    at += char.length
  }
  return at
}

function skipBack(text: string, from: number, passes: (char: string) => boolean): number {
  let at = from
  while (at > 0) {
    const pair = at > 1 ? String.fromCodePoint(text.codePointAt(at - 2)!) : ''
    const char = pair.length === 2 ? pair : text[at - 1]!
    if (!passes(char)) break
    at -= char.length
  }
  return at
}
