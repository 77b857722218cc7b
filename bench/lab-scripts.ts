/**
 * What scripts are told, held against what is true: the bill of calls that ask more than once (`--schema`, `--split`)
 * against the server's own, by the built client and its ledger; and how often `quality` calls chance a change.
 */

import { drift, isSure, rateChange } from '../src/core/lab/quality.ts'
import { costUsd, modelCard } from '../src/core/models.ts'
import { opened, room } from '../test/io/history-kit.ts'
import { evening } from '../test/kit/evening.ts'
import { countFigure, type Figure } from './measure.ts'

const CALLS = 8
const TRIALS = 1_000
/** Answers on either side of a comparison. */
const ANSWERS = 200
/** Share of comparisons in which chance may be called a change, and of true changes that are to be found. */
const FALSE_ALARMS = 0.02
const MISSED = 0.1

export async function scriptFigures(): Promise<readonly Figure[]> {
  return [...(await billFigures()), ...qualityFigures()]
}

const LONG = Array.from({ length: 60 }, (_, i) => `# Chapter ${i}\n\n${'Some words about tides. '.repeat(12)}\n`).join(
  '\n',
)

async function billFigures(): Promise<readonly Figure[]> {
  using place = room()
  // A part that begins and breaks, a limit, an answer that does not fit: all of it is somebody's money.
  await using night = await evening('429 retry-after=0\nerror-mid after=0 type=overloaded_error\ntext "Sure!"')
  const env = { CLAUDE_TUI_DATA_DIR: place.folder, CLAUDE_TUI_BREAKER: 'off' }
  await night.pipe({ args: ['--split=2000', 'sum up'], stdin: LONG, env, timeoutMs: 60_000 })
  for (let i = 0; i < CALLS; i++) await night.pipe({ args: ['--schema', 'name, age int', `who ${i}?`], env })
  const billed = night.demo.requests.flatMap((one) => (one.billed ? [one] : []))
  // What broke off is an estimate in any ledger: the server tells nobody what it wrote of it.
  const whole = billed.filter(({ line }) => !line?.startsWith('error-mid'))
  const server = whole.reduce((sum, { billed: one }) => {
    const { input, read, write5m, write1h, output, model } = one!
    const usage = { input, cacheRead: read, cacheWrite5m: write5m, cacheWrite1h: write1h, output, thinking: null }
    return sum + costUsd(modelCard(model), usage)!
  }, 0)
  using history = await opened(`${place.folder}/history.db`)
  const ledger = history.charges(0)
  const exact = ledger.filter(({ outputIsEstimate }) => !outputIsEstimate)
  const off = Math.abs(exact.reduce((sum, { costUsd: usd }) => sum + (usd ?? 0), 0) - server)
  return [
    countFigure(
      "calls that ask more than once: millionths of a dollar off the server's bill",
      Math.round(off * 1e6),
      0,
      `${whole.length} answers, $${server.toFixed(4)}`,
    ),
    countFigure(
      'calls that ask more than once: billed attempts that are in no ledger',
      billed.length - ledger.length,
      0,
    ),
  ]
}

/** Numbers that look random and are the same each time (mulberry32). */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let one = Math.imul(state ^ (state >>> 15), 1 | state)
    one = (one + Math.imul(one ^ (one >>> 7), 61 | one)) ^ one
    return ((one ^ (one >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Lengths as answers have them: few are long. */
const lengths = (chance: () => number, factor: number) =>
  Array.from({ length: ANSWERS }, () => factor * 300 * Math.exp(0.5 * (chance() + chance() + chance() - 1.5) * 2)).sort(
    (a, b) => a - b,
  )
const count = (chance: () => number, share: number) =>
  Array.from({ length: ANSWERS }, () => chance() < share).filter(Boolean).length

function qualityFigures(): readonly Figure[] {
  const share = (of: (chance: () => number) => boolean) =>
    Array.from({ length: TRIALS }, (_, i) => of(dice(i + 1))).filter(Boolean).length / TRIALS
  const alike = share((chance) => isSure(drift(lengths(chance, 1), lengths(chance, 1))))
  const longer = share((chance) => !isSure(drift(lengths(chance, 1), lengths(chance, 1.35))))
  const rates = (a: number, b: number) => (chance: () => number) =>
    isSure(rateChange({ of: ANSWERS, count: count(chance, a) }, { of: ANSWERS, count: count(chance, b) }))
  const same = share(rates(0.05, 0.05))
  const worse = share((chance) => !rates(0.05, 0.2)(chance))
  const of = `${TRIALS} comparisons of ${ANSWERS} and ${ANSWERS} answers`
  return [
    countFigure('quality: chance called a change of length', alike, FALSE_ALARMS, of),
    countFigure('quality: a third longer, and not seen', longer, MISSED, of),
    countFigure('quality: chance called a change of a share', same, FALSE_ALARMS, '5% and 5%'),
    countFigure('quality: a share four times as large, and not seen', worse, MISSED, '5% and 20%'),
  ]
}
