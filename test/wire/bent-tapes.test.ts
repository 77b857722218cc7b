/** Recordings that somebody has bent: each is played, or refused with the line that is wrong. Never a crash. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bent, diceOf, type Json } from '../../bench/weather-streams.ts'
import { statusBar } from '../../src/core/chat/status.ts'
import { treeRows } from '../../src/core/conversation/tree.ts'
import { billOf, chargesOf } from '../../src/core/money/bill.ts'
import { readTape } from '../../src/core/tape/reader.ts'
import { theme } from '../../src/core/text/theme.ts'
import { roomOf } from '../../src/core/window/room.ts'
import { seeded } from '../../src/demo/chance.ts'
import { createTranscript } from '../../src/glass/transcript.ts'
import { turn } from '../kit/histories.ts'
import { fresh, lived } from '../kit/lived.ts'
import { replayed } from '../kit/replay.ts'

const RUNS = 400
const EVENING = readFileSync(fileURLToPath(new URL('./evening.jsonl', import.meta.url)), 'utf8')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'claude-tui-bent-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A short evening that goes on with an earlier one, and reviews it. */
function lines(): readonly Json[] {
  const { state } = lived([...turn('first', 'yes', 10), ...turn('second', 'no', 50)], fresh())
  const { choices, turns, branches, title, sideCalls, summaries, marks, next, spent } = state
  const past = { choices, turns, branches, title, sideCalls, summaries, marks, next, spent }
  const [head, ...rest] = EVENING.trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Json)
  const deed = (at: number, deed: object) => ({ type: 'did', at, deed }) as unknown as Json
  const exchange = rest.filter((line) => (line as { exchange?: number }).exchange === 2)
  return [
    head!,
    deed(1, { type: 'resumed', past: JSON.parse(JSON.stringify(past)) as object }),
    deed(2, { type: 'reviewed', event: { type: 'marked', turn: 1, as: 'dropped' } }),
    deed(3, {
      type: 'reviewed',
      event: { type: 'summarised', at: 3, upTo: 1, of: null, kind: 'summary', text: 's', facts: ['f'] },
    }),
    deed(4, { type: 'reviewed', event: { type: 'amended', id: 1, facts: ['g'] } }),
    deed(5, { type: 'titled', title: 'A title' }),
    deed(6, { type: 'chosen', choices: { model: 'fast' } }),
    deed(7, { type: 'moved', to: 1 }),
    deed(8, { type: 'asked', text: 'once more', queued: false }),
    ...exchange,
  ]
}

test('a bent recording is played or refused, and what it leads to can be shown', { timeout: 120_000 }, async () => {
  const whole = lines()
  const path = join(folder, 'tape')
  let played = 0
  for (let run = 0; run < RUNS; run++) {
    const dice = diceOf(seeded(run))
    // What a person did says most, and is looked at least by the wire.
    const at = dice.happens(0.8) ? 1 + dice.below(8) : dice.below(whole.length)
    const bytes = whole.map((line, i) => `${JSON.stringify(run > 0 && i === at ? bent(line, dice) : line)}\n`).join('')
    const reading = readTape(Buffer.from(bytes), 'bent')
    if ('problem' in reading) {
      expect(reading.problem).toMatch(/^"bent"/)
      continue
    }
    played++
    writeFileSync(path, bytes)
    const told = () => `run ${run}: ${bytes.split('\n')[at]?.slice(0, 2_000)}`
    try {
      const { state } = await replayed(path)
      statusBar(state, '', 1e6, 80)
      const transcript = createTranscript(theme({ colour: 'none', links: false }), 60)
      for (const one of [...state.turns, ...state.branches]) transcript.again(one)
      roomOf(state)
      billOf(chargesOf(state))
      treeRows([...state.turns, ...state.branches], state.turns.at(-1)?.number ?? null)
      JSON.stringify(state)
    } catch (error) {
      throw new Error(`${(error as Error).stack?.split('\n').slice(0, 4).join(' ')} in ${told()}`)
    }
  }
  expect(played).toBeGreaterThan(RUNS / 20)
})
