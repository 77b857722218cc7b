/** Where the words of a search stand in a text, for people to see why it was found: as the index understands words. */

import { type Span, span } from '../text/spans.ts'
import type { Slice } from '../text/wrap.ts'

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u
const LETTER = /[\p{L}\p{N}\p{M}]/u
const ASCII = /^[\x00-\x7f]*$/

/** The words that were typed, capitals and accents aside. */
export function wordsOf(typed: string): readonly string[] {
  return folded(typed)
    .text.split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}

/**
 * Places of the words in a text, in order, none touching another.
 * @param anywhere a word may also be found within another one, as in titles; else only where one begins
 */
export function placesOf(text: string, words: readonly string[], anywhere = false): readonly Slice[] {
  if (words.length === 0) return []
  const { text: plain, from } = folded(text)
  const found: Slice[] = []
  for (const word of words) {
    for (let at = plain.indexOf(word); at >= 0; at = plain.indexOf(word, at + word.length)) {
      const before = plain[at - 1] ?? ''
      if (anywhere || !LETTER.test(before) || UNSPACED.test(word[0]!) || UNSPACED.test(before))
        found.push({ start: from(at), end: from(at + word.length) })
    }
  }
  return merged(found)
}

/** A text as spans, the places in it underlined. */
export function marked(text: string, places: readonly Slice[], look: Span['look'] = 'plain'): readonly Span[] {
  const spans: Span[] = []
  let at = 0
  for (const { start, end } of places) {
    if (start > at) spans.push(span(text.slice(at, start), look))
    spans.push(span(text.slice(start, end), 'underline'))
    at = end
  }
  if (at < text.length || spans.length === 0) spans.push(span(text.slice(at), look))
  return spans
}

/** A text without capitals and accents, and where each of its places is in the text itself. */
function folded(text: string): { readonly text: string; readonly from: (at: number) => number } {
  if (ASCII.test(text)) return { text: text.toLowerCase(), from: (at) => at }
  const places: number[] = []
  let plain = ''
  let at = 0
  for (const char of text) {
    const bare = char.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
    for (let i = 0; i < bare.length; i++) places.push(at)
    plain += bare
    at += char.length
  }
  return { text: plain, from: (index) => places[index] ?? text.length }
}

function merged(slices: readonly Slice[]): readonly Slice[] {
  const out: Slice[] = []
  for (const slice of [...slices].sort((a, b) => a.start - b.start)) {
    const last = out.at(-1)
    if (last && slice.start <= last.end) out[out.length - 1] = { start: last.start, end: Math.max(last.end, slice.end) }
    else if (slice.end > slice.start) out.push(slice)
  }
  return out
}
