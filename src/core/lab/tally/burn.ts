/** How fast money goes: what is left of the budgets, and what a month comes to at this pace. An estimate, marked so. */

import { money } from '../../figures/words.ts'
import type { Budgets } from '../../money/budget.ts'

/** What was spent on one day of the calendar here. */
export interface DaySpent {
  /** `2026-11-21` */
  readonly day: string
  readonly usd: number
}

export interface Burn {
  readonly todayUsd: number
  readonly monthUsd: number
  /** US dollars a day, over the days since the first one that is known of, 30 at most, today included. */
  readonly perDayUsd: number
  /** How many days that rests on. */
  readonly days: number
  /** What this month comes to when its other days cost as much. */
  readonly forecastUsd: number
}

const MOST_DAYS = 30
const DAY_MS = 86_400_000

/** @param spent days with something in them, any order @param today `2026-11-21` */
export function burnOf(spent: readonly DaySpent[], today: string): Burn {
  const [year = 0, month = 0, date = 0] = today.split('-').map(Number)
  const ago = (day: string) => {
    const [y = 0, m = 0, d = 0] = day.split('-').map(Number)
    return Math.round((Date.UTC(year, month - 1, date) - Date.UTC(y, m - 1, d)) / DAY_MS)
  }
  const past = spent.map(({ day, usd }) => ({ day, usd, ago: ago(day) })).filter((one) => one.ago >= 0)
  const first = Math.max(0, ...past.map((one) => one.ago))
  const days = Math.min(MOST_DAYS, first + 1)
  const of = (isMeant: (one: (typeof past)[number]) => boolean) =>
    past.filter(isMeant).reduce((sum, { usd }) => sum + usd, 0)
  const perDayUsd = of((one) => one.ago < days) / days
  const monthUsd = of(({ day }) => day.slice(0, 7) === today.slice(0, 7))
  const left = new Date(Date.UTC(year, month, 0)).getUTCDate() - date
  return { todayUsd: of((one) => one.ago === 0), monthUsd, perDayUsd, days, forecastUsd: monthUsd + left * perDayUsd }
}

/** Sentences on the month and on what is left of each budget. @param dearestUsd what the dearest conversation cost */
export function sayBurn(
  burn: Burn,
  budgets: Budgets,
  dearestUsd: number | null,
): readonly (readonly [string, string])[] {
  const pace = `~${money(burn.perDayUsd)} a day over ${burn.days === 1 ? 'today alone' : `${burn.days} days`}`
  const month = `${money(burn.monthUsd)} so far, ~${money(burn.forecastUsd)} by its end at ${pace}`
  const { day, session, turn } = budgets
  const today = () => {
    const left = day! - burn.todayUsd
    const at = burn.perDayUsd > day! ? '; the usual day is above it' : ''
    return left >= 0
      ? `${money(left)} left of ${money(day!)} (maxCostDay)${at}`
      : `${money(-left)} above the ${money(day!)} of maxCostDay`
  }
  const held = [
    ...(session === undefined ? [] : [`a session ${money(session)} (maxCostSession)`]),
    ...(turn === undefined ? [] : [`a turn ${money(turn)} (maxCostTurn)`]),
  ]
  return [
    ['this month', month],
    ...(day === undefined ? [] : [['today', today()] as const]),
    ...(held.length === 0 ? [] : [['at most', held.join(', ')] as const]),
    ...(dearestUsd === null || session === undefined
      ? []
      : [
          [
            'dearest conversation',
            `${money(dearestUsd)}${dearestUsd > session ? ', more than a session may cost' : ''}`,
          ] as const,
        ]),
  ]
}
