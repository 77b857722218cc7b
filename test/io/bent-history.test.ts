/** A history whose rows somebody has bent: what can be read is, the rest is trouble with a name. Never a crash. */

import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bent, diceOf, type Json } from '../../bench/weather-streams.ts'
import type { Args } from '../../src/args.ts'
import { sanitise } from '../../src/core/text/sanitise.ts'
import { theme } from '../../src/core/text/theme.ts'
import { seeded } from '../../src/demo/chance.ts'
import { HistoryTrouble, openHistoryToRead } from '../../src/io/history.ts'
import { recall } from '../../src/modes/history/recall.ts'
import { runSessions } from '../../src/modes/sessions.ts'
import { runCost } from '../../src/modes/shell/cost.ts'
import { put, type Shelf, shelf, turn } from '../kit/histories.ts'
import { livePlaces } from '../kit/hostile-parts.ts'
import { fresh } from '../kit/lived.ts'

const RUNS = 120
const NOW = 1_700_000_000_000

let at: Shelf
beforeEach(() => {
  at = shelf()
})
afterEach(() => at[Symbol.asyncDispose]())

interface Row {
  readonly rowid: number
  readonly value: unknown
}

/** Puts something else in one place of the file, whichever it is. @returns what, for the report */
function bend(path: string, run: number): { readonly told: string; undo(): void } {
  const dice = diceOf(seeded(run))
  const db = new DatabaseSync(path)
  const places = [
    ...Array.from({ length: 20 }, () => ['events', 'body'] as const),
    ['events', 'turn'],
    ['events', 'wall_ms'],
    ['conversations', 'title'],
    ['conversations', 'model'],
    ['conversations', 'updated_ms'],
    ['conversations', 'cost_usd'],
    ['conversations', 'turns'],
    ['conversations', 'kind'],
    ['answers', 'model'],
    ['answers', 'prices'],
    ['answers', 'input'],
    ['answers', 'purpose'],
  ] as const
  const columns = (table: string) =>
    db
      .prepare(`pragma table_info(${table})`)
      .all()
      .map(({ name }) => name)
  const [table, column] = dice.one(places.filter(([name, field]) => columns(name).includes(field)))
  const rows = db.prepare(`select rowid as rowid, ${column} as value from ${table}`).all() as unknown as readonly Row[]
  const { rowid, value } = dice.one(rows)
  const odd: unknown[] = [
    null,
    '',
    'x',
    -1,
    1e300,
    'text \x1b[0002J \u009b2J',
    '[]',
    '{}',
    '[null]',
    'nul\0l',
    '[[[',
    0.5,
  ]
  const json =
    column === 'body' && dice.happens(0.7)
      ? JSON.stringify(bent(JSON.parse(String(value)) as Json, dice))
      : dice.one(odd)
  let isDone = true
  try {
    db.exec('pragma ignore_check_constraints = on')
    db.prepare(`update ${table} set ${column} = ? where rowid = ?`).run(json as string, rowid)
  } catch {
    // The file itself has refused it.
    isDone = false
  }
  db.close()
  return {
    told: `run ${run}: ${table}.${column} = ${String(json).slice(0, 300)}`,
    undo() {
      if (!isDone) return
      const again = new DatabaseSync(path)
      again.prepare(`update ${table} set ${column} = ? where rowid = ?`).run(value as string, rowid)
      again.close()
    },
  }
}

test('a bent history can be listed, searched, shown, exported, gone on with and billed, or tells its trouble', {
  timeout: 120_000,
}, async () => {
  const history = await at.history()
  const id = put(history, [...turn('first question', 'an answer', 10), ...turn('second', '**more**', 50)])
  put(history, turn('another evening', 'good night', 20))
  const { uid } = history.one(id)!
  history.close()
  const commands: readonly (readonly [readonly string[], Args['flags']?])[] = [
    [['list']],
    [['list'], { json: true }],
    [['search', 'question']],
    [['show', uid]],
    [['show', uid], { json: true }],
    [['export', uid], { format: 'html' }],
    [['export', uid], { format: 'jsonl' }],
    [['prune'], { 'dry-run': true, 'older-than': '1d' }],
  ]
  for (let run = 0; run < RUNS; run++) {
    const { told, undo } = bend(at.path, run)
    const written: string[] = []
    const io = {
      write: (text: string) => void written.push(text),
      // A line for people is made harmless by whoever writes it.
      err: (text: string) => void written.push(sanitise(text)),
      errColumns: 80,
      terminal: () => ({ columns: 80, theme: theme({ colour: 'none', links: false }) }),
      path: at.path,
      keepDays: () => null,
      nowMs: () => NOW,
    }
    try {
      for (const [rest, flags = {}] of commands) await runSessions({ command: 'sessions', flags, rest }, io)
      const again = await openHistoryToRead(at.path)
      try {
        await recall(id, { history: again, fresh: fresh(), origin: 0 })
      } catch (error) {
        if (!(error instanceof HistoryTrouble)) throw error
      } finally {
        again.close()
      }
      await runCost({ command: 'cost', flags: { days: '36500' }, rest: [] }, io)
    } catch (error) {
      throw new Error(`${(error as Error).stack?.split('\n').slice(0, 5).join(' ')} in ${told}`)
    }
    expect([told, livePlaces(Buffer.from(written.join('')), 'tag')]).toEqual([told, []])
    undo()
  }
})
