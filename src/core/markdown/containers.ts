/**
 * The marks of quotes, list items and footnotes at the start of a line: where a container goes on, where one opens.
 * Moves the cursor behind what it took; the stack itself is kept by `blocks`, drawing is the page's.
 */

import type { Cursor } from './cursor.ts'
import { footnoteOf, isRule, markerOf } from './lines.ts'
import type { Container } from './page.ts'

/** What a mark says about the container it opens. */
export type Opening = Pick<Container, 'kind' | 'type' | 'marker' | 'indent' | 'bare'>

/** Whether the line goes on within an open container. */
export function continues(container: Container, at: Cursor): boolean {
  if (container.kind === 'quote') return passesQuote(at)
  // An item that began with nothing may stay empty for that one line only.
  if (at.blank) {
    at.skip(container.indent)
    return !container.bare
  }
  if (at.indent < container.indent) return false
  at.skip(container.indent)
  container.bare = false
  return true
}

/** The container that opens here, or null. `interrupts`: a paragraph is open in the same place. */
export function openingAt(at: Cursor, interrupts: boolean): Opening | null {
  const { indent, text } = at
  if (indent >= 4) return null
  if (passesQuote(at)) return { kind: 'quote', type: '', marker: '', indent: 0, bare: false }
  const note = footnoteOf(text)
  if (note) return { ...item(at, '^', `[${note.label}]`, note.length), indent: 4 }
  const marker = isRule(text) ? null : markerOf(text)
  if (!marker) return null
  // Only a list that surely is one interrupts a paragraph: it has content, and starts at one if it is numbered.
  const bare = text.slice(marker.text.length).trim() === ''
  if (interrupts && (bare || (marker.number !== null && marker.number !== 1))) return null
  return item(at, marker.type, marker.number === null ? '-' : marker.text, marker.text.length)
}

function item(at: Cursor, type: string, marker: string, length: number): Opening {
  const outside = at.indent
  at.skip(outside)
  at.pass(length)
  const bare = at.blank
  // Five blanks behind a marker are one blank and indented code.
  const inside = bare || at.indent > 4 ? 1 : at.indent
  at.skip(inside)
  return { kind: 'item', type, marker, indent: outside + length + inside, bare }
}

function passesQuote(at: Cursor): boolean {
  const { indent } = at
  if (indent > 3 || at.text[0] !== '>') return false
  at.skip(indent)
  at.pass(1)
  at.skip(1)
  return true
}
