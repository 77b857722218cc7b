import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { listsOf } from '../../src/io/history/lists.ts'

test('rows come as lists of their columns, also from a Node that only knows them by name', () => {
  using db = new DatabaseSync(':memory:')
  const sql = "select value as a, value + 1, null, 'x' as b from json_each(?)"
  const rows = [
    [5, 6, null, 'x'],
    [7, 8, null, 'x'],
  ]
  const statement = db.prepare(sql)
  expect(listsOf(statement, '[5, 7]')).toEqual(rows)
  // As it was before 22.16: the same statement without that one method.
  const before = Object.create(null, { all: { value: (json: string) => db.prepare(sql).all(json) } })
  expect(listsOf(before, '[5, 7]')).toEqual(rows)
})
