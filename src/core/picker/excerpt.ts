/** A turn in a few rows: what was asked, the beginning of the answer or the part that was looked for, how it ended. */

import { marked, placesOf, wordsOf } from '../history/said-words.ts'
import { sanitise } from '../text/sanitise.ts'
import { type Span, span } from '../text/spans.ts'
import { roomOf } from '../text/width.ts'
import { clip, wrapText } from '../text/wrap.ts'

export interface Told {
  readonly question: string
  readonly answer: string
  /** How it ended, when that is not simply the end of the answer. */
  readonly note: string | null
}

/** Rows a question takes at most. */
const QUESTION_ROWS = 2
/** UTF-16 units, at least, that stand before what was looked for; fewer where there is little room. */
const LEAD = 16
const LEAD_SHARE = 1 / 8
/** The share of the room that a text fills for sure, however its words wrap. */
const SEEN = 0.6
/** UTF-16 units of an answer that are searched for the typed words. */
const SEARCHED = 200_000

/** At most `rows` rows of at most `width` columns; the words that were typed are marked in them. */
export function excerpt(
  { question, answer, note }: Told,
  typed: string,
  { width, rows }: { readonly width: number; readonly rows: number },
): readonly (readonly Span[])[] {
  const words = wordsOf(typed)
  const asked = passage(question, words, width, Math.min(QUESTION_ROWS, rows))
  const ended = note !== null && rows > asked.length ? [[span(clip(oneLine(note), width), 'warn')]] : []
  const said = passage(answer, words, width, rows - asked.length - ended.length)
  const spans = (row: string, look: Span['look']) => marked(row, placesOf(row, words), look)
  return [...asked.map((row) => spans(row, 'strong')), ...said.map((row) => spans(row, 'plain')), ...ended]
}

/** Rows from the line on that says most of the words; blank lines are left out. */
function passage(text: string, words: readonly string[], width: number, rows: number): readonly string[] {
  if (rows < 1 || text.trim() === '') return []
  const start = startOf(text, words, width * rows)
  const stretch = sanitise(text.slice(start, start + 8 * width * rows))
  const lines = stretch.split('\n').filter((line) => line.trim() !== '')
  const first = start > 0 && text.slice(0, start).trim() !== '' ? '… ' : ''
  const wrapped: string[] = []
  for (const [i, line] of lines.entries()) {
    if (wrapped.length > rows) break
    wrapped.push(...wrapText((i === 0 ? first : '') + line.trim(), width))
  }
  const shown = wrapped.slice(0, rows)
  const isCut = wrapped.length > rows || start + 8 * width * rows < text.length
  if (isCut && shown.length > 0) shown[shown.length - 1] = clip(`${shown.at(-1)} …`, width)
  return shown
}

/**
 * Where the line begins that says the most of the words; of equals, the first.
 * @param room columns there are for it
 */
function startOf(text: string, words: readonly string[], room: number): number {
  let best = { start: 0, said: 0 }
  const end = Math.min(text.length, SEARCHED)
  for (let start = 0; words.length > 0 && start < end && best.said < words.length; ) {
    const newline = text.indexOf('\n', start)
    const stop = newline < 0 ? text.length : newline
    const line = text.slice(start, Math.min(stop, end))
    const said = words.filter((word) => placesOf(line, [word]).length > 0).length
    if (said > best.said) best = { start: start + leadUp(line, words, room), said }
    start = stop + 1
  }
  return best.start
}

/** In a long line the words may stand far from its beginning: begins a little before the first one, which is seen then. */
function leadUp(line: string, words: readonly string[], room: number): number {
  const place = placesOf(line, words)[0]
  if (!place || (place.end < room && roomOf(line.slice(0, place.end)) < SEEN * room)) return 0
  const lead = Math.min(LEAD, Math.floor(LEAD_SHARE * room))
  const from = Math.max(0, place.start - lead)
  const blank = line.lastIndexOf(' ', from)
  if (blank > from - lead) return blank + 1
  return /[\udc00-\udfff]/.test(line[from]!) ? from + 1 : from
}

const oneLine = (text: string) => sanitise(text).replace(/\s+/g, ' ')
