/** Nothing is spent before it is agreed on: the estimate, the question at a terminal, the flag for scripts. */

import { type Args, UsageError } from '../../args.ts'
import { count, money } from '../../core/figures/words.ts'
import { likelyUsd } from '../../core/lab/bench/quote.ts'
import { modelCard, shortName } from '../../core/models.ts'
import { about } from '../../core/money/budget.ts'
import { Ending, EXIT } from '../../core/turn/outcome.ts'
import type { Setup } from '../../setup.ts'
import type { BenchIo } from '../bench.ts'
import type { BenchAsked } from './asked.ts'
import type { BenchPlan } from './plan.ts'
import type { Purse } from './purse.ts'

interface Agreeing {
  readonly args: Args
  readonly setup: Setup
  readonly plan: BenchPlan
  readonly purse: Purse
  readonly io: BenchIo
  readonly asked: BenchAsked
  readonly signal: AbortSignal
}

/** US dollars of so many blocks, what warms up included; null: a price is unknown. */
function expected({ plan, purse, asked }: Agreeing, blocks: number): number | null {
  let usd = 0
  for (let arm = 0; arm < plan.arms; arm++)
    for (let prompt = 0; prompt < plan.prompts; prompt++) {
      const request = plan.sample(arm, prompt)
      const one = likelyUsd(plan.armsOf[arm]!, request, plan.modelsOf(arm), purse.usualOutput(request.model))
      if (one === null) return null
      usd += one * (blocks + asked.warmUps)
    }
  return usd
}

/** @throws Ending when it is not to be */
export async function agreed(agreeing: Agreeing): Promise<void> {
  const { args, setup, plan, purse, io, signal } = agreeing
  const [least, most] = plan.between.map((blocks) => expected(agreeing, blocks)) as [number | null, number | null]
  const left = purse.left()
  if (purse.hasBudget && least === null) {
    const unpriced = plan.armsOf.find(({ choices }) => modelCard(choices.model, setup.state.models).prices === null)
    const name = shortName(unpriced?.choices.model ?? setup.settings.model, setup.state.models)
    throw new Ending(
      EXIT.overBudget,
      `The price of ${name} is unknown: no budget can hold it. The setting "models" takes prices of your own.`,
    )
  }
  if (least !== null && least > left)
    throw new Ending(
      EXIT.overBudget,
      `Not begun: this bench likely costs ${about(least)}, and ${money(left)} is left of its budget (--max-cost, or the settings). Lower --repeats, or raise the budget.`,
    )
  if (setup.isDemo || args.flags.yes === true) return
  const say = sayExpected(agreeing, least, most)
  if (!io.stdin.isTTY || !io.stderr.isTTY)
    throw new UsageError(`${say} It is not begun unasked: add --yes, and --max-cost USD to be sure of the most.`)
  const isYes = await answered(io, `${say} Begin? [y/N] `, signal)
  if (!isYes) throw new Ending(EXIT.usage, 'Not begun: nothing was sent.')
}

function sayExpected({ plan, asked }: Agreeing, least: number | null, most: number | null): string {
  const perBlock = plan.arms * plan.prompts
  const runs = plan.between.map((blocks) => (blocks + asked.warmUps) * perBlock)
  const many =
    runs[0] === runs[1] ? count(runs[0]!, 'run') : `${count(runs[0]!, 'run')} to ${runs[1]}, as the noise asks for`
  const cost =
    least === null || most === null
      ? 'at a price that is unknown'
      : runs[0] === runs[1]
        ? `for ${about(least)}`
        : `for ${about(least)} to ${about(most)}`
  return `This bench sends ${many}, ${cost}.`
}

/** @throws Ending when the program is told to end meanwhile */
async function answered({ stdin, stderr }: BenchIo, question: string, signal: AbortSignal): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises')
  const lines = createInterface({ input: stdin, output: stderr })
  // Keys that a terminal hands on as such while a line is being typed.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    return /^y(es)?$/i.test((await lines.question(question, { signal })).trim())
  } catch {
    throw new Ending(EXIT.sigint, 'Not begun: nothing was sent.')
  } finally {
    lines.close()
  }
}
