/**
 * Rows of a list as a table: one text that takes the room there is, and columns to its right, which give way one after
 * the other when the window narrows.
 */

import { clipSpans, padSpans, roomOfSpans, type Span, span } from '../spans.ts'

export interface Column {
  readonly align: 'left' | 'right'
  /** The smaller, the longer it stays. */
  readonly rank: number
}

export interface Cells {
  readonly text: readonly Span[]
  /** One for each column; null: nothing to say there. */
  readonly columns: readonly (Span | null)[]
}

const GAP = 2
/** Columns the text needs before anything stands to its right, and before a second thing does. */
const TEXT_MIN = 16
const TEXT_GOOD = 34
/** On a narrow screen it is content with this share instead. */
const TEXT_SHARE = 0.6

/** Rows of at most `width` columns each. */
export function tabled(
  rows: readonly Cells[],
  columns: readonly Column[],
  width: number,
): readonly (readonly Span[])[] {
  const widths = columns.map((_, i) => Math.max(0, ...rows.map((row) => roomOfCell(row.columns[i]))))
  const longest = Math.max(0, ...rows.map(({ text }) => roomOfSpans(text)))
  const kept = keptColumns(columns, widths, width, longest)
  const right = kept.reduce((sum, i) => sum + GAP + widths[i]!, 0)
  const left = Math.max(0, width - right)
  return rows.map(({ text, columns: cells }) => [
    ...padSpans(clipSpans(text, left), kept.length > 0 ? left : 0),
    ...kept.flatMap((i) => {
      const cell = cells[i]
      return [span(' '.repeat(GAP)), ...padSpans(cell ? [cell] : [], widths[i]!, columns[i]!.align === 'right')]
    }),
  ])
}

const roomOfCell = (cell: Span | null | undefined) => (cell ? roomOfSpans([cell]) : 0)

/** Which columns there is room for, by their indices. */
function keptColumns(columns: readonly Column[], widths: readonly number[], width: number, longest: number): number[] {
  const byRank = columns.map((_, i) => i).sort((a, b) => columns[a]!.rank - columns[b]!.rank)
  const kept: number[] = []
  let room = width
  for (const i of byRank) {
    if (widths[i] === 0) continue
    const left = room - GAP - widths[i]!
    const wanted = kept.length === 0 ? TEXT_MIN : Math.min(TEXT_GOOD, TEXT_SHARE * width)
    if (left < Math.min(longest, wanted)) break
    room = left
    kept.push(i)
  }
  return kept.sort((a, b) => a - b)
}
