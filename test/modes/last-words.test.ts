import { expect, test } from 'vitest'
import { lastWords } from '../../src/modes/chat/greeting.ts'
import { fresh } from '../kit/lived.ts'

const PATH = `/home/somebody/${'deep/'.repeat(20)}unsaved-12.jsonl`
const UNSAVED = `Another program holds the history. What was not saved lies in ${PATH}. It comes in by itself.`

test('the last words of a chat break between words, and a path can be copied whole', () => {
  const rows = lastWords({ replay: null }, fresh(), UNSAVED, 40).trimEnd().split('\n')
  expect(rows.join(' ')).toBe(UNSAVED)
  for (const row of rows) expect(row.length <= 40 || row.startsWith(PATH), row).toBe(true)
})

test('where nobody says how wide it is, a sentence is a line', () => {
  expect(lastWords({ replay: null }, fresh(), UNSAVED)).toBe(`${UNSAVED}\n`)
})
