/** What cascades came to: how often the cheap model was not enough, and what was spared, or lost, by asking it first. */

import { count, money, percent } from '../../figures/words.ts'
import { type Models, shortName } from '../../models.ts'
import type { Remark } from '../../text/remark.ts'

/** One question that went up a cascade. */
export interface CascadeRow {
  /** Milliseconds since 1970. */
  readonly wallMs: number
  /** Ids of the models that might have been asked, the cheap one first. */
  readonly models: readonly string[]
  /** How many of them were asked. */
  readonly steps: number
  /** Whether there was an answer in the end. */
  readonly isKept: boolean
  /** US dollars for all answers and all judging together; null: a price is unknown. */
  readonly spentUsd: number | null
  /** What the answer that was kept would have cost by the second model's prices, and by the last one's; null: unknown. */
  readonly secondUsd: number | null
  readonly lastUsd: number | null
}

export interface CascadeFigures {
  readonly turns: number
  readonly escalated: number
  /** 0 to 1; null: there was no turn. */
  readonly rate: number | null
  /** Over the turns whose prices are known: their number, US dollars spent, and had the second or the last model been asked at once. */
  readonly priced: number
  readonly spentUsd: number
  readonly secondUsd: number
  readonly lastUsd: number
  /** It costs more than asking the second model at once, or escalates too often to help. */
  readonly isWorthLess: boolean
}

/** Escalations above this share are too many, once there are so many turns to tell it from. */
const TOO_MANY = { share: 0.3, turns: 10 } as const

/** Pure: the same rows, the same figures. Rows add up whatever their order. */
export function cascadeFigures(rows: readonly CascadeRow[]): CascadeFigures {
  const escalated = rows.filter(({ steps }) => steps > 1).length
  const priced = rows.filter(
    ({ spentUsd, secondUsd, lastUsd }) => spentUsd !== null && secondUsd !== null && lastUsd !== null,
  )
  const total = (of: (row: CascadeRow) => number | null) => priced.reduce((sum, row) => sum + of(row)!, 0)
  const turns = rows.length
  const rate = turns === 0 ? null : escalated / turns
  return {
    ...{ turns, escalated, rate, priced: priced.length },
    ...{
      spentUsd: total((row) => row.spentUsd),
      secondUsd: total((row) => row.secondUsd),
      lastUsd: total((row) => row.lastUsd),
    },
    isWorthLess: turns >= TOO_MANY.turns && rate! > TOO_MANY.share,
  }
}

/** In sentences. @param rows null: no history is kept */
export function cascadeReport(rows: readonly CascadeRow[] | null, setting: readonly string[], models: Models): Remark {
  const names = setting.map((name) => shortName(name, models)).join(' → ')
  const now =
    setting.length === 0
      ? 'No cascade is set. /cascade fast,balanced,deep asks the first, checks its answer, and asks the next where it is not good enough.'
      : `Each message goes to ${names}, until an answer is good enough. /cascade off ends that.`
  if (rows === null) return [now, 'No history is kept: what cascades came to is not known.']
  if (rows.length === 0) return [now, 'No question has gone up a cascade yet.']
  return [now, '', ...cascadeSentences(cascadeFigures(rows))]
}

export function cascadeSentences(figures: CascadeFigures): readonly string[] {
  const { turns, escalated, rate, priced, spentUsd, secondUsd, lastUsd, isWorthLess } = figures
  if (rate === null) return ['No question has gone up a cascade yet.']
  const rates = `${count(turns, 'question')} went up a cascade, ${escalated} of them beyond the first model: ${percent(rate)}.`
  const unpriced = turns - priced
  const known = unpriced > 0 ? ` Of ${count(unpriced, 'more question')} a price is unknown.` : ''
  const cost =
    priced === 0
      ? ''
      : `They cost ${money(spentUsd)}, judging included: ${against(spentUsd, secondUsd, 'second')}, and ${against(spentUsd, lastUsd, 'last')}.${known}`
  const less = isWorthLess
    ? `The cascade is helping less than it costs: above ${percent(TOO_MANY.share)} the first model is asked too often in vain${priced === 0 ? '' : `, and it ${sayDifference(spentUsd, secondUsd)} against the second model alone`}. Begin with a better model, or ask it for simpler things.`
    : ''
  return [rates, cost, less].filter((line) => line !== '')
}

const against = (spent: number, instead: number, which: string) =>
  `~${money(instead)} by the ${which} model's prices (${sayDifference(spent, instead)})`

function sayDifference(spent: number, instead: number): string {
  const by = instead - spent
  return by >= 0 ? `spared ~${money(by)}` : `cost ~${money(-by)} more`
}
