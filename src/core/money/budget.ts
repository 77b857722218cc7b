/** Budgets: what may be spent on a turn, in a session, in a day, and what a request that would pass one is told. */

import type { State } from '../conversation.ts'
import { money, moneyApart } from '../figures/words.ts'
import { type Figure, mark, sum } from '../figures.ts'
import type { PriceCard } from '../models.ts'
import type { Settings } from '../settings.ts'

export type BudgetName = 'turn' | 'session' | 'day'

/** US dollars; absent: there is no such budget. */
export type Budgets = Readonly<Partial<Record<BudgetName, number>>>

/** What has been spent of each so far. */
export type SpentSoFar = Readonly<Record<BudgetName, Figure>>

/** A budget that a request would pass. */
export interface Over {
  readonly name: BudgetName
  /** What the request is expected to cost. */
  readonly usd: number
  /** What would have been spent with it, of how much. */
  readonly would: number
  readonly most: number
}

export function budgetsOf(settings: Pick<Settings, 'maxCostTurn' | 'maxCostSession' | 'maxCostDay'>): Budgets {
  const { maxCostTurn: turn, maxCostSession: session, maxCostDay: day } = settings
  return {
    ...(turn === null ? {} : { turn }),
    ...(session === null ? {} : { session }),
    ...(day === null ? {} : { day }),
  }
}

export const hasBudget = (settings: Parameters<typeof budgetsOf>[0]): boolean =>
  Object.keys(budgetsOf(settings)).length > 0

const NAMES: readonly BudgetName[] = ['turn', 'session', 'day']

/** The first budget that so much more would pass; null: none. */
export function passed(usd: number, budgets: Budgets, spent: SpentSoFar): Over | null {
  for (const name of NAMES) {
    const most = budgets[name]
    const would = spent[name].value + usd
    if (most !== undefined && would > most) return { name, usd, would, most }
  }
  return null
}

/** The budget with the least left of it. */
export interface Tightest {
  readonly name: BudgetName
  readonly most: number
  /** US dollars. */
  readonly left: number
}

/** null: there is no budget. */
export function tightest(budgets: Budgets, spent: SpentSoFar): Tightest | null {
  let found: Tightest | null = null
  for (const name of NAMES) {
    const most = budgets[name]
    if (most === undefined) continue
    const left = Math.max(0, most - spent[name].value)
    if (!found || left < found.left) found = { name, most, left }
  }
  return found
}

/** What is left of the tightest budget, US dollars; infinite without any. */
export const leftOf = (budgets: Budgets, spent: SpentSoFar): number =>
  tightest(budgets, spent)?.left ?? Number.POSITIVE_INFINITY

/** The limit of output tokens that so much money pays behind a prompt; below 1: none. @param promptUsd at its dearest */
export function payable(leftUsd: number, promptUsd: number, price: PriceCard): number {
  if (price.output === 0) return Number.POSITIVE_INFINITY
  // A hair less: what is not quite representable must not become a token too many.
  return Math.floor((((leftUsd - promptUsd) * 1e6) / price.output) * (1 - 1e-12))
}

const OF: Readonly<Record<BudgetName, (would: string, most: string) => string>> = {
  turn: (_, most) => `is more than the ${most} a turn may cost`,
  session: (would, most) => `would bring this session to ${would} of ${most}`,
  day: (would, most) => `would bring today to ${would} of ${most}`,
}

/** An estimate of money: `~$0.42`, `~$0.0161`, `<$0.0001`. */
export const about = (usd: number): string => (usd > 0 && usd < 0.0001 ? money(usd) : `~${dollars(usd)}`)

const SETTINGS: Readonly<Record<BudgetName, string>> = {
  turn: 'maxCostTurn',
  session: 'maxCostSession',
  day: 'maxCostDay',
}

/**
 * `This turn (~$0.42) would bring today to ~$5.10 of $5.00 (the setting maxCostDay).`
 * @param byFlag the budget that `--max-cost` has set; absent: the settings have set all of them
 */
export function sayOver({ name, usd, would, most }: Over, what = 'This turn', byFlag?: BudgetName): string {
  const [cost] = toldApart(usd, most)
  const [sum, limit] = toldApart(would, most)
  return `${what} (~${cost}) ${OF[name](`~${sum}`, limit)} (${setBy(name, byFlag)}).`
}

/** Where a budget can be raised. */
const setBy = (name: BudgetName, byFlag?: BudgetName): string =>
  byFlag === name ? '--max-cost' : `the setting ${SETTINGS[name]}`

const LEFT_OF: Readonly<Record<BudgetName, string>> = { turn: 'a turn', session: 'this session', day: 'today' }

/** A prompt is not sent, for not even one token of an answer could be paid behind it. @param promptUsd at its dearest */
export function sayUnpaid(promptUsd: number, { name, most, left }: Tightest, byFlag?: BudgetName): string {
  const [cost, rest] = toldApart(promptUsd, left)
  const of =
    left < most ? `${rest} left of the ${dollars(most)} for ${LEFT_OF[name]}` : `${rest} ${LEFT_OF[name]} may cost`
  return `Not sent: the prompt alone may cost ~${cost}, if nothing of it can be read from the cache; that leaves nothing for an answer of the ${of} (${setBy(name, byFlag)}).`
}

/** The way out of that. */
export const raiseBudget = (name: BudgetName, byFlag?: BudgetName): string =>
  `raise the budget (${setBy(name, byFlag)}), or send less.`

const toldApart = (one: number, other: number) => moneyApart(one, other, dollars)

/** What is spent of the budgets there are, as a row of words; empty: there are none. */
export function sayBudgets(budgets: Budgets, spent: SpentSoFar): string {
  const words = { turn: 'a turn', session: 'this session', day: 'today' }
  return NAMES.flatMap((name) => {
    const most = budgets[name]
    if (most === undefined) return []
    if (name === 'turn') return [`up to ${dollars(most)} ${words.turn}`]
    return [`${words[name]} ${mark(spent[name])}${dollars(spent[name].value)} of ${dollars(most)}`]
  }).join(' · ')
}

/** Cents, and below a dollar what is left of them: next to a budget of $0.036, `$0.04` says too little. */
const dollars = (usd: number) =>
  usd < 0.01 ? money(usd) : `$${usd.toFixed(usd < 1 ? 4 : 2).replace(/(\.\d\d\d*?)0+$/, '$1')}`

/** What one turn that is over cost, with its attempts in vain. */
export function costOfTurn({ settled }: Pick<State, 'settled'>): Figure {
  const parts = settled ? [settled, ...settled.wasted] : []
  return sum(...parts.flatMap(({ cost }) => (cost ? [cost] : [])))
}
