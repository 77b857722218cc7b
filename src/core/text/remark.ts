/**
 * What the program itself says: sentences, and lists of a name and what it means. Knows how they stand in rows of a
 * given width: two columns where there is room, the meaning below its name where there is not.
 */

import { row, type Styled, StyledText } from '../markdown/styled.ts'
import { type Barred, barRows } from './remark-bar.ts'
import { type Table, tableRows } from './remark-table.ts'
import { sanitise } from './sanitise.ts'
import type { Theme } from './theme.ts'
import { roomOf } from './width.ts'
import { expandTabs, type Slice, wrapSlices, wrapText } from './wrap.ts'

/** A text with places in it that are to be seen at once, in order and apart. */
export interface Pointed {
  readonly text: string
  readonly places: readonly Slice[]
}

export interface Listing {
  readonly list: readonly (readonly [name: string, means: string | Pointed])[]
}

export interface Tabled {
  readonly table: Table
}

type Part = string | Listing | Tabled | Barred

/** One text, list, table or bar, or several below each other. An empty text is a blank row. */
export type Remark = Part | readonly Part[]

/** Blanks between the two columns. */
const GAP = 2
/** The column of names takes at most this share of a row, and leaves the meaning at least so many columns. */
const NAMES_SHARE = 0.42
const LEAST_MEANING = 20
/** Indentation of a meaning below its name. */
const INDENT = 4

/** The rows of a remark: dim, the names of a list in the default look. Whatever could steer a terminal is made visible. */
export function remarkRows(remark: Remark, columns: number, theme: Theme): readonly string[] {
  const parts = isSeveral(remark) ? remark : [remark]
  return parts.flatMap((part) =>
    typeof part === 'string'
      ? wrapText(sanitise(part), columns).map((each) => theme.dim(each))
      : 'table' in part
        ? tableRows(part.table, columns, theme)
        : 'bar' in part
          ? barRows(part, columns, theme)
          : listRows(part, columns, theme),
  )
}

/** The first line, when a remark is no longer than that. */
export function inOneLine(remark: Remark): string | null {
  return typeof remark === 'string' && !remark.includes('\n') ? remark : null
}

const isSeveral = (remark: Remark): remark is readonly Part[] => Array.isArray(remark)

function listRows({ list }: Listing, columns: number, theme: Theme): readonly string[] {
  if (theme.spoken) {
    return list.flatMap(([name, means]) => rowsOf(pointed(means, theme, `${sanitise(name.trim())}: `), columns))
  }
  const names = namesColumn(
    list.map(([name]) => sanitise(name)),
    columns,
  )
  return list.flatMap(([name, means]) =>
    names === null
      ? [
          ...wrapText(sanitise(name), columns),
          ...rowsOf(pointed(means, theme), columns - INDENT).map((each) => ' '.repeat(INDENT) + each),
        ]
      : beside(
          wrapText(sanitise(name), names).map((each) => each.trimEnd()),
          rowsOf(pointed(means, theme), columns - names - GAP),
          names + GAP,
        ),
  )
}

/** How wide the names may stand; null when too little would be left, or a word of them would have to be cut. */
function namesColumn(names: readonly string[], columns: number): number | null {
  const longest = Math.max(...names.map(roomOf))
  const longestWord = Math.max(...names.flatMap((name) => name.split(/(?<=\S) +/).map(roomOf)))
  const width = Math.max(Math.min(longest, Math.floor(columns * NAMES_SHARE)), longestWord)
  return columns - width - GAP < LEAST_MEANING ? null : width
}

/** Two cells beside each other; no row ends in blanks. */
function beside(left: readonly string[], right: readonly string[], at: number): readonly string[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => {
    const [name = '', means = ''] = [left[i], right[i]]
    return means === '' ? name : name + ' '.repeat(at - roomOf(name)) + means
  })
}

const rowsOf = (text: Styled, columns: number) => wrapSlices(text.text, columns).map((slice) => row(text, slice))

/** Places stand out by their weight or, where there is none, in brackets. */
function pointed(means: string | Pointed, theme: Theme, before = ''): Styled {
  const { text, places } = typeof means === 'string' ? { text: means, places: [] } : means
  const { dim, strong } = theme.sgr
  const out = new StyledText()
  const say = (part: string) => out.add(expandTabs(sanitise(part)), dim)
  say(before)
  let from = 0
  for (const { start, end } of places) {
    say(text.slice(from, start))
    const place = text.slice(start, end)
    out.add(strong === '' ? `[${place}]` : place, strong)
    from = end
  }
  say(text.slice(from))
  return out.done()
}
