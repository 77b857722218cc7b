/** Searches a conversation: where something is said, and a few words around each place. */

import type { Pointed } from '../text/remark.ts'
import { graphemesOf } from '../text/width.ts'
import type { Slice } from '../text/wrap.ts'
import type { Turn } from '../turn/turns.ts'

export interface Found {
  /** The turn's number. */
  readonly number: number
  readonly from: 'question' | 'answer'
  /** One line around the places, cut at words where that is possible; places close together share one. */
  readonly context: Pointed
}

export interface Findings {
  /** The last ones, oldest first; a question goes before its answer. */
  readonly found: readonly Found[]
  /** What was said before those; null when they are all. */
  readonly earlier: { readonly times: number; readonly firstTurn: number; readonly lastTurn: number } | null
}

/** Lines of context given at most: about a screen. */
export const MOST_FOUND = 30

/** Characters of context before the place and behind it. */
const BEFORE = 30
const BEHIND = 60

interface Stretch extends Pick<Found, 'number' | 'from'> {
  readonly text: string
  readonly places: Slice[]
}

/** Places that say `text`, upper and lower case and white space alike. */
export function findInTurns(turns: readonly Turn[], text: string): Findings {
  // A pattern keeps the places true: lower-casing a text can change its length.
  const words = text
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
  if (words[0] === '') return { found: [], earlier: null }
  const pattern = new RegExp(words.join('\\s+'), 'giu')
  const stretches = turns.flatMap((turn) =>
    (['question', 'answer'] as const).flatMap((from) =>
      stretchesOf({ number: turn.number, from, text: turn[from] }, pattern),
    ),
  )
  const earlier = stretches.slice(0, -MOST_FOUND)
  return {
    found: stretches
      .slice(-MOST_FOUND)
      .map(({ number, from, ...stretch }) => ({ number, from, context: around(stretch) })),
    earlier:
      earlier.length === 0
        ? null
        : {
            times: earlier.reduce((sum, { places }) => sum + places.length, 0),
            firstTurn: earlier[0]!.number,
            lastTurn: earlier.at(-1)!.number,
          },
  }
}

/** Gathers the places of one text: one that is still within sight of the first of a stretch belongs to it. */
function stretchesOf(said: Omit<Stretch, 'places'>, pattern: RegExp): readonly Stretch[] {
  const stretches: Stretch[] = []
  for (const match of said.text.matchAll(pattern)) {
    const place = { start: match.index, end: match.index + match[0].length }
    const open = stretches.at(-1)
    if (open && place.end <= open.places[0]!.end + BEHIND) open.places.push(place)
    else stretches.push({ ...said, places: [place] })
  }
  return stretches
}

const onOneLine = (part: string) => part.replace(/\s+/g, ' ')

function around({ text, places }: Pick<Stretch, 'text' | 'places'>): Pointed {
  const from = places[0]!.start
  const to = places.at(-1)!.end
  // Whole graphemes: half an emoji is no context.
  const before = graphemesOf(onOneLine(text.slice(Math.max(0, from - 4 * BEFORE), from)))
  const behind = graphemesOf(onOneLine(text.slice(to, to + 4 * BEHIND)))
  const room = Math.max(BEHIND / 3, BEHIND - (to - places[0]!.end))
  const isCutBefore = before.length > BEFORE || from > 4 * BEFORE
  const isCutBehind = behind.length > room || to + 4 * BEHIND < text.length
  const head = before.slice(-BEFORE).join('')
  const tail = behind.slice(0, room).join('')

  let line = isCutBefore ? `…${head.replace(/^\S* /, '')}` : head.trimStart()
  const pointed: Slice[] = []
  let at = from
  for (const { start, end } of places) {
    line += onOneLine(text.slice(at, start))
    const said = onOneLine(text.slice(start, end))
    pointed.push({ start: line.length, end: line.length + said.length })
    line += said
    at = end
  }
  return { text: line + (isCutBehind ? `${tail.replace(/ \S*$/, '')}…` : tail.trimEnd()), places: pointed }
}
