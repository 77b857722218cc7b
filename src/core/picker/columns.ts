/**
 * Rows of a list as a table: one text that takes the room there is, and columns to its right, which give way one after
 * the other when the window narrows.
 */

import { clipSpans, padSpans, roomOfSpans, type Span, span } from '../text/spans.ts'

export interface Column {
  readonly align: 'left' | 'right'
  /** The smaller, the longer it stays. */
  readonly rank: number
}

export interface Cells {
  readonly text: readonly Span[]
  /** A word at the end of the text's room; it costs the rows nothing that have none. */
  readonly beside?: Span | null
  /** One for each column; null: nothing to say there. */
  readonly columns: readonly (Span | null)[]
}

const GAP = 2
/** Columns the text needs before anything stands to its right, and before a second thing does. */
const TEXT_MIN = 16
const TEXT_GOOD = 34
/** Columns the text needs before a word stands beside it. */
const BESIDE_MIN = 10
/** On a narrow screen it is content with this share instead. */
const TEXT_SHARE = 0.5

/** How wide the cells of a list are: measured over more rows than are shown, so that scrolling moves no column. */
export interface Widths {
  readonly text: number
  readonly columns: readonly number[]
}

export function widthsOf(rows: readonly Cells[], columns: readonly Column[]): Widths {
  return {
    text: Math.max(
      0,
      ...rows.map(({ text, beside }) => roomOfSpans(text) + (beside ? GAP + roomOfSpans([beside]) : 0)),
    ),
    columns: columns.map((_, i) => Math.max(0, ...rows.map((row) => roomOfCell(row.columns[i])))),
  }
}

/** Rows of at most `width` columns each. @param least columns that the text is content with; null: as it is usual */
export function tabled(
  rows: readonly Cells[],
  columns: readonly Column[],
  width: number,
  widths: Widths = widthsOf(rows, columns),
  least: number | null = null,
): readonly (readonly Span[])[] {
  const kept = keptColumns(columns, widths, width, least)
  const right = kept.reduce((sum, i) => sum + GAP + widths.columns[i]!, 0)
  // No wider than it must be: full rows wrap, every one of them, when a window is made narrower.
  const left = Math.max(0, Math.min(widths.text, width - right))
  return rows.map(({ text, beside, columns: cells }) => [
    ...withBeside(text, beside, left, kept.length > 0 ? left : 0),
    ...kept.flatMap((i) => {
      const cell = cells[i]
      return [span(' '.repeat(GAP)), ...padSpans(cell ? [cell] : [], widths.columns[i]!, columns[i]!.align === 'right')]
    }),
  ])
}

function withBeside(text: readonly Span[], beside: Span | null | undefined, width: number, filled: number) {
  const rest = width - GAP - roomOfCell(beside)
  if (!beside || rest < Math.min(BESIDE_MIN, roomOfSpans(text))) return padSpans(clipSpans(text, width), filled)
  return [...padSpans(clipSpans(text, rest), rest), span(' '.repeat(GAP)), beside]
}

const roomOfCell = (cell: Span | null | undefined) => (cell ? roomOfSpans([cell]) : 0)

/** Which columns there is room for, by their indices. */
function keptColumns(
  columns: readonly Column[],
  { text, columns: widths }: Widths,
  width: number,
  least: number | null,
): number[] {
  const byRank = columns.map((_, i) => i).sort((a, b) => columns[a]!.rank - columns[b]!.rank)
  const kept: number[] = []
  let room = width
  for (const i of byRank) {
    if (widths[i] === 0) continue
    const left = room - GAP - widths[i]!
    const usual = kept.length === 0 ? TEXT_MIN : Math.max(TEXT_MIN, Math.min(TEXT_GOOD, TEXT_SHARE * width))
    if (left < Math.min(text, least ?? usual)) break
    room = left
    kept.push(i)
  }
  return kept.sort((a, b) => a - b)
}
