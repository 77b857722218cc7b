/**
 * What a terminal does to rows when its width changes, and how far above the cursor the live region begins afterwards.
 * Knows the habits of terminals; when to repaint is the painter's and the tty's business.
 */

import { widthOf } from '../core/text/width.ts'
import type { TerminalReply } from './replies.ts'
import { eachStretch } from './styling.ts'

/**
 * - `false`: rows are cut or padded, never wrapped again (xterm, GNU screen, the Linux console).
 * - `true`: rows wrap again; how the cursor's own row is treated is not known. Counts what is certain, so that in doubt
 *   a row of the composer stays behind as a ghost and no settled row is ever erased.
 * - `'exact'`: every row wraps again, the cursor stays on its character (tmux).
 * - `'xterm.js'`: the row with the cursor is cut, and rows that wrap below push the cursor down (VS Code; measured).
 */
export type Reflow = boolean | 'exact' | 'xterm.js'

/** The habit of the terminal that an environment tells of. */
export function reflowOf(environment: Readonly<Record<string, string | undefined>>): Reflow {
  const term = environment.TERM ?? ''
  if (environment.TMUX) return 'exact'
  if (environment.STY || environment.XTERM_VERSION || /^(linux|screen|cons25|vt\d+)/.test(term)) return false
  return environment.TERM_PROGRAM === 'vscode' ? 'xterm.js' : true
}

/** What xterm.js answers to DA2 in every version; no other terminal known to us does (it claims to be an old xterm). */
const XTERM_JS = '0;276;0'

/** The habit that an answer tells of; null: it says nothing new. xterm.js is at home in many programs that do not say so. */
export function reflowTold(reply: TerminalReply): Reflow | null {
  return reply.type === 'secondary' && reply.attributes.join(';') === XTERM_JS ? 'xterm.js' : null
}

/** How many screen rows a row takes at this width once the terminal has wrapped it. */
export function wrappedHeight(row: string, columns: number): number {
  let height = 1
  let used = 0
  eachStretch(row, 0, row.length, (stretch, isEscape) => {
    if (isEscape) return
    for (const character of stretch) {
      const width = widthOf(character)
      if (used + width > columns && used > 0) {
        height++
        used = 0
      }
      used += width
    }
  })
  return height
}

/**
 * Rows between the first row of the region and the cursor, on a screen that is now `columns` wide.
 * @param rows the region as it was painted
 * @param cursor the cursor within it, before the resize; column null when unknown
 */
export function rowsAboveCursor(
  rows: readonly string[],
  cursor: { readonly row: number; readonly col: number | null },
  columns: number,
  reflow: Reflow,
): number {
  if (reflow === false) return cursor.row
  if (reflow === 'xterm.js') return cursor.row + pushedDown(rows, cursor.row, columns)
  const wrapped = reflow === 'exact' ? Math.floor((cursor.col ?? 0) / columns) : 0
  return rows.slice(0, cursor.row).reduce((above, row) => above + wrappedHeight(row, columns), wrapped)
}

/**
 * xterm.js wraps from the bottom up, moves its cursor down by one row for each it gains, and cuts the row on which it
 * finds the cursor by then. In a window dragged through several widths a row below can push once and then be the one
 * that is cut, so from the cursor downward a row counts once: too few leave a ghost, too many would erase what settled.
 */
function pushedDown(rows: readonly string[], cursorRow: number, columns: number): number {
  let pushed = 0
  for (let i = rows.length - 1; i >= 0; i--) {
    if (i === cursorRow + pushed) continue
    const gained = wrappedHeight(rows[i]!, columns) - 1
    pushed += i < cursorRow ? gained : Math.min(gained, 1)
  }
  return pushed
}
