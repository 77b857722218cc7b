/**
 * What the prompt cache can do for a question that follows an earlier turn: which turns can be read from it, what is read
 * anew, and at what price. Whether the server still has an entry is not known before it answers; what is known is said.
 */

import type { Question } from '../attachments.ts'
import { heldBy, planCache, systemCacheable } from '../cache.ts'
import type { State } from '../conversation.ts'
import { age, money, tokens } from '../figures/words.ts'
import { estimated, type Figure, mark, reported, withMark } from '../figures.ts'
import { modelCard, priceFor } from '../models.ts'
import { promptEstimate } from '../request/prompt-size.ts'
import type { CacheTtl } from '../request.ts'
import type { Steps } from '../text/steps.ts'
import type { Turn } from '../turn/turns.ts'
import type { Ms } from '../turn.ts'
import { type CacheEntry, entriesFor, isAlive, promptAfter } from './entries.ts'

export interface CacheOutlook {
  /** The longest beginning of the prompt that is known to have been in the cache; null: none. */
  readonly held: {
    /** It ends with this turn's question. */
    readonly turn: number
    readonly tokens: Figure
    readonly ttl: CacheTtl
    /** How long ago it was written or read last: at least so long, and at most. */
    readonly agoMs: Ms
    readonly agoMostMs: Ms
    /** Longer than it lives, for sure. */
    readonly isOver: boolean
  } | null
  /** The system prompt alone may be in the cache. */
  readonly systemMayBe: boolean
  /** Tokens of the prompt behind it, and of the whole prompt. */
  readonly anew: Figure
  readonly whole: Figure
  /** The price of the prompt with what is held, and without; null: unknown. */
  readonly cost: Figure | null
  readonly costAnew: Figure | null
}

/**
 * @param after the turn the question is to follow; null: it begins anew
 * @param question as far as it is known: its tokens are counted
 * @param now on the clock of the turns' times
 * @param unseenMs time that this clock has not counted, for it stands still while a machine sleeps
 */
export function cacheOutlook(
  state: State,
  after: number | null,
  question: Question,
  now: Ms,
  unseenMs: Ms = 0,
): CacheOutlook {
  const { choices } = state
  const card = modelCard(choices.model, state.models)
  const prompt = promptAfter(state, pathTo(state, after), question)
  const found = heldBy(state, prompt, now).held ?? entriesFor(state, prompt).next().value
  const whole = promptEstimate(state, prompt, question)
  const known = Math.min(whole, found?.tokens ?? 0)
  const { marks } = planCache(state, prompt, now)
  const price = priceFor(card, whole)
  const usd = (read: number, end: CacheTtl | null) => {
    if (!price) return null
    const write = end === '1h' ? price.write1h : end === '5m' ? price.write5m : price.input
    return estimated((read * price.read + (whole - read) * write) / 1e6)
  }
  // What is written anew when all is gone is planned by itself.
  const gone = planCache(state, prompt, Number.POSITIVE_INFINITY).marks.end
  return {
    held: found ? toldOf(found, now, unseenMs) : null,
    systemMayBe: choices.system !== null && marks.system !== null && systemCacheable(card, choices.system) === true,
    ...{ anew: estimated(whole - known), whole: estimated(whole), cost: usd(known, marks.end), costAnew: usd(0, gone) },
  }
}

function toldOf(entry: CacheEntry, now: Ms, unseenMs: Ms): CacheOutlook['held'] {
  const { turn, tokens, ttl, usedAt } = entry
  const agoMs = Math.max(0, now - usedAt)
  return { turn, tokens: reported(tokens), ttl, agoMs, agoMostMs: agoMs + unseenMs, isOver: !isAlive(entry, now) }
}

/** The same for one row: what it comes to goes last. */
export function outlookSteps(outlook: CacheOutlook): Steps {
  const { held, cost, costAnew } = outlook
  const isHeld = held !== null && !held.isOver
  const usd = isHeld ? cost : costAnew
  const anew = isHeld ? outlook.anew : outlook.whole
  const price = usd ? withMark(usd, money) : 'price unknown'
  const size = `${mark(anew)}${tokens(anew.value)}`
  const gone = isHeld && costAnew ? `, or ${withMark(costAnew, money)} if the cache is gone` : ''
  return [sayOutlook(outlook), `${size} tokens read anew · ${price}${gone}`, `${size} read anew · ${price}`, price]
}

/** One line for people; prices are left out where they are unknown. */
export function sayOutlook({ held, systemMayBe, anew, whole, cost, costAnew }: CacheOutlook): string {
  const usd = (figure: Figure | null, before: string) => (figure ? `${before}${withMark(figure, money)}` : '')
  const size = (figure: Figure) => `${mark(figure)}${tokens(figure.value)}`
  if (!held) {
    const nothing = systemMayBe ? 'at most the system prompt' : 'nothing to read from it'
    return `Cache: ${nothing} · ${size(whole)} tokens read anew${usd(costAnew, ' · ')}`
  }
  const kept = `${size(held.tokens)} tokens up to question ${held.turn}, used ${past(held)}, kept ${held.ttl}`
  if (held.isOver) return `Cache: most likely gone (${kept}) · ${size(whole)} read anew${usd(costAnew, ' · ')}`
  const gone = costAnew ? ' if gone' : ''
  return `Cache: ${kept} · ${size(anew)} read anew${usd(cost, ' · ')}${usd(costAnew, ', or ')}${gone}`
}

function past({ agoMs, agoMostMs }: NonNullable<CacheOutlook['held']>): string {
  const [least, most] = [age(agoMs), age(agoMostMs)]
  if (least !== most) return `${least} to ${most} ago`
  return least === 'now' ? 'just now' : `${least} ago`
}

/** The turns from the first one to this one. */
function pathTo({ turns, branches }: State, number: number | null): readonly Turn[] {
  const all = new Map([...turns, ...branches].map((turn) => [turn.number, turn]))
  const path: Turn[] = []
  for (let turn = number === null ? undefined : all.get(number); turn; ) {
    path.push(turn)
    all.delete(turn.number)
    turn = turn.parent === null ? undefined : all.get(turn.parent)
  }
  return path.reverse()
}
