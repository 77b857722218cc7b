/** Pieces of a row, each with its look: measured, cut and filled up as a whole. Painting them is the components'. */

import type { Role } from './theme.ts'
import { roomOf } from './width.ts'
import { clip } from './wrap.ts'

export interface Span {
  readonly text: string
  readonly look: Role | 'plain'
}

export const span = (text: string, look: Span['look'] = 'plain'): Span => ({ text, look })

/** Columns that spans take at most, on any terminal. */
export function roomOfSpans(spans: readonly Span[]): number {
  return spans.reduce((room, { text }) => room + roomOf(text), 0)
}

/** The spans if they fit, else their beginning and an ellipsis, together at most `width` columns. */
export function clipSpans(spans: readonly Span[], width: number): readonly Span[] {
  if (roomOfSpans(spans) <= width) return spans
  const shown: Span[] = []
  let left = width
  for (const one of spans) {
    const room = roomOf(one.text)
    // The ellipsis takes a column of the span it stands in.
    if (room < left) {
      shown.push(one)
      left -= room
      continue
    }
    shown.push({ ...one, text: clip(`${one.text}\u2026`, left) })
    break
  }
  return shown
}

/** The same with blanks behind, or before when `atEnd`, up to `width` columns. */
export function padSpans(spans: readonly Span[], width: number, atEnd = false): readonly Span[] {
  const blanks = width - roomOfSpans(spans)
  if (blanks <= 0) return spans
  const filling = span(' '.repeat(blanks))
  return atEnd ? [filling, ...spans] : [...spans, filling]
}
