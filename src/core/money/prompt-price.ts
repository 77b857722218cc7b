/**
 * What the next prompt costs by what the cache holds of it: the one arithmetic behind the quote, the price tag of a cold
 * send, and what `/context` says of leaving turns out.
 */

import { type CacheEntry, cachedIn, isAlive, isAskedAlike, type Prompt } from '../cache/entries.ts'
import { LIFETIME_MS } from '../cache/pauses.ts'
import { heldBy, planCache, systemCacheable } from '../cache.ts'
import type { State } from '../conversation.ts'
import { modelCard, type PriceCard, priceFor } from '../models.ts'
import type { CacheTtl } from '../request.ts'
import type { Ms } from '../turn.ts'
import { charsPerToken } from '../window/chars-per-token.ts'

/** What is known of an entry, whatever it ends with. */
export type Held = Pick<CacheEntry, 'tokens' | 'ttl' | 'usedAt'>

export interface PromptPrice {
  /** Tokens that are read from the cache: of the conversation, or at least of the system prompt. */
  readonly read: number
  /** US dollars of the prompt as it would be sent now, and of one that is all in the cache. */
  readonly usd: number
  readonly warmUsd: number
}

/** The system prompt where it is all that is written into the cache, for other calls to read: as of a one-shot. */
export interface Alone {
  readonly tokens: number
  readonly ttl: CacheTtl
}

/**
 * @param tokens of the whole prompt
 * @param now on the clock of the turns' times
 * @returns null: the price is unknown
 */
export function promptPrice(state: State, prompt: Prompt, tokens: number, now: Ms): PromptPrice | null {
  const card = modelCard(state.choices.model, state.models)
  const price = priceFor(card, tokens)
  if (!price) return null
  const end = writtenFor(state, prompt, tokens, now)
  const read = Math.min(tokens, readable(state, prompt, now))
  const all = end === null ? price.input : price.read
  const alone = writtenAlone(state, prompt, tokens, now)
  return { read, usd: promptUsd(price, { tokens, read, alone }, end), warmUsd: (tokens * all) / 1e6 }
}

/** The system prompt of a prompt of so many tokens, where it alone is written; null: it is not, or is too short to be. */
export function writtenAlone(state: State, prompt: Prompt, tokens: number, now: Ms): Alone | null {
  const { system, end } = planCache(state, prompt, now).marks
  const { minCache } = modelCard(state.choices.model, state.models)
  if (system === null || end !== null || minCache === null || state.choices.system === null) return null
  const { length } = state.choices.system
  const chars = prompt.messages.reduce((sum, { text }) => sum + text.length, length)
  const own = Math.round((tokens * length) / chars)
  return own >= minCache ? { tokens: own, ttl: system } : null
}

/** How long the end of a prompt of so many tokens is written for; null: it is not, or is too short to be. */
export function writtenFor(state: State, prompt: Prompt, tokens: number, now: Ms): CacheTtl | null {
  const { minCache } = modelCard(state.choices.model, state.models)
  return minCache !== null && tokens >= minCache ? planCache(state, prompt, now).marks.end : null
}

/** US dollars for a prompt, so much of it read from the cache, the rest written into it where it is marked. */
export function promptUsd(
  price: PriceCard,
  { tokens, read, alone = null }: { readonly tokens: number; readonly read: number; readonly alone?: Alone | null },
  end: CacheTtl | null,
): number {
  const system = alone ? Math.min(Math.max(0, alone.tokens - read), tokens - read) : 0
  const premium = alone ? writePrice(price, alone.ttl) - price.input : 0
  return (read * price.read + (tokens - read) * writePrice(price, end) + system * premium) / 1e6
}

/**
 * The chance of another call with the same system prompt while it is kept, from which on writing it is worth more than
 * it costs: what it costs above plain input, by what reading saves. Further calls only lower it.
 */
export const worthWritingFrom = (price: PriceCard, ttl: CacheTtl): number =>
  (writePrice(price, ttl) - price.input) / (price.input - price.read)

/** US dollars per million tokens that are not read. */
export const writePrice = (price: PriceCard, ttl: CacheTtl | null): number =>
  ttl === '1h' ? price.write1h : ttl === '5m' ? price.write5m : price.input

/** Tokens that can be read of a prompt. */
export function readable(state: State, prompt: Prompt, now: Ms): number {
  const { held } = heldBy(state, prompt, now)
  if (held) return held.tokens
  const system = systemEntry(state)
  return system && isAlive(system, now) ? system.tokens : 0
}

/**
 * The entry of the system prompt alone: every request marks it, so that it is there whatever follows it. Each request
 * that finds it renews it; one that comes too late writes it again.
 * @returns null: there is none, or it is too short for one
 */
export function systemEntry(state: State): Held | null {
  const { choices, turns, branches } = state
  const card = modelCard(choices.model, state.models)
  if (choices.system === null || choices.features === 'plain' || choices.cacheTtl === 'off') return null
  if (systemCacheable(card, choices.system) !== true) return null
  const isAlike = isAskedAlike(state)
  let found: { ttl: CacheTtl; usedAt: Ms } | null = null
  const requests = [...turns, ...branches].filter((turn) => turn.usage && cachedIn(turn.usage) > 0 && isAlike(turn))
  for (const { usage, times } of requests.sort((a, b) => a.number - b.number)) {
    const at = times.sent ?? times.asked ?? 0
    if (found && at - found.usedAt < LIFETIME_MS[found.ttl]) found.usedAt = at
    else found = { ttl: usage!.cacheWrite1h > 0 && usage!.cacheWrite5m === 0 ? '1h' : '5m', usedAt: at }
  }
  return found && { ...found, tokens: Math.round(choices.system.length / charsPerToken(state)) }
}
