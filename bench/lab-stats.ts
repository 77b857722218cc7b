/**
 * A look back at 100,000 answers: the whole command, from its start to its end, beside the shortest one there is. Both
 * run by turns, so that a busy minute falls on both.
 */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openHistory } from '../src/io/history.ts'
import { CLIENT, lodge } from '../test/kit/lodging.ts'
import { fill } from './history-fill.ts'
import { type Figure, interleaved, median, medianFigure, monotonicMs, summary } from './measure.ts'
import { zipfText } from './zipf-text.ts'

/** Few words: what was said is not looked at, and writing it down would take most of the time. */
const AMOUNT = {
  ...{ answers: 100_000, words: 12, longest: 5_000 },
  models: ['claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-opus-5-5'],
}
const TARGET_MS = 300

/** @param rounds how often each is run @param answers fewer in a test */
export async function statsFigures(rounds: number, answers = AMOUNT.answers): Promise<readonly Figure[]> {
  const data = mkdtempSync(join(tmpdir(), 'claude-tui-stats-'))
  const lodging = lodge({ CLAUDE_TUI_DATA_DIR: data })
  try {
    const history = await openHistory(join(data, 'history.db'))
    fill(history, zipfText(42), { ...AMOUNT, answers, longest: Math.min(AMOUNT.longest, answers / 2) })
    history.close()
    const ways = [['stats', '--since', 'all'], ['stats', '--since', 'all', '--json'], ['--version']] as const
    const ran = (args: readonly string[]) => {
      const from = monotonicMs()
      const { status, stdout, stderr } = spawnSync(process.execPath, [CLIENT, ...args], { env: lodging.env })
      const tookMs = monotonicMs() - from
      if (status !== 0) throw new Error(`claude-tui ${args.join(' ')} ended with ${status}: ${stderr}`)
      if (
        args[0] === 'stats' &&
        !stdout.includes(answers.toLocaleString('en-US')) &&
        !stdout.includes(`"answers":${answers}`)
      )
        throw new Error(`claude-tui ${args.join(' ')} does not tell of ${answers} answers.`)
      return tookMs
    }
    for (const way of ways) ran(way)
    const [words = [], json = [], bare = []] = await interleaved(rounds, ways, async (way) => ran(way))
    return [
      medianFigure(`stats over ${answers.toLocaleString('en-US')} answers, the whole command`, words, TARGET_MS),
      medianFigure('the same as JSON', json, TARGET_MS),
      {
        ...{ name: 'stats to a plain --version', measured: median(words) / median(bare), unit: 'x', target: null },
        detail: `stats ${summary(words)}, --version ${summary(bare)}, fastest ${Math.min(...words).toFixed(0)} and ${Math.min(...bare).toFixed(0)} ms`,
      },
    ]
  } finally {
    lodging.remove()
    rmSync(data, { recursive: true, force: true })
  }
}
