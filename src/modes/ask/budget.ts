/**
 * A one-shot held to its budgets, and its quote. Loaded only where there is a budget or `--dry-run`: looking into the
 * ledger and having the prompt counted takes time that no other call needs to spend.
 */

import type { Question } from '../../core/attachments.ts'
import type { State } from '../../core/conversation.ts'
import { money } from '../../core/figures/words.ts'
import { reported } from '../../core/figures.ts'
import { modelCard, shortName } from '../../core/models.ts'
import {
  about,
  type BudgetName,
  budgetsOf,
  hasBudget,
  passed,
  raiseBudget,
  type SpentSoFar,
  sayOver,
  sayUnpaid,
  type Tightest,
  tightest,
} from '../../core/money/budget.ts'
import { type Quote, quoteOf } from '../../core/money/quote.ts'
import { planRequest } from '../../core/request/plan.ts'
import type { TurnRequest } from '../../core/request.ts'
import { Ending, EXIT } from '../../core/turn/outcome.ts'
import type { Failure } from '../../core/turn.ts'
import { failure } from '../../core/weather/failures.ts'
import type { Api } from '../../io/api.ts'
import { type History, historyPath } from '../../io/history.ts'
import { dayStart } from '../../io/process/wall-clock.ts'
import type { Setup } from '../../setup.ts'
import { openPatiently } from '../sessions/found.ts'
import { type Allow, COUNT_WITHIN_MS, within } from '../thrift/allowance.ts'

/** A setup that can ask. */
export type Ready = Setup & { readonly api: Api }

/** How often a call tries to hold what is left of the day, while others hold more of it. */
const HOLD_TRIES = 5
/** Answers that what is expected rests on. */
const PAST_ANSWERS = 200

export interface AskBudget {
  /** Looks at every attempt before it is sent. */
  readonly allow: Allow
  /** What was held is free again: called when the answer is in the ledger. */
  close(): void
}

/** @throws Ending when the call is expected to pass a budget */
export async function heldToBudget(
  setup: Ready,
  state: State,
  question: Question,
  {
    note,
    attemptsInVain,
    alreadyUsd,
  }: {
    readonly note: (line: string) => void
    readonly attemptsInVain: () => number
    /** What this call has spent beside its turn, and is not in the ledger yet. */
    readonly alreadyUsd: () => number
  },
): Promise<AskBudget> {
  const { settings, api, isDemo, maxCostSets } = setup
  const { models } = state
  const budgets = budgetsOf(settings)
  const isKept = settings.history === 'on'
  if (budgets.day !== undefined && !isKept)
    note('Nothing is kept of this call: what else was spent today is not known.')
  const history = isKept ? await openPatiently(historyPath(process.env, isDemo)) : null
  let hold: number | null = null
  const letGo = () => {
    if (hold !== null) history?.release(hold)
    hold = null
  }
  const close = () => {
    letGo()
    history?.close()
  }
  try {
    const spent = spentOf(history, alreadyUsd())
    const quote = await quoted(setup, state, question, history)
    const { objection: why } = await heldQuote(quote, setup, planRequest(state, question), state, spent)
    if (why) throw new Ending(EXIT.overBudget, why)
  } catch (error) {
    close()
    throw error
  }
  /** What attempts in vain have cost at most, how many there were, and what the last one could have cost. */
  let wasted = 0
  const dayBefore = spentOf(history).day.value
  let vain = 0
  let before = 0
  return {
    async allow(request) {
      // One that began and failed may have spent whatever it was allowed: nobody knows better.
      if (attemptsInVain() > vain) wasted += before
      vain = attemptsInVain()
      letGo()
      const spent = spentOf(history)
      const own = reported(wasted + alreadyUsd())
      // What was paid beside the turn may not be in the ledger yet.
      const unsaved = Math.max(0, dayBefore + alreadyUsd() - spent.day.value)
      const used = { turn: own, session: own, day: reported(spent.day.value + unsaved + wasted) }
      let least = tightest(budgets, used)
      if (!least) return request
      let found = await within(request, least.left, { models, api })
      // Others may be spending the same day's money meanwhile: what they hold is theirs.
      for (let tries = 0; history && budgets.day !== undefined && 'request' in found && hold === null; tries++) {
        const held = history.hold(found.mostUsd ?? 0, budgets.day - wasted - unsaved, dayStart(Date.now()), Date.now())
        hold = held.id
        if (hold !== null) break
        if (tries === HOLD_TRIES) return heldByOthers(budgets.day, maxCostSets)
        const left = Math.max(0, budgets.day - held.usedUsd - wasted - unsaved)
        if (left < least.left) least = { name: 'day', most: budgets.day, left }
        found = await within(request, least.left, { models, api })
      }
      if ('promptUsd' in found) return unpaid(found.promptUsd, least, maxCostSets)
      before = found.mostUsd ?? 0
      return found.request
    },
    close,
  }
}

/** What the question would cost, by the answers there were before. */
export async function quoted(
  { api }: Ready,
  state: State,
  question: Question,
  history: Pick<History, 'past'> | null,
): Promise<Quote> {
  const counted = await api.count(planRequest(state, question), AbortSignal.timeout(COUNT_WITHIN_MS))
  const { id } = modelCard(state.choices.model, state.models)
  return quoteOf(state, question, { counted, past: history?.past(PAST_ANSWERS, id) ?? [], now: performance.now() })
}

/** A call is a turn and a session of its own. @param ownUsd what it has spent that is not in the history */
export function spentOf(history: Pick<History, 'spentSince'> | null, ownUsd = 0): SpentSoFar {
  const own = reported(ownUsd)
  return { turn: own, session: own, day: reported((history?.spentSince(dayStart(Date.now())) ?? 0) + ownUsd) }
}

/** Why a request beside the turn that is expected to cost so much is not sent; null: no budget is in its way. */
export async function unaffordable(
  setup: Setup,
  usd: number | null,
  model: string,
  what = 'the summary',
): Promise<string | null> {
  if (usd === null) return unpriced(model, setup.state)
  const isKept = setup.settings.history === 'on'
  const history = isKept ? await openPatiently(historyPath(process.env, setup.isDemo)) : null
  try {
    const over = passed(usd, budgetsOf(setup.settings), spentOf(history))
    return over && `Not sent: ${sayOver(over, what, setup.maxCostSets)}`
  } finally {
    history?.close()
  }
}

/** US dollars that a call may still spend; infinite: there is no budget. */
export async function leftOfBudgets(setup: Setup): Promise<number> {
  const isKept = setup.settings.history === 'on'
  const history = isKept ? await openPatiently(historyPath(process.env, setup.isDemo)) : null
  try {
    return tightest(budgetsOf(setup.settings), spentOf(history))?.left ?? Number.POSITIVE_INFINITY
  } finally {
    history?.close()
  }
}

const unpriced = (model: string, { models }: Pick<State, 'models'>) =>
  `The price of ${shortName(model, models)} is unknown: no budget can hold it. The setting "models" takes prices of your own.`

/** What is left of the day is promised to others. */
const heldByOthers = (day: number, byFlag?: BudgetName): Failure =>
  failure('budget', `Not sent: calls under way may spend all that is left of the ${money(day)} for today.`, {
    remedy: `Call again once they are done, or ${raiseBudget('day', byFlag)}`,
  })

/** A budget refuses the prompt itself. */
const unpaid = (promptUsd: number, least: Tightest, byFlag?: BudgetName): Failure => {
  const remedy = raiseBudget(least.name, byFlag)
  return failure('budget', sayUnpaid(promptUsd, least, byFlag), {
    remedy: `${remedy[0]!.toUpperCase()}${remedy.slice(1)}`,
  })
}

/**
 * A quote under the budgets there are: what they leave for the answer, or why it is not sent.
 * @param firstUsd what is spent before it, and is told with it: part of `spent`
 */
export async function heldQuote(
  quote: Quote,
  setup: Ready,
  request: TurnRequest,
  state: State,
  spent: SpentSoFar,
  firstUsd = 0,
): Promise<{ readonly quote: Quote; readonly objection: string | null }> {
  const why = objection(quote, setup, state, spent, firstUsd)
  const least = tightest(budgetsOf(setup.settings), spent)
  if (why !== null || !least || !quote.usd) return { quote, objection: why }
  const found = await within(request, least.left, { models: state.models, api: setup.api })
  if ('promptUsd' in found) {
    const { reason, remedy } = unpaid(found.promptUsd, least, setup.maxCostSets)
    return { quote, objection: `${reason} ${remedy}` }
  }
  const most = found.request.maxTokens
  if (most === quote.output.most) return { quote, objection: null }
  const usd = { ...quote.usd, most: Math.min(quote.usd.most, found.mostUsd ?? quote.usd.most) }
  return { quote: { ...quote, usd, output: { ...quote.output, most, isHeld: true } }, objection: null }
}

function objection(
  { usd, model }: Quote,
  { settings, maxCostSets }: Setup,
  state: State,
  spent: SpentSoFar,
  firstUsd: number,
): string | null {
  const budgets = budgetsOf(settings)
  if (!hasBudget(settings)) return null
  if (!usd) return unpriced(model, state)
  const over = passed(usd.likely, budgets, spent)
  const whole = over && { ...over, usd: over.usd + firstUsd }
  const what = firstUsd > 0 ? 'this call, with what is asked first,' : 'this call'
  return whole && `Not sent: ${sayOver(whole, what, maxCostSets)} The prompt alone costs ${about(usd.least)}.`
}
