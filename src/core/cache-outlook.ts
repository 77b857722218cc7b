/**
 * What the prompt cache can do for a question that follows an earlier turn: which turns can be read from it, what is read
 * anew, and at what price. Whether the server still has an entry is not known before it answers; what is known is said.
 */

import { cacheMarks, systemCacheable } from './cache.ts'
import { estimateTokens } from './context.ts'
import type { State } from './conversation.ts'
import { estimated, type Figure, mark, reported } from './figures.ts'
import { modelCard, priceFor } from './models.ts'
import { type CacheTtl, NO_MARKS } from './request.ts'
import type { Steps } from './steps.ts'
import { type Ms, promptTokens, type Usage } from './turn.ts'
import { history, type Turn } from './turns.ts'
import { messagesOf, type Window, windowOf } from './window.ts'
import { age, money, tokens } from './words.ts'

const TTL_MS: Readonly<Record<CacheTtl, number>> = { '5m': 5 * 60_000, '1h': 60 * 60_000 }
/** The server looks for an entry in the 20 blocks up to a mark: the new question and two for each turn before it. */
const LOOKED_BACK = 9

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
  question: string,
  now: Ms,
  unseenMs: Ms = 0,
): CacheOutlook {
  const { choices } = state
  const card = modelCard(choices.model, state.models)
  const path = pathTo(state, after)
  const window = windowOf(state, path)
  const sent = window.turns.filter((turn) => history([turn]).length > 0)
  const found = sent.slice(-LOOKED_BACK).map((turn) => heldUpTo(state, path, turn, now, unseenMs))
  const held = found.findLast((one) => one !== null) ?? null
  const whole = promptEstimate(choices.system, window) + estimateTokens(question)
  const known = Math.min(whole, held?.tokens.value ?? 0)
  const marks =
    choices.features === 'plain'
      ? NO_MARKS
      : cacheMarks({ card, system: choices.system, contextTokens: whole, conversation: choices.kind === 'chat' })
  const price = priceFor(card, whole)
  const writing = price && (marks.end === '1h' ? price.write1h : marks.end === '5m' ? price.write5m : price.input)
  const usd = (read: number) =>
    price && writing !== null ? estimated((read * price.read + (whole - read) * writing) / 1e6) : null
  return {
    held,
    systemMayBe: choices.system !== null && marks.system !== null && systemCacheable(card, choices.system) === true,
    ...{ anew: estimated(whole - known), whole: estimated(whole), cost: usd(known), costAnew: usd(0) },
  }
}

/** The same for one row: what it comes to goes last. */
export function outlookSteps(outlook: CacheOutlook): Steps {
  const { held, cost, costAnew } = outlook
  const isHeld = held !== null && !held.isOver
  const usd = isHeld ? cost : costAnew
  const anew = isHeld ? outlook.anew : outlook.whole
  const price = usd ? `${mark(usd)}${money(usd.value)}` : 'price unknown'
  const size = `${mark(anew)}${tokens(anew.value)}`
  const gone = isHeld && costAnew ? `, or ${mark(costAnew)}${money(costAnew.value)} if the cache is gone` : ''
  return [sayOutlook(outlook), `${size} tokens read anew · ${price}${gone}`, `${size} read anew · ${price}`, price]
}

/** One line for people; prices are left out where they are unknown. */
export function sayOutlook({ held, systemMayBe, anew, whole, cost, costAnew }: CacheOutlook): string {
  const usd = (figure: Figure | null, before: string) =>
    figure ? `${before}${mark(figure)}${money(figure.value)}` : ''
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

/** The entry that ends with a turn's question, if the server made or read one there for the model of the next turn. */
function heldUpTo(state: State, path: readonly Turn[], turn: Turn, now: Ms, unseenMs: Ms): CacheOutlook['held'] {
  const { usage } = turn
  const isSame = modelCard(turn.model, state.models).name === modelCard(state.choices.model, state.models).name
  if (!usage || !isSame || state.choices.features === 'plain' || cachedIn(usage) === 0) return null
  // A turn that followed it has read it, and so renewed it.
  const followers = [...state.turns, ...state.branches].filter(
    ({ parent, usage: theirs }) => parent === turn.number && theirs !== null && theirs.cacheRead >= cachedIn(usage),
  )
  const used = Math.max(...[turn, ...followers].map(({ times }) => times.sent ?? times.asked ?? 0))
  const ttl = ttlOf(path, turn)
  const agoMs = Math.max(0, now - used)
  const tokens = reported(cachedIn(usage))
  return { turn: turn.number, tokens, ttl, agoMs, agoMostMs: agoMs + unseenMs, isOver: agoMs > TTL_MS[ttl] }
}

const cachedIn = ({ cacheRead, cacheWrite5m, cacheWrite1h }: Usage): number => cacheRead + cacheWrite5m + cacheWrite1h

/** An entry that was only read lives as long as whoever wrote it wanted. */
function ttlOf(path: readonly Turn[], { number }: Turn): CacheTtl {
  const writer = path.findLast(
    ({ number: other, usage }) => other <= number && usage && usage.cacheWrite1h + usage.cacheWrite5m > 0,
  )
  return writer?.usage && writer.usage.cacheWrite1h > 0 ? '1h' : '5m'
}

/** Tokens of the prompt up to the next question: as the server counted the last one, or from the lengths of its texts. */
function promptEstimate(system: string | null, window: Window): number {
  const last = window.turns.findLast((turn) => history([turn]).length > 0)
  const counted = last?.usage ? promptTokens(last.usage) : 0
  if (last && counted > 0) return counted + spoken(last)
  return estimateTokens(system ?? '') + messagesOf(window).reduce((sum, { text }) => sum + estimateTokens(text), 0)
}

/** Tokens of an answer as it is sent back: without its thinking. */
function spoken({ usage, answer, end }: Turn): number {
  if (end?.type !== 'finished' || !usage || usage.thinking === null) return estimateTokens(answer)
  return Math.max(0, usage.output - usage.thinking)
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
