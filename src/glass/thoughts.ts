/**
 * Thinking as it comes, when somebody wants to read it: dim rows, settled as soon as they cannot change any more.
 * Whether it is shown at all, and where, the transcript decides.
 */

import { sanitiser } from '../core/text/sanitise.ts'
import type { Theme } from '../core/text/theme.ts'
import { expandTabs, wrapSlices } from '../core/text/wrap.ts'

export interface ThoughtRows {
  /** Takes the next piece; returns the rows that are final with it. */
  push(text: string): readonly string[]
  /** The open rows: few, however long the thinking grows. */
  tail(): readonly string[]
  /** Whether something else may stand below the rows given so far: they end with a blank one. */
  readonly between: boolean
  /** Rows given since the first such place in what was pushed last; null: there was none. */
  readonly sinceSeam: number | null
  /** Everything still open becomes final. */
  end(): readonly string[]
}

/**
 * Open rows of a line without its end: the last row grows, and a sign at its start may still draw the end of the row
 * before over to it.
 */
const OPEN_ROWS = 2

/** @param width columns of a row, read with each piece */
export function thoughtRows(theme: Theme, width: () => number): ThoughtRows {
  const clean = sanitiser()
  let open = ''
  let between = true
  let sinceSeam: number | null = null

  const rowsOf = (line: string) => {
    const text = expandTabs(line)
    return wrapSlices(text, width()).map(({ start, end }) => theme.dim(text.slice(start, end)))
  }
  const settle = (text: string): string[] => {
    const lines = (open + text).split('\n')
    open = expandTabs(lines.pop()!)
    const rows = lines.flatMap(rowsOf)
    const slices = wrapSlices(open, width())
    const final = slices.slice(0, Math.max(0, slices.length - OPEN_ROWS))
    rows.push(...final.map(({ start, end }) => theme.dim(open.slice(start, end))))
    const blank = rows.indexOf('')
    sinceSeam = blank < 0 ? null : rows.length - 1 - blank
    if (rows.length > 0) between = rows.at(-1) === ''
    if (final.length > 0) open = open.slice(slices[final.length]!.start)
    return rows
  }
  return {
    push: (text) => settle(clean.push(text)),
    get between() {
      return between
    },
    get sinceSeam() {
      return sinceSeam
    },
    tail: () => (open === '' ? [] : rowsOf(open)),
    end() {
      const rows = settle(clean.end())
      if (open !== '') rows.push(...rowsOf(open))
      open = ''
      return rows
    },
  }
}
