/**
 * How honest `claude-tui bench` is: what it measures against a server that was told what to do, and how often it calls
 * arms different that are alike, or does not see a change that is there.
 */

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BenchDocument } from '../src/core/lab/bench/document.ts'
import { seeded } from '../src/core/lab/stats/seeded.ts'
import { startDemo } from '../src/demo/server.ts'
import { NOISES, simulated } from '../test/kit/simulated-bench.ts'
import { amountFigure, countFigure, type Figure, median } from './measure.ts'

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
const BARE = fileURLToPath(new URL('bare-ttft.mjs', import.meta.url))

/** What the server is told: tokens, tokens a second, and ms to the first of them. */
const TOLD = { tokens: 400, rate: 400, ttftMs: 250 } as const
const RUNS = 20
/** Benches that are simulated for each noise and question. */
const BENCHES = 100

export async function benchFigures(): Promise<readonly Figure[]> {
  return [...(await measuredFigures()), ...simulatedFigures()]
}

async function measuredFigures(): Promise<readonly Figure[]> {
  const { tokens, rate, ttftMs } = TOLD
  const demo = await startDemo({ script: `words n=${tokens} rate=${rate} ttft=${ttftMs}ms x${2 * RUNS + 5}` })
  const home = mkdtempSync(join(tmpdir(), 'bench-of-bench-'))
  try {
    const { arms, spentUsd } = await benched(['--base-url', demo.url, '-m', 'fast', '-n', String(RUNS), 'Count.'], home)
    const { ttft, otps } = arms[0]!.metrics
    const answers = demo.requests.filter(({ billed }) => billed !== null).slice(-RUNS)
    // What the server's own timers made of it: they fire late on a busy machine, and that is no error of the bench.
    const own = answers.map(({ at, firstDeltaAt }) => firstDeltaAt! - at)
    const speeds = answers.map(({ firstDeltaAt, lastByteAt }) => (1_000 * tokens) / (lastByteAt! - firstDeltaAt!))
    const billed = answers.length + 1
    const usd = ((arms[0]!.inputTokens! * 0.1 + tokens * 0.5) / 1e6) * billed
    const off = (value: number, told: number) => Math.abs(value - told)
    // On a busy machine every client is late: a bare one, right after, by about as much.
    const bare: readonly number[] = JSON.parse(await ran([BARE, demo.url, String(RUNS)], home))
    const said = `median of ${RUNS}, server's own ${median(own).toFixed(2)} ms and ${median(speeds).toFixed(1)} tok/s`
    return [
      amountFigure('TTFT off what was told, p50', off(ttft!.p50.value, ttftMs), 'ms', 2, said),
      amountFigure("TTFT off the server's own clock, p50", off(ttft!.p50.value, median(own)), 'ms', 2),
      amountFigure(
        'TTFT above that of a bare client, p50',
        ttft!.p50.value - median(bare),
        'ms',
        2,
        `of ${median(bare).toFixed(2)} ms`,
      ),
      amountFigure('OTPS off what was told, %', (100 * off(otps!.p50.value, rate)) / rate, 'x', 1, said),
      countFigure('bench bill off by, millionths of a dollar', 1e6 * off(spentUsd?.value ?? 0, usd), 0.5),
    ]
  } finally {
    await demo.close()
    rmSync(home, { recursive: true, force: true })
  }
}

/** The document of a bench by the built program, in a home of its own. */
const benched = async (args: readonly string[], home: string): Promise<BenchDocument> =>
  JSON.parse(await ran([CLI, 'bench', ...args, '--json', '--quiet', '--yes'], home))

/** What a program says on stdout. */
function ran(args: readonly string[], home: string): Promise<string> {
  const env = {
    ...{ PATH: process.env.PATH, HOME: home, ANTHROPIC_API_KEY: 'key-of-a-bench' },
    ...{ XDG_DATA_HOME: home, XDG_CONFIG_HOME: home, XDG_STATE_HOME: home, XDG_CACHE_HOME: home },
    CLAUDE_TUI_SERVER_FEATURES: 'full',
  }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { env, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`It failed: ${stderr}`))
      else resolve(stdout)
    })
  })
}

function simulatedFigures(): readonly Figure[] {
  return Object.entries(NOISES).flatMap(([name, noise]) => {
    let [wrong, missed, pairs] = [0, 0, 0]
    for (let seed = 0; seed < BENCHES; seed++) {
      const alike = simulated(noise, seeded(seed), {})
      if (alike.verdicts.some((verdict) => verdict !== 'noise')) wrong++
      const [metric, factor] = (
        [
          ['ttft', 1.1],
          ['ttft', 0.9],
          ['otps', 1.1],
          ['otps', 0.9],
        ] as const
      )[seed % 4]!
      const changed = simulated(noise, seeded(seed + BENCHES), { [metric]: factor })
      if (changed.of(metric) !== (factor > 1 === (metric === 'otps') ? 'better' : 'worse')) missed++
      pairs += (alike.pairs + changed.pairs) / 2
    }
    const detail = `of ${BENCHES} benches, ${Math.round(pairs / BENCHES)} pairs each on average`
    return [
      countFigure(`alike, but called different: ${name}`, wrong, BENCHES * 0.05, detail),
      countFigure(`changed by a tenth, but not found: ${name}`, missed, BENCHES * 0.1, detail),
    ]
  })
}
