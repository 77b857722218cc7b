/**
 * Where a text breaks into rows of so many columns: between words, or anywhere for code. Works on plain text and hands
 * back places in it, so that styles and links can be laid over the same places; colour is left to others.
 */

import { graphemeRoom, graphemesOf, graphemeWidth, LONGEST_CLUSTER, roomOf } from './width.ts'

/** Part of a text, in UTF-16 units; `end` is exclusive. */
export interface Slice {
  readonly start: number
  readonly end: number
}

/** A wide character needs two columns, so no text is wrapped narrower. */
export const NARROWEST = 2

// Signs that belong to the character before them, and to the one after: a row of CJK text breaks elsewhere.
const CLOSING = '、。，．：；？！）」』】〉》〕…ー々”’)]},.:;!?'
const OPENING = '（「『【〈《〔“‘([{'

/** Words that every terminal breaks alike when it has to: addresses, paths, hashes. */
const UNBROKEN = /^[!-~]+$/

/**
 * Rows of a text broken between words; `\n` always breaks. Blanks at a break belong to no row. A word longer than a
 * row is cut; or, with `screen`, left whole where that is safe: the row is then wider, and the terminal, so many columns
 * wide, is to wrap it. Never empty: the empty text is one empty row.
 */
export function wrapSlices(text: string, width: number, screen: number | null = null): readonly Slice[] {
  const rows: Slice[] = []
  const columns = Math.max(NARROWEST, width)
  for (let from = 0; from <= text.length; ) {
    const newline = text.indexOf('\n', from)
    const to = newline < 0 ? text.length : newline
    wrapLine(text, from, to, columns, screen, rows)
    from = to + 1
  }
  return rows
}

/**
 * Rows of a text without newlines, cut wherever they are full; for code, where every blank counts. Rows after the first
 * are `later` columns wide.
 */
export function cutSlices(text: string, width: number, later = width): readonly Slice[] {
  const rows: Slice[] = []
  const columns = Math.max(NARROWEST, width)
  if (text.length <= columns && roomOf(text) <= columns) return [{ start: 0, end: text.length }]
  const { start } = cut(text, 0, text.length, columns, Math.max(NARROWEST, later), rows)
  rows.push({ start, end: text.length })
  return rows
}

/** Plain text as rows of `wrapSlices`, each at most `width` columns (never less than 2). Tabs are expanded. */
export function wrapText(text: string, width: number, screen: number | null = null): readonly string[] {
  const flat = expandTabs(text)
  return wrapSlices(flat, width, screen).map(({ start, end }) => flat.slice(start, end))
}

/** The text if it fits, else its beginning and an ellipsis, together at most `width` columns. */
export function clip(text: string, width: number): string {
  if (roomOf(text) <= width) return text
  let used = 0
  let out = ''
  for (const grapheme of graphemesOf(text)) {
    used += graphemeRoom(grapheme)
    if (used > width - 1) break
    out += grapheme
  }
  return width < 1 ? '' : `${out}…`
}

/** Tabs as blanks up to the next multiple of four columns, counted from the start of each line. */
export function expandTabs(text: string): string {
  if (!text.includes('\t')) return text
  return text
    .split('\n')
    .map((line) => {
      const [first = '', ...cells] = line.split('\t')
      let column = roomOf(first)
      let out = first
      for (const cell of cells) {
        const blanks = 4 - (column % 4)
        out += ' '.repeat(blanks) + cell
        column += blanks + roomOf(cell)
      }
      return out
    })
    .join('\n')
}

function wrapLine(text: string, from: number, to: number, columns: number, screen: number | null, rows: Slice[]): void {
  let start = from
  let end = from
  let used = 0
  let room = columns
  const breakAt = (place: number) => {
    if (end > start) rows.push({ start, end })
    start = place
    used = 0
    room = columns
  }
  for (let at = from; at < to; ) {
    const gapStart = at
    while (at < to && text.charCodeAt(at) === 0x20) at++
    if (at >= to) break
    let gap = at - gapStart
    let next = text.indexOf(' ', at)
    if (next < 0 || next > to) next = to
    const word = text.slice(at, next)
    const width = roomOf(word)
    if (used + gap + width <= room) {
      used += gap + width
      end = next
    } else if (width <= columns && width === word.length) {
      breakAt(at)
      used = width
      end = next
    } else {
      for (const unit of unitsOf(text, at, next, width === word.length)) {
        const unitWidth = roomOf(text.slice(unit.start, unit.end))
        if (used + gap + unitWidth > room) breakAt(unit.start)
        else used += gap
        gap = 0
        if (unitWidth <= room) used += unitWidth
        else if (screen !== null && UNBROKEN.test(text.slice(unit.start, unit.end))) {
          // What follows stands on the last row that the terminal makes of it, which begins at the screen's edge.
          used = cut(text, unit.start, unit.end, columns, screen, []).used
          room = screen
        } else {
          const rest = cut(text, unit.start, unit.end, columns, columns, rows)
          start = rest.start
          used = rest.used
        }
        end = unit.end
      }
    }
    at = next
  }
  rows.push({ start, end: Math.max(start, end) })
}

/**
 * Cuts full rows off `[from, to)`, the first of so many columns, the others of `later`. Returns where the last row starts
 * and how many columns it has used.
 */
function cut(
  text: string,
  from: number,
  to: number,
  columns: number,
  later: number,
  rows: Slice[],
): { start: number; used: number } {
  let start = from
  let used = 0
  let room = columns
  let at = from
  const place = (piece: string) => {
    const width = graphemeRoom(piece)
    if (used + width > room && at > start) {
      rows.push({ start, end: at })
      start = at
      used = 0
      room = later
    }
    used += width
    at += piece.length
  }
  for (const grapheme of graphemesOf(text.slice(from, to))) {
    if (grapheme.length > LONGEST_CLUSTER || (grapheme.length > 1 && graphemeWidth(grapheme) > columns)) {
      for (const char of grapheme) place(char)
    } else place(grapheme)
  }
  return { start, used }
}

/** The unbreakable parts of a word: itself, or for wide scripts its characters with their punctuation. */
function unitsOf(text: string, from: number, to: number, narrow: boolean): readonly Slice[] {
  if (narrow) return [{ start: from, end: to }]
  const units: Slice[] = []
  let start = from
  let at = from
  let before = ''
  let beforeWide = false
  for (const grapheme of graphemesOf(text.slice(from, to))) {
    const wide = graphemeRoom(grapheme) >= 2
    if (at > start && (wide || beforeWide) && !CLOSING.includes(grapheme) && !OPENING.includes(before)) {
      units.push({ start, end: at })
      start = at
    }
    at += grapheme.length
    before = grapheme
    beforeWide = wide
  }
  units.push({ start, end: to })
  return units
}
