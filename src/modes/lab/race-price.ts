/** What a race likely costs, and whether that is asked about first: all its answers together. */

import type { Question } from '../../core/attachments.ts'
import { money } from '../../core/figures/words.ts'
import { shortName } from '../../core/models.ts'
import { about, raiseBudget } from '../../core/money/budget.ts'
import { quoteOf } from '../../core/money/quote.ts'
import type { Peers, ThriftParts } from '../thrift.ts'
import { forked } from './race-run.ts'

/** Answers that what is expected rests on: the latest ones of a model. */
const PAST_ANSWERS = 200

export interface RacePrice {
  /** Why it should not simply go out; null: it may. */
  readonly why: string | null
  /** What all may cost together, US dollars; infinite: there is no budget. */
  readonly leftUsd: number
}

export async function raceObjection(
  models: readonly string[],
  question: Question,
  { runtime, setup, history, now }: ThriftParts,
  peers: Peers,
): Promise<RacePrice> {
  const { settings, maxCostSets } = setup()
  const { state } = runtime
  const least = await peers.least()
  const leftUsd = least?.left ?? Number.POSITIVE_INFINITY
  if (least === null && settings.askAbove === null) return { why: null, leftUsd }
  const open = await history()
  const likely = models.map((model) => {
    const past = open?.history.past(PAST_ANSWERS, model) ?? []
    const { usd } = quoteOf(forked(state, model), question, { counted: null, past, now: now() })
    return { name: shortName(model, state.models), usd: usd?.likely ?? null }
  })
  const unpriced = likely.filter(({ usd }) => usd === null).map(({ name }) => name)
  if (unpriced.length > 0 && least)
    return { why: `The price of ${unpriced.join(' and ')} is unknown: no budget can hold it.`, leftUsd }
  const sum = likely.reduce((total, { usd }) => total + (usd ?? 0), 0)
  const each = likely.map(({ name, usd }) => `${name} ${usd === null ? 'unknown' : about(usd)}`).join(', ')
  const head = `These ${models.length} answers likely cost ${about(sum)} together (${each})`
  if (least && sum > least.left) {
    const left = `more than the ${money(Math.max(0, least.left))} left of the budget of this ${least.name}`
    return { why: `${head}, ${left}; ${raiseBudget(least.name, maxCostSets)}`, leftUsd }
  }
  if (settings.askAbove === null || sum <= settings.askAbove) return { why: null, leftUsd }
  return { why: `${head}, more than the ${money(settings.askAbove)} of the setting askAbove.`, leftUsd }
}
