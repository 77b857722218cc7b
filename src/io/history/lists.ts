/** Rows of the database as lists of their columns: for questions that are answered with thousands of them. */

import type { SQLInputValue, StatementSync } from 'node:sqlite'

/**
 * All rows of a statement, each column in its place. By name, rows take twice as long to be made, and are read ten times as
 * slowly: they are dictionaries. A Node that knows no other way (before 22.16) gets by with those.
 */
export function listsOf(
  statement: StatementSync,
  ...values: readonly SQLInputValue[]
): readonly (readonly unknown[])[] {
  if (!('setReturnArrays' in statement)) return (statement as StatementSync).all(...values).map(Object.values)
  statement.setReturnArrays(true)
  return statement.all(...values) as unknown as readonly (readonly unknown[])[]
}
