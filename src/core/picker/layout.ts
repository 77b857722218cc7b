/**
 * What of a list is on the screen: its head, the line that is typed, some rows around the chosen one, a preview, a hint.
 * Plain data in rows that fit; components paint it.
 */

import { layoutComposer } from '../composer/layout.ts'
import { sanitiseLine } from '../text/sanitise.ts'
import { clipSpans, type Span, span } from '../text/spans.ts'
import { fitted, type Steps } from '../text/steps.ts'
import { clip } from '../text/wrap.ts'
import { type Cells, type Column, tabled, type Widths, widthsOf } from './columns.ts'
import { type Act, chosenRow, isCurrent, type Picker, type Row, topRow } from './picker.ts'

export interface PickerView {
  readonly head: readonly Span[] | null
  readonly line: { readonly sign: string; readonly text: string; readonly placeholder: string }
  readonly rows: readonly { readonly spans: readonly Span[]; readonly chosen: boolean }[]
  /** Empty: there is no room for one, or nothing to show. */
  readonly preview: readonly (readonly Span[])[]
  readonly foot: string
}

/** How the rows of a list look, and what it says when there are none. */
export interface Looks<R extends Row> {
  readonly head: string
  /** How much there is, where that is not the number of rows; undefined: it is. */
  readonly amount?: (typed: string) => string | undefined
  /** Shown dim while nothing is typed. */
  readonly placeholder: Steps
  /** Said when there is nothing to choose from at all. */
  readonly empty: string
  readonly columns: readonly Column[]
  /** Columns that the text of a row is content with, where its figures matter more; absent: as it is usual. */
  readonly leastText?: number
  /** @param typed what the rows answer */
  readonly cells: (row: R, typed: string) => Cells
  /** A row as it is read aloud. */
  readonly aloud: (row: R) => string
  /** Rows about one row of the list, at most `rows` of them, each at most `width` columns wide. */
  readonly preview: (
    row: R,
    typed: string,
    size: { readonly width: number; readonly rows: number },
  ) => readonly (readonly Span[])[]
}

export interface Laid {
  readonly view: PickerView
  /** The caret's cell, counted from the view's first row. */
  readonly caret: { readonly row: number; readonly col: number }
}

interface Size {
  readonly columns: number
  readonly rows: number
}

/**
 * The part of a window a list may take: what was said stays in sight above it, and in a window made narrower, where every
 * row may wrap into two, nothing of it is pushed up into the scrollback, where nobody can take it away again.
 */
const SHARE = 0.5
/** Rows a list takes at most: nobody looks through more at once. */
const MOST = 24
/** Rows of a preview, and those of the whole from which on there is one. */
const PREVIEW = { most: 7, least: 3, from: 11 } as const
/** Rows of a list whose columns are measured all together. */
const MEASURED = 500
/** Columns of a preview at most: lines that long are easy to read, and do not wrap in a window made narrower. */
const PREVIEW_COLUMNS = 76
/** The share of a wide window that the rows of a list take at most, for the same reason. */
const WIDEST = 0.8
/** Where every row of a list begins: room for the sign of the chosen one. */
const INDENT = 2
const CHOSEN = '› '

/** How the rows of a window are shared out. */
function shares({ rows }: Size): { readonly head: boolean; readonly list: number; readonly preview: number } {
  // One row above is blank, and one of the window must stay free.
  const room = Math.max(3, Math.min(rows - 2, Math.max(12, Math.floor(rows * SHARE)), MOST))
  const head = room >= 6
  const preview = room < PREVIEW.from ? 0 : Math.min(PREVIEW.most, Math.max(PREVIEW.least, Math.floor((room - 4) / 3)))
  return { head, preview, list: room - 2 - (head ? 1 : 0) - (preview > 0 ? preview + 1 : 0) }
}

/** Rows of the list that a window of this size shows. */
export const pageOf = (size: Size): number => shares(size).list

/** @param size of the window; one of its columns is left free */
export function layOutPicker<R extends Row>(picker: Picker<R>, looks: Looks<R>, size: Size): Laid {
  const columns = Math.max(4, size.columns - 1)
  const { head, list, preview } = shares(size)
  const { asked, rows } = picker
  const typed = picker.answers ?? ''
  const top = topRow(picker, list)
  const shown = rows.slice(top, top + list)
  const cells = shown.map((row) => looks.cells(row, typed))
  const widest = Math.min(columns, Math.max(INDENT + PREVIEW_COLUMNS, Math.floor(WIDEST * size.columns)))
  const table = tabled(cells, looks.columns, widest - INDENT, measured(rows, looks, typed), looks.leastText)
  const sign = clip(asked ? `${asked.act.asks}: ` : CHOSEN, Math.floor(columns / 2))
  const line = asked?.line ?? picker.line
  const laid = layoutComposer(line, { width: Math.max(2, columns - sign.length), maxRows: 1 })
  const row = chosenRow(picker)
  const about =
    preview > 0 && row
      ? looks.preview(row, typed, { width: Math.min(columns - INDENT, PREVIEW_COLUMNS), rows: preview })
      : []
  return {
    caret: { row: head ? 1 : 0, col: sign.length + laid.caret.col },
    view: {
      head: head ? clipSpans(headOf(picker, looks), columns) : null,
      line: {
        sign,
        text: laid.rows[0]!,
        placeholder: line.text === '' ? fitted(asked ? '' : looks.placeholder, columns - sign.length) : '',
      },
      rows:
        rows.length === 0
          ? [
              {
                chosen: false,
                spans: clipSpans([span('  '), span(nothing(picker, looks, columns - INDENT), 'dim')], columns),
              },
            ]
          : table.map((spans, i) => {
              const chosen = top + i === picker.chosen
              return { chosen, spans: clipSpans([span(chosen ? CHOSEN : '  '), ...spans], columns) }
            }),
      // As tall for every row: the hint below stays where it is while the choice moves.
      preview:
        about.length === 0
          ? []
          : Array.from({ length: preview }, (_, i) => (about[i] ? [span('  '), ...about[i]] : [span('')])),
      foot: `  ${foot(picker, columns - INDENT)}`,
    },
  }
}

const widths = new WeakMap<readonly Row[], { readonly looks: unknown; readonly widths: Widths }>()

/** Measured once for each list of rows; a very long one by what is on the screen. */
function measured<R extends Row>(rows: readonly R[], looks: Looks<R>, typed: string): Widths | undefined {
  if (rows.length > MEASURED) return undefined
  const known = widths.get(rows)
  if (known?.looks === looks) return known.widths
  const fresh = widthsOf(
    rows.map((row) => looks.cells(row, typed)),
    looks.columns,
  )
  widths.set(rows, { looks, widths: fresh })
  return fresh
}

function headOf<R extends Row>({ rows, chosen, hasMore, answers }: Picker<R>, looks: Looks<R>): readonly Span[] {
  if (rows.length === 0 || answers === null) return [span(looks.head, 'strong')]
  const place = looks.amount?.(answers) ?? `${chosen + 1} of ${rows.length}${hasMore ? '+' : ''}`
  return [span(looks.head, 'strong'), span(`  ${place}`, 'dim')]
}

function nothing<R extends Row>(picker: Picker<R>, { empty }: Looks<R>, width: number): string {
  if (picker.answers === null || !isCurrent(picker)) return 'Looking…'
  if (picker.answers.trim() === '') return fitted(empty, width)
  const nowhere = `Nothing holds “${sanitiseLine(picker.answers)}”.`
  return fitted([`${nowhere} Esc clears the search.`, nowhere, 'Nothing holds this.'], width)
}

/** The remark of the moment, or which keys do what: as many as there is room for, Enter and Esc always. */
function foot<R extends Row>({ kind, line, asked, notice, rows }: Picker<R>, width: number): string {
  if (asked) return fitted('Enter keep · Esc cancel', width)
  if (notice !== null) return fitted((typeof notice === 'string' ? [notice] : notice).map(sanitiseLine), width)
  const away = line.text === '' ? 'Esc leave' : 'Esc clear'
  if (rows.length === 0) return fitted(away, width)
  const acts = kind.acts.filter(({ tells }) => tells !== '').map(({ keys, tells }) => `${keyName(keys[0]!)} ${tells}`)
  return fitted(hints(`Enter ${kind.takes}`, acts, away), width)
}

/** What Esc and Enter do is guessed sooner than what the other keys do: those stay the longest. */
function hints(take: string, acts: readonly string[], away: string): readonly string[] {
  const said = (...parts: readonly string[]) => parts.join(' · ')
  const shorter = acts.map((_, i) => acts.slice(0, acts.length - i))
  return [
    ...shorter.flatMap((some) => [said(take, ...some, away), said(...some, away), said(...some, 'Esc')]),
    said(take, away),
    away,
  ]
}

/** As the help writes keys: `Ctrl+R`, `Tab`, `Delete`. */
function keyName(word: Act['keys'][number]): string {
  return word
    .split('+')
    .map((part) => part[0]!.toUpperCase() + part.slice(1))
    .join('+')
}
