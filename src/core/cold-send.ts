/** What the next question costs while its prompt is in the cache, and once it is not: the price tag of waiting. */

import { attachedTo, attachedTokens, type Question, wordsOf } from './attachments.ts'
import { planCache } from './cache.ts'
import { type CacheEntry, entriesFor, promptAfter } from './cache-entries.ts'
import { estimateTokens } from './context.ts'
import type { State } from './conversation.ts'
import { modelCard, priceFor } from './models.ts'
import { LIFETIME_MS } from './pauses.ts'
import { promptEstimate } from './prompt-size.ts'
import type { CacheTtl } from './request.ts'
import type { Ms } from './turn.ts'
import { money } from './words.ts'

/** What the prices follow from, without what is being typed. It holds until something happens in the conversation. */
export interface Standing {
  /** Entries to be read, the longest first, none of them outlived by a longer one. */
  readonly entries: readonly CacheEntry[]
  /** Tokens of the prompt before the next question. */
  readonly tokens: number
  /** US dollars a token: read, written while the longest entry is held, and written once it is gone. */
  readonly read: number
  readonly write: number
  readonly writeCold: number
}

/** How long before it goes cold an entry is spoken of. */
export const SPOKEN_OF_MS: Readonly<Record<CacheTtl, Ms>> = { '5m': 60_000, '1h': 5 * 60_000 }
/** US dollars below which nobody needs to be told. */
const WORTH_USD = 0.01

/** null: nothing is held, or its price is unknown. */
export function standing(state: State, now: Ms): Standing | null {
  const prompt = promptAfter(state, state.turns, null)
  const [longest] = entriesFor(state, prompt)
  const tokens = promptEstimate(state, prompt, '')
  const price = priceFor(modelCard(state.choices.model, state.models), tokens)
  if (!longest || !price) return null
  const writing = (at: Ms) => {
    const { end } = planCache(state, prompt, at).marks
    return (end === '1h' ? price.write1h : end === '5m' ? price.write5m : price.input) / 1e6
  }
  const hour = longest.ttl === '1h' ? undefined : entriesFor(state, prompt, '1h').next().value
  return {
    entries: [longest, ...(hour && dies(hour) > dies(longest) ? [hour] : [])],
    ...{ tokens, read: price.read / 1e6, write: writing(now), writeCold: writing(Math.max(now, dies(longest))) },
  }
}

const dies = ({ usedAt, ttl }: CacheEntry): Ms => usedAt + LIFETIME_MS[ttl]

export interface ColdSend {
  /** Until the longest entry is gone; 0 or less: it is. */
  readonly leftMs: Ms
  readonly ttl: CacheTtl
  /** Estimates, US dollars: with that entry, and without it. */
  readonly warmUsd: number
  readonly coldUsd: number
  readonly isWorthIt: boolean
}

/** @param now on the clock of the turns' times, with what it has slept through */
export function coldSend({ entries, tokens, read, write, writeCold }: Standing, draft: Question, now: Ms): ColdSend {
  const [longest, other] = entries as readonly [CacheEntry, ...CacheEntry[]]
  const whole = tokens + estimateTokens(wordsOf(draft)) + attachedTokens(attachedTo(draft))
  const usd = (held: number, each: number) => read * Math.min(held, whole) + each * Math.max(0, whole - held)
  const leftMs = dies(longest) - now
  const rest = other && dies(other) > Math.max(now, dies(longest)) ? other.tokens : 0
  const [warmUsd, coldUsd] = [usd(longest.tokens, write), usd(rest, writeCold)]
  return { leftMs, ttl: longest.ttl, warmUsd, coldUsd, isWorthIt: coldUsd - warmUsd >= WORTH_USD }
}

/**
 * The tag above the status bar, in the longest form that fits; null: nothing is at stake, or not yet.
 * @param key what would keep it warm
 */
export function sayColdSend(cold: ColdSend, key: string, columns = Number.POSITIVE_INFINITY): string | null {
  const { leftMs, ttl, isWorthIt } = cold
  if (!isWorthIt || leftMs > SPOKEN_OF_MS[ttl]) return null
  const [warm, dear] = [`~${money(cold.warmUsd)}`, `~${money(cold.coldUsd)}`]
  const left = clock(leftMs)
  const forms =
    leftMs <= 0
      ? [`cache cold · this send ${dear} instead of ${warm}`, `cache cold · ${dear}, not ${warm}`]
      : [
          `cache cold in ${left} · warm ${warm}, cold ${dear} · ${key} keeps it warm`,
          `cold in ${left} · ${warm}, then ${dear} · ${key}: warm`,
          `cold in ${left}: ${dear} · ${key}: warm`,
        ]
  return forms.find((form) => form.length <= columns) ?? forms.at(-1)!
}

/** Minutes and seconds: `0:42`, `59:03`. */
export function clock(ms: Ms): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
