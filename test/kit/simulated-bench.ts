/** A bench of a server that exists in numbers only: what it measures is chance from a seed, with a drift as of a busy hour. */

import { METRICS, type Metric } from '../../src/core/lab/bench/figures.ts'
import { LEAST_PAIRS, pairsWanted, TIMED } from '../../src/core/lab/bench/power.ts'
import type { Run } from '../../src/core/lab/bench/run.ts'
import { judge, logRatios, type Verdict } from '../../src/core/lab/bench/verdict.ts'

/** A factor around 1, of chance. */
export type Noise = (chance: () => number) => number

/** Box and Muller. */
const normal = (chance: () => number) => Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance())

export const NOISES: Readonly<Record<string, Noise>> = {
  'a quiet server': (chance) => 1 + 0.02 * (2 * chance() - 1),
  'a usual one': (chance) => Math.exp(0.15 * normal(chance)),
  'one time in twenty three times as long': (chance) => Math.exp(0.1 * normal(chance)) * (chance() < 0.05 ? 3 : 1),
  'the demo server, 40% to either side': (chance) => 1 + 0.4 * (2 * chance() - 1),
}

export interface Simulated {
  readonly verdicts: readonly Verdict[]
  of(metric: Metric): Verdict
  readonly pairs: number
}

const TTFT_MS = 600
const PER_SECOND = 80
const TOKENS = 150

/** Two arms, measured for as long as the noise asks for. @param factors of the second arm */
export function simulated(
  noise: Noise,
  chance: () => number,
  factors: Readonly<Partial<Record<'ttft' | 'otps', number>>>,
): Simulated {
  const arms: readonly [Run[], Run[]] = [[], []]
  const measure = (arm: 0 | 1, block: number) => {
    // The hour is the same for both.
    const drift = 1 + 0.3 * Math.sin(block / 15)
    const ttftMs = TTFT_MS * drift * noise(chance) * (arm === 1 ? (factors.ttft ?? 1) : 1)
    const otps = (PER_SECOND / noise(chance)) * (arm === 1 ? (factors.otps ?? 1) : 1)
    arms[arm].push({
      ...{ arm, prompt: 0, block, end: 'finished', failure: null, stopReason: 'end_turn', model: 'm', attempts: 1 },
      ...{ ttftMs, otps, ttltMs: ttftMs + (1_000 * TOKENS) / otps, costUsd: 0.0015, usage: null, requestId: null },
    })
  }
  const ratios = (metric: Metric) => logRatios(arms[0], arms[1], metric)
  for (let want = LEAST_PAIRS; arms[0].length < want; ) {
    for (let block = arms[0].length; block < want; block++) for (const arm of [0, 1] as const) measure(arm, block)
    want = Math.max(want, ...TIMED.map((metric) => pairsWanted(ratios(metric), METRICS.length)))
  }
  const [judged] = judge(arms[0], [arms[1]], 'paired')
  return {
    verdicts: judged!.map(({ verdict }) => verdict),
    of: (metric) => judged!.find((one) => one.metric === metric)!.verdict,
    pairs: arms[0].length,
  }
}
