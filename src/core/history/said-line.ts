/** A few words around the place where what was searched for is said: on one line, with the words that matched. */

import { sanitiseLine } from '../text/sanitise.ts'
import { graphemeRoom, graphemesOf } from '../text/width.ts'
import { placesOf, wordsOf } from './said-words.ts'

/** A stretch of the line. */
export interface Stretch {
  readonly text: string
  readonly isHit: boolean
}

interface Hit {
  readonly start: number
  readonly end: number
  /** Which of the words it is. */
  readonly word: number
}

/** Hits looked at: the best place is among the first ones, or good enough. */
const MOST_HITS = 500

/**
 * The place that says the most of the words, harmless and at most `columns` wide.
 * @returns the line, and how many of the words stand in it; null: none is said
 */
export function saidLine(
  text: string,
  typed: string,
  columns: number,
): { readonly stretches: readonly Stretch[]; readonly words: number } | null {
  const hits = hitsIn(text, typed)
  if (hits.length === 0) return null
  // A column is at least a character but for marks: this much text always fills the line.
  const reach = Math.max(8, columns - Math.ceil(columns / 3))
  let best: readonly Hit[] = []
  let most = 0
  for (const [i, first] of hits.entries()) {
    const near = hits.slice(i).filter(({ end }, k) => k === 0 || end - first.start <= reach)
    const words = new Set(near.map(({ word }) => word)).size
    if (words > most) {
      most = words
      best = near
    }
  }
  return { stretches: around(text, best, columns), words: most }
}

/** Where the words are said, in order, none within another. */
function hitsIn(text: string, typed: string): readonly Hit[] {
  const all = wordsOf(typed).flatMap((one, word) => placesOf(text, [one]).map((place) => ({ ...place, word })))
  let end = 0
  return all
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .filter((hit) => {
      const isFree = hit.start >= end
      if (isFree) end = hit.end
      return isFree
    })
    .slice(0, MOST_HITS)
}

/** The line around some hits, beginning a little before the first one. */
function around(text: string, hits: readonly Hit[], columns: number): readonly Stretch[] {
  const line = (part: string) => sanitiseLine(part.replace(/\s+/g, ' '))
  const first = hits[0]!
  const lead = Math.floor(columns / 3)
  const from = Math.max(0, first.start - lead)
  const before = line(text.slice(from, first.start))
  // Cut at a word, unless it is one long word.
  const start =
    from === 0 ? before.trimStart() : `…${before.replace(/^\S*\s/, '') || graphemesOf(before).slice(1).join('')}`
  const parts: Stretch[] = [{ text: start, isHit: false }]
  let at = first.start
  for (const hit of hits) {
    parts.push({ text: line(text.slice(at, hit.start)), isHit: false })
    parts.push({ text: line(text.slice(hit.start, hit.end)), isHit: true })
    at = hit.end
  }
  // Blanks may run for pages; what shows fills the line in any case.
  const rest = text.slice(at, at + 4 * columns)
  parts.push({ text: line(rest).trimEnd(), isHit: false })
  return fitted(parts, columns, at + rest.trimEnd().length < text.trimEnd().length)
}

function fitted(parts: readonly Stretch[], columns: number, goesOn: boolean): readonly Stretch[] {
  const out: { text: string; isHit: boolean }[] = []
  let room = columns - 1
  for (const { text, isHit } of parts) {
    if (text === '') continue
    let taken = ''
    for (const grapheme of graphemesOf(text)) {
      room -= graphemeRoom(grapheme)
      if (room < 0) {
        out.push({ text: `${taken}…`, isHit })
        return out
      }
      taken += grapheme
    }
    out.push({ text: taken, isHit })
  }
  if (goesOn) out.push({ text: '…', isHit: false })
  return out
}
