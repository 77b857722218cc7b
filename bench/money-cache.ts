/**
 * What the cache planner is worth: a chat on three schedules of pauses against both fixed lifetimes, and a long one
 * against the cheapest that could have been done by somebody who knew the pauses, and against no cache at all. Bills are
 * those of the demo server's own cache, by real requests; what is compared is the side of the bill that caching changes.
 */

import { LIFETIME_MS } from '../src/core/cache/pauses.ts'
import type { State } from '../src/core/conversation.ts'
import { modelCard, type PriceCard, priceFor } from '../src/core/models.ts'
import { promptTokens, type Usage } from '../src/core/turn.ts'
import { amountFigure, countFigure, type Figure } from './measure.ts'
import { held, MINUTE, type Script, SECOND } from './scripted-chat.ts'

const MODEL = 'claude-sonnet-5-5'
/** Tokens: a question of a paragraph and an answer of a page, under a system prompt of a few sentences. */
const SIZES = { question: 150, answer: 450 } as const
const SYSTEM = 'Answer in plain English, briefly, and say how sure you are. '.repeat(8)
const TARGETS = { beside: 1.03, optimum: 1.05, uncached: 1 / 5 } as const

const every = (ms: number, count: number) => Array.from({ length: count }, () => ms)
/** Mostly 40 s, with some others: which pause (from 1) is how long. */
const mixed = (count: number, others: Readonly<Record<number, number>>) =>
  every(40 * SECOND, count).map((pause, i) => others[i + 1] ?? pause)

const SCHEDULES: Readonly<Record<string, readonly number[]>> = {
  'every 40 s': every(40 * SECOND, 19),
  'every 400 s': every(400 * SECOND, 19),
  'mostly 40 s': mixed(19, { 5: 12 * MINUTE, 9: 12 * MINUTE, 13: 70 * MINUTE, 16: 12 * MINUTE }),
}
const LONG: Readonly<Record<string, readonly number[]>> = {
  '30 turns, a question every 90 s': every(90 * SECOND, 29),
  '30 turns, a question every 400 s': every(400 * SECOND, 29),
}

export async function cacheFigures(): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  const winners = new Set<string>()
  for (const [name, pauses] of Object.entries(SCHEDULES)) {
    const [auto, short, hour] = await Promise.all((['auto', '5m', '1h'] as const).map((ttl) => bill(pauses, ttl)))
    const [ours, five, sixty] = [auto!, short!, hour!].map((one) => one.usd) as [number, number, number]
    winners.add(five < sixty ? '5m' : '1h')
    const detail = `planner ${cents(ours)}, 5m ${cents(five)}, 1h ${cents(sixty)}`
    figures.push(
      amountFigure(
        `20 turns, ${name}, to the better fixed lifetime`,
        ours / Math.min(five, sixty),
        'x',
        TARGETS.beside,
        detail,
      ),
    )
  }
  figures.push(
    countFigure('fixed lifetimes that win all three', winners.size === 1 ? 1 : 0, 0, [...winners].join(', ')),
  )
  for (const [name, pauses] of Object.entries(LONG)) {
    const [ours, none] = await Promise.all([bill(pauses, 'auto'), bill(pauses, 'off')])
    const best = optimum(ours.prompts, pauses, ours.price)
    figures.push(
      amountFigure(
        `${name}, to the optimum`,
        ours.usd / best,
        'x',
        TARGETS.optimum,
        `${cents(ours.usd)}, optimum ${cents(best)}`,
      ),
      amountFigure(`${name}, to no cache`, ours.usd / none.usd, 'x', TARGETS.uncached, `no cache ${cents(none.usd)}`),
    )
  }
  return figures
}

interface Bill {
  /** US dollars of all prompts. */
  readonly usd: number
  /** Tokens of each prompt. */
  readonly prompts: readonly number[]
  readonly price: PriceCard
}

async function bill(pauses: readonly number[], cacheTtl: 'auto' | '5m' | '1h' | 'off'): Promise<Bill> {
  const script: Script = { ...SIZES, pauses, choices: { model: MODEL, system: SYSTEM, cacheTtl } }
  return billOf(await held(script))
}

function billOf({ turns }: State): Bill {
  const usages = turns.map(({ usage }) => usage as Usage)
  const price = priceFor(modelCard(MODEL), 0)!
  const usd = usages.reduce(
    (sum, { input, cacheRead, cacheWrite5m, cacheWrite1h }) =>
      sum +
      (input * price.input + cacheRead * price.read + cacheWrite5m * price.write5m + cacheWrite1h * price.write1h) /
        1e6,
    0,
  )
  return { usd, prompts: usages.map(promptTokens), price }
}

/**
 * The cheapest bill by the planner's own rules for one who knows every pause: each turn is written for five minutes or
 * an hour, an hour's entry stays while it is used, and whatever is held is read.
 */
export function optimum(prompts: readonly number[], pauses: readonly number[], price: PriceCard): number {
  /** @param turn to be sent now; @param read tokens that are held; @param hour tokens of the hour's entry behind them */
  const least = (turn: number, read: number, hour: number): number => {
    const whole = prompts[turn]
    if (whole === undefined) return 0
    const after = (write: number, newHour: number) => {
      const pause = pauses[turn] ?? 0
      const cost = (read * price.read + (whole - read) * write) / 1e6
      if (pause >= LIFETIME_MS['1h']) return cost + once(turn + 1, 0, 0)
      return cost + once(turn + 1, pause >= LIFETIME_MS['5m'] ? newHour : whole, newHour)
    }
    return Math.min(after(price.write5m, hour), after(price.write1h, whole))
  }
  const known = new Map<string, number>()
  const once = (turn: number, read: number, hour: number): number => {
    const key = `${turn} ${read} ${hour}`
    const found = known.get(key) ?? least(turn, read, hour)
    known.set(key, found)
    return found
  }
  return once(0, 0, 0)
}

const cents = (usd: number) => `${(100 * usd).toFixed(3)}¢`
