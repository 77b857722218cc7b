/**
 * Turns the rows that stand in the live region into those that should: written downward, or changed in place. Which of
 * the two, and what the rows are, is the painter's.
 */

import { sameRows } from './aloft.ts'
import type { Cursor } from './cursor.ts'
import { freshRow, patchRow } from './row-diff.ts'
import type { ScreenRows, WrappedLine } from './screen-rows.ts'

/** What should stand there: rows of the screen, and the lines among them that the terminal wraps. */
export type Wanted = Pick<ScreenRows, 'rows' | 'lines' | 'columns'>

/**
 * Writes everything downward from the first row that differs; what does not fit scrolls away by itself. Each row is
 * erased just before it is written, and the last one with all below it: nothing is ever blank for a moment. A wrapped
 * line runs on into whatever stands below it, so all of that is erased before the first one.
 * @param isErased nothing stands where it is going to be written
 * @returns whether more than one row was touched
 */
export function writeDown(
  cursor: Cursor,
  shown: readonly string[],
  { rows, lines, columns }: Wanted,
  isErased: boolean,
): boolean {
  const firstLine = lines.keys().next().value ?? rows.length
  const first = Math.max(0, Math.min(sameRows(shown, rows), shown.length - 1, firstLine))
  let isBlank = isErased
  cursor.moveTo(first, 0)
  for (let i = first; i < rows.length; i++) {
    if (i > first) cursor.nextRow()
    const line = lines.get(i)
    if (line) {
      if (!isBlank) cursor.blankFrom(i)
      isBlank = true
      printLine(cursor, i, line)
      i += line.height - 1
      continue
    }
    if (!isBlank) cursor.erase(i === rows.length - 1 ? 'below' : 'row')
    const { text, endCol } = freshRow(rows[i]!, columns)
    cursor.print(text, endCol)
  }
  return rows.length - first > 1
}

/** A region by its parts: what grows and shrinks above the chrome, and the chrome. */
export interface Parts {
  readonly rows: readonly string[]
  readonly chromeHeight: number
}

/**
 * Changes the region in place. The terminal itself moves the rows that keep their distance from the bottom: first
 * rows that are too many are deleted, then rows that are missing inserted, so that nothing is pushed off the screen.
 * @returns whether more than one row was touched
 */
export function patch(cursor: Cursor, shown: Parts, wanted: Wanted & Parts): boolean {
  const now = [...shown.rows]
  const oldTop = now.length - shown.chromeHeight
  const newTop = wanted.rows.length - wanted.chromeHeight
  const topGrowth = newTop - oldTop
  const chromeGrowth = wanted.chromeHeight - shown.chromeHeight
  const growth = topGrowth + chromeGrowth
  const footHeight = chromeGrowth === 0 ? 0 : sameRows(now.slice(oldTop), wanted.rows.slice(newTop), true)

  if (growth > 0) {
    cursor.moveTo(now.length - 1, null)
    cursor.makeRoom(growth)
  }
  const drop = (row: number, count: number) => {
    cursor.deleteRows(row, count)
    now.splice(row, count)
  }
  const add = (row: number, count: number) => {
    if (row < now.length) cursor.insertRows(row, count)
    now.splice(row, 0, ...Array<string>(count).fill(''))
  }
  if (chromeGrowth < 0) drop(now.length - footHeight + chromeGrowth, -chromeGrowth)
  if (topGrowth < 0) drop(newTop, -topGrowth)
  if (chromeGrowth > 0) add(now.length - footHeight, chromeGrowth)
  if (topGrowth > 0) add(oldTop, topGrowth)

  let touched = topGrowth === 0 && chromeGrowth === 0 ? 0 : 2
  for (let i = 0; i < wanted.rows.length; i++) {
    const line = wanted.lines.get(i)
    if (line) {
      overwrite(cursor, i, line, now, wanted.rows)
      i += line.height - 1
      touched += line.height
      continue
    }
    const change = patchRow(now[i]!, wanted.rows[i]!, wanted.columns)
    if (!change) continue
    cursor.moveTo(i, change.col)
    cursor.print(change.text, change.endCol)
    touched++
  }
  return touched > 1
}

/**
 * Writes a wrapped line over the rows that are `now` there. It goes out in one piece, also where its rows have been on
 * the screen as the tail: a move or an erasure in between, and the terminal no longer knows them as one line.
 */
function overwrite(
  cursor: Cursor,
  at: number,
  line: WrappedLine,
  now: readonly string[],
  wanted: readonly string[],
): void {
  const last = at + line.height - 1
  for (let i = at; i <= last; i++) {
    // Text covers all of a row but, perhaps, the last column, where a wide sign does not fit; and the end of the last row.
    const isCovered = line.isCertain && (now[i] === wanted[i] || i === last)
    if (now[i] === '' || isCovered) continue
    cursor.moveTo(i, 0)
    cursor.erase('row')
  }
  cursor.moveTo(at, 0)
  printLine(cursor, at, line)
}

function printLine(cursor: Cursor, at: number, { text, height, endCol, after }: WrappedLine): void {
  if (after) {
    cursor.moveTo(at - 1, after.col)
    cursor.printWrapped(after.sign + text, height + 1, endCol)
  } else cursor.printWrapped(text, height, endCol)
}
