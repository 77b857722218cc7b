/** What a bench sends, made ready before its first run: requests, prices, and how many blocks there are to be. */

import { randomBytes } from 'node:crypto'
import { type Args, UsageError } from '../../args.ts'
import type { Question } from '../../core/attachments.ts'
import type { Arm } from '../../core/lab/bench/arms.ts'
import type { BenchDocument } from '../../core/lab/bench/document.ts'
import { METRICS } from '../../core/lab/bench/figures.ts'
import { LEAST_PAIRS, MOST_PAIRS, pairsWanted, TIMED } from '../../core/lab/bench/power.ts'
import { prewarming, requestOf, uncacheable } from '../../core/lab/bench/prompt.ts'
import type { Run } from '../../core/lab/bench/run.ts'
import { logRatios } from '../../core/lab/bench/verdict.ts'
import { FAST_MODE_PRICE, type Models, modelCard, overlay, scaledPrices } from '../../core/models.ts'
import type { TurnRequest } from '../../core/request.ts'
import type { Api } from '../../io/api.ts'
import type { Setup } from '../../setup.ts'
import type { BenchAsked } from './asked.ts'
import type { Plan } from './conduct.ts'

export interface BenchPlan extends Plan {
  readonly armsOf: readonly Arm[]
  /** The measured request of each arm and prompt, as it may look. */
  sample(arm: number, prompt: number): TurnRequest
  /** Blocks at least and at most. */
  readonly between: readonly [number, number]
  /** What the figures do not say by themselves, in sentences. */
  afterwards(document: BenchDocument): readonly string[]
}

interface Told {
  readonly note: (line: string) => void
  readonly signal: AbortSignal
}

/** @throws UsageError */
export async function planOf(
  args: Args,
  setup: Setup & { readonly api: Api },
  asked: BenchAsked,
  arms: readonly Arm[],
  told: Told,
): Promise<BenchPlan> {
  const { state } = setup
  const questions = await questionsOf(args, setup, asked, arms, told)
  const nonce = () => randomBytes(6).toString('hex')
  const request = (arm: number, prompt: number) => {
    const { text: _, ...rest } = asked.prompts[prompt]!
    return requestOf(state, arms[arm]!, { question: questions(arm, prompt), ...rest }, nonce())
  }
  const prices = arms.map((arm) => pricesOf(arm, state.models))
  for (const [i] of arms.entries()) {
    const sample = request(i, 0)
    const why = uncacheable(sample, modelCard(sample.model, state.models))
    if (why) throw new UsageError(why)
  }
  const { prompts, warmUps, repeats } = asked
  const blocksFor = (pairs: number) => Math.ceil(pairs / prompts.length)
  return {
    ...{ arms: arms.length, prompts: prompts.length, warmUps, models: state.models, armsOf: arms, sample: request },
    between: repeats === null ? [blocksFor(LEAST_PAIRS), blocksFor(MOST_PAIRS)] : [repeats, repeats],
    blocks: (runs) => repeats ?? blocksFor(wanted(runs, arms.length)),
    modelsOf: (arm) => prices[arm]!,
    requests(arm, prompt) {
      const measured = request(arm, prompt)
      return arms[arm]!.isPrewarmed ? [prewarming(measured), measured] : [measured]
    },
    afterwards: ({ arms: figures }) =>
      figures
        .filter(
          ({ cacheReadTokens, runs, failed }, i) => arms[i]!.cache === 'warm' && runs > failed && !cacheReadTokens,
        )
        .map(
          ({ name }) => `${name}: nothing was read from the cache, so it was not warm. Is it marked, and long enough?`,
        ),
  }
}

/** The pairs wanted by the metric that scatters most. */
function wanted(runs: readonly Run[], arms: number): number {
  const of = (arm: number) => runs.filter((run) => run.arm === arm)
  const baseline = of(0)
  const judged = METRICS.length * (arms - 1)
  const needs = Array.from({ length: arms - 1 }, (_, i) => of(i + 1)).flatMap((other) =>
    TIMED.map((metric) => pairsWanted(logRatios(baseline, other, metric), judged)),
  )
  return Math.max(LEAST_PAIRS, ...needs)
}

function pricesOf({ choices, isFast }: Arm, models: Models): Models {
  const { id, prices } = modelCard(choices.model, models)
  return isFast ? overlay(models, [{ id, prices: scaledPrices(prices, FAST_MODE_PRICE) }]) : models
}

/** The questions with what goes with them, made ready once for each size of images. */
async function questionsOf(
  args: Args,
  setup: Setup & { readonly api: Api },
  { prompts }: BenchAsked,
  arms: readonly Arm[],
  { note, signal }: Told,
): Promise<(arm: number, prompt: number) => Question> {
  if (!args.many?.attach) return (_, prompt) => prompts[prompt]!.text
  const [{ attachedBy }, { withAttached }] = await Promise.all([
    import('../attachments/attach-words.ts'),
    import('../ask/attached.ts'),
  ])
  const refs = attachedBy(args).map((ref) => {
    if (ref === 'stdin') throw new UsageError('A bench attaches files: --attach FILE.')
    return ref
  })
  const made = await Promise.all(
    arms.map(async ({ choices, imageSize }) => {
      const settings = imageSize === undefined ? setup.settings : { ...setup.settings, imageSize }
      const state = { ...setup.state, choices }
      const io = { note, billed() {}, expects() {}, isDry: false }
      const text = prompts[0]!.text
      return withAttached({ text, refs }, { ...setup, settings, state }, state, io, signal)
    }),
  )
  return (arm, prompt) => {
    const ready = made[arm]!
    return typeof ready === 'string' ? prompts[prompt]!.text : { ...ready, text: prompts[prompt]!.text }
  }
}
