/**
 * What the rows of a text say about lines: a row is a line that never breaks, however wide it is, or part of one that is
 * too long to be held until its end.
 */

/** Ends a row that the next one goes on with. No text has it: it is a control, and those are made visible. */
export const GOES_ON = '\x1f'

/** Rows as text, every line ended; the parts of a line are joined, also with what comes later. */
export function asLines(rows: readonly string[]): string {
  return rows.map((row) => (row.endsWith(GOES_ON) ? row.slice(0, -1) : `${row}\n`)).join('')
}
