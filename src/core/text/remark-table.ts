/**
 * A table in rows of a given width: names to the left, figures to the right of their columns. Where it has no room its
 * columns stand below each other, and where that is not enough each takes the short forms of its figures.
 */

import { sanitiseLine } from './sanitise.ts'
import type { Theme } from './theme.ts'
import { roomOf } from './width.ts'
import { wrapText } from './wrap.ts'

/** A figure, how it is written where there is little room, and how it is said aloud. */
export type Cell = string | readonly [full: string, short: string, spoken: string]

export interface TableRow {
  readonly name: string
  /** One for each column; empty ones are left blank. None at all: a blank row. */
  readonly cells: readonly Cell[]
  /** `dim`: it says more of the row above; `strong`: it is what the table is about. */
  readonly look?: 'dim' | 'strong'
}

export interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly TableRow[]
}

const GAP = 2

/** Rows that are no wider than the screen. */
export function tableRows(table: Table, columns: number, theme: Theme): readonly string[] {
  if (theme.spoken) return inTurn(table, (one) => spoken(one, columns))
  const rows = beside(table, 0, columns, theme)
  if (rows) return rows
  if (table.columns.length > 1) return inTurn(table, (one) => tableRows(one, columns, theme))
  return beside(table, 1, columns, theme) ?? spoken(table, columns)
}

/** Name and figures in a row each; null: there is no room for that. */
function beside({ columns: heads, rows }: Table, form: 0 | 1, columns: number, theme: Theme): readonly string[] | null {
  const shown = rows.map(({ name, cells, look }) => ({
    ...{ look, name: sanitiseLine(name) },
    cells: heads.map((_, i) => sanitiseLine(written(cells[i] ?? '', form))),
  }))
  const names = Math.max(...shown.map(({ name }) => roomOf(name)))
  const widths = heads.map((head, i) => Math.max(roomOf(head), ...shown.map(({ cells }) => roomOf(cells[i]!))))
  if (names + widths.reduce((sum, width) => sum + width + GAP, 0) > columns) return null
  const line = (name: string, cells: readonly string[]) => {
    const figures = cells.map((cell, i) => ' '.repeat(GAP + widths[i]! - roomOf(cell)) + cell)
    return `${name}${' '.repeat(names - roomOf(name))}${figures.join('')}`.trimEnd()
  }
  const painted = (text: string, look: TableRow['look']) => (look && text !== '' ? theme[look](text) : text)
  return [
    painted(line('', heads.map(sanitiseLine)), 'dim'),
    ...shown.map(({ name, cells, look }) => painted(line(name, cells), look)),
  ]
}

/** The columns one after the other, each a table of its own without the rows it has nothing in. */
function inTurn(table: Table, draw: (one: Table) => readonly string[]): readonly string[] {
  return table.columns.flatMap((head, i) => {
    const rows = table.rows
      .map(({ cells, ...row }) => ({ ...row, cells: cells.length === 0 ? [] : [cells[i] ?? ''] }))
      .filter(({ cells }) => cells[0] !== '')
      .filter(({ cells }, at, all) => cells.length > 0 || (all[at - 1]?.cells.length ?? 0) > 0)
    return [...(i > 0 ? [''] : []), ...draw({ columns: [head], rows })]
  })
}

/** One column in sentences. */
function spoken({ columns: [head = ''], rows }: Table, columns: number): readonly string[] {
  const said: string[] = []
  for (const { name, cells } of rows) {
    if (cells.length === 0) continue
    const [of, figure] = [name.trim(), written(cells[0]!, 2).trim()]
    // A row without a name says more of the one above.
    if (of !== '' || said.length === 0) said.push(`${of}: ${figure}`)
    else if (figure !== '') said.push(`${said.pop()} (${figure})`)
  }
  return [...(head === '' ? [] : [`${head}:`]), ...said].flatMap((line) => wrapText(sanitiseLine(line), columns))
}

const written = (cell: Cell, form: 0 | 1 | 2): string => (typeof cell === 'string' ? cell : cell[form])
