/** A race in the built chat: live columns, a key that keeps one, and what is left of it in a saved conversation. */

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import type { Event } from '../../src/core/conversation.ts'
import { settleUnfinished } from '../../src/modes/history/recall.ts'
import { opened } from '../io/history-kit.ts'
import { evening } from '../kit/evening.ts'
import { fresh } from '../kit/lived.ts'
import { lodge } from '../kit/lodging.ts'

const QUIET = { CLAUDE_TUI_TITLES: 'off' }

test('runs side by side, keeps what a key says, and remembers the rest', async () => {
  await using night = await evening('text "North " "Sea." hold after=1 x2')
  const session = await night.chat({ env: QUIET, rows: 30, columns: 80 })
  session.type('/race fast balanced: Which sea?\r')
  await session.see(/1 Haiku 5\.5\s+│ 2 Sonnet 5\.5/)
  await session.see(/North\s+│ North/)
  night.demo.release()
  night.demo.release()
  await session.see(/North Sea\.\s+│ North Sea\./)
  await session.see('1-2, or Left/Right and Enter, keeps an answer')
  session.press('right')
  session.press('right')
  await session.see('› 2 Sonnet 5.5')
  session.press('enter')
  await session.see(/2 Sonnet 5\.5 .*kept/)
  await session.see('1 other answer is on the bill as a race')
  session.type('/race show 1\r')
  await session.see(/Haiku 5\.5, TTFT .*2 words/)
  session.type('/race\r')
  await session.see(/1 : 0, kept in 100% of 1 race/)
  // The next message is an ordinary one, of the model that was chosen, and knows the answer that was kept.
  session.type('And then?\r')
  await session.see('› And then?')
  await expect.poll(() => night.questions.length).toBe(3)
  expect(night.questions[2]).toMatchObject({ model: 'claude-sonnet-5-5', messages: { length: 3 } })
})

test('is stopped with Esc, and given up with another', async () => {
  await using night = await evening('text "North " "Sea." hold after=1 x2')
  const session = await night.chat({ env: QUIET, rows: 24, columns: 50 })
  session.type('/race fast balanced: Which sea?\r')
  await session.see(/1 Haiku 5\.5 · /)
  await session.see('North')
  session.press('esc')
  await session.see('1-2 keeps an answer · Esc none')
  session.press('esc')
  await session.see('None of the answers was kept.')
  await session.see('/race show reads them')
})

test('in plain lines says each answer and takes a number', async () => {
  await using night = await evening('text "North Sea." x2')
  const session = await night.chat({ args: ['--screen-reader'], env: QUIET, prompt: 'You:' })
  session.type('/race fast balanced: Which sea?\r')
  await session.see('Keep which? Type its number, 1 to 2, or 0 for none.')
  session.type('3\r')
  await session.see('There is no answer 3')
  session.type('2\r')
  await session.see('2 Sonnet 5.5: kept')
  await session.see(/Claude:\s+North Sea\./)
})

test('offers nothing to keep where every answer failed', async () => {
  await using night = await evening('400 x2')
  const session = await night.chat({ env: QUIET, rows: 24, columns: 80 })
  session.type('/race fast balanced: Which sea?\r')
  await session.see('None of the answers can be kept')
  session.press('esc')
  await session.see('None of the answers was kept.')
})

/** Models whose answers have been noted with their costs. */
function billedInFlight(path: string): readonly string[] {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const rows = database.prepare('select body from flight').all() as { body: string }[]
    const racing = rows.flatMap(({ body }) => JSON.parse(body) as Event[]).findLast(({ type }) => type === 'racing')
    return racing?.type === 'racing' ? racing.bills.map(({ model }) => model).sort() : []
  } finally {
    database.close()
  }
}

test('is on the bill though nobody could choose: its program was killed', async () => {
  await using night = await evening('text "North Sea."\nwords n=60 tag=qaaa hold after=40')
  const lodging = lodge()
  const data = join(lodging.home, 'data')
  const session = await night.chat({ env: { ...QUIET, CLAUDE_TUI_DATA_DIR: data }, rows: 30, columns: 80, lodging })
  session.type('/race fast balanced: Which sea?\r')
  await session.see('North Sea.')
  await session.see('qaaa')
  await expect.poll(() => billedInFlight(join(data, 'history.db'))).toEqual(['claude-haiku-5-5', 'claude-sonnet-5-5'])
  session.kill('SIGKILL')
  await session.exited
  using history = await opened(join(data, 'history.db'))
  await settleUnfinished({ history, fresh: fresh(), origin: 0 })
  const charges = history.charges(0)
  expect(charges.map(({ purpose }) => purpose)).toEqual(['race', 'race'])
  expect(charges.map(({ outputIsEstimate }) => outputIsEstimate).sort()).toEqual([false, true])
  for (const { costUsd } of charges) expect(costUsd).toBeGreaterThan(0)
  lodging.remove()
})
