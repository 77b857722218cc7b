/** Searches a conversation: which turns say something, and a few words around it. */

import type { Turn } from './turns.ts'
import { graphemesOf } from './width.ts'

export interface Found {
  /** The turn's number. */
  readonly number: number
  readonly from: 'question' | 'answer'
  /** How often it is said there. */
  readonly times: number
  /** One line around the first place, cut at words where that is possible. */
  readonly context: string
}

/** Characters of context before the place and behind it. */
const BEFORE = 30
const BEHIND = 60

/** Turns that say `text`, upper and lower case alike, oldest first; a question goes before its answer. */
export function findInTurns(turns: readonly Turn[], text: string): readonly Found[] {
  // A pattern keeps the places true: lower-casing a text can change its length.
  const words = text
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
  const pattern = new RegExp(words.join('\\s+'), 'giu')
  return turns.flatMap((turn) =>
    (['question', 'answer'] as const).flatMap((from) => {
      const places = [...turn[from].matchAll(pattern)]
      const first = places[0]
      if (!first || first[0] === '') return []
      return [{ number: turn.number, from, times: places.length, context: around(turn[from], first.index, first[0]) }]
    }),
  )
}

function around(text: string, at: number, said: string): string {
  const line = (part: string) => part.replace(/\s+/g, ' ')
  // Whole graphemes: half an emoji is no context.
  const before = graphemesOf(line(text.slice(Math.max(0, at - 4 * BEFORE), at)))
  const behind = graphemesOf(line(text.slice(at + said.length, at + said.length + 4 * BEHIND)))
  const isCutBefore = before.length > BEFORE || at > 4 * BEFORE
  const isCutBehind = behind.length > BEHIND || at + said.length + 4 * BEHIND < text.length
  const start = before.slice(-BEFORE).join('')
  const end = behind.slice(0, BEHIND).join('')
  const head = isCutBefore ? `…${start.replace(/^\S* /, '')}` : start.trimStart()
  const tail = isCutBehind ? `${end.replace(/ \S*$/, '')}…` : end.trimEnd()
  return head + line(said) + tail
}
