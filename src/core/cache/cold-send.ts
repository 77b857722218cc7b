/** What the next question costs while its prompt is in the cache, and once it is not: the price tag of waiting. */

import { askingOf, type Question, sizeOf } from '../attachments.ts'
import type { State } from '../conversation.ts'
import { money } from '../figures/words.ts'
import { about } from '../figures.ts'
import { modelCard, type PriceCard, priceFor } from '../models.ts'
import { type Held, promptUsd, systemEntry, writtenFor } from '../money/prompt-price.ts'
import { promptEstimate } from '../request/prompt-size.ts'
import type { CacheTtl } from '../request.ts'
import type { Ms } from '../turn.ts'
import { charsPerToken } from '../window/chars-per-token.ts'
import { entriesFor, type Prompt, promptAfter } from './entries.ts'
import { LIFETIME_MS } from './pauses.ts'

/** What the prices follow from, without what is being typed. It holds until something happens in the conversation. */
export interface Standing {
  /** Entries to be read, the longest first, none of the others dying before it. */
  readonly entries: readonly Held[]
  /** Tokens of the prompt before the next question, and characters to a token of what is typed. */
  readonly tokens: number
  readonly perToken: number
  readonly price: PriceCard
  /** How long the end is written for while the longest entry is held, and once it is gone; null: it is not. */
  readonly end: CacheTtl | null
  readonly endCold: CacheTtl | null
}

/** How long before it goes cold an entry is spoken of. */
export const SPOKEN_OF_MS: Readonly<Record<CacheTtl, Ms>> = { '5m': 60_000, '1h': 5 * 60_000 }
/** US dollars below which nobody needs to be told. */
const WORTH_USD = 0.01

/** null: nothing is held, or its price is unknown. */
export function standing(state: State, now: Ms): Standing | null {
  const prompt = promptAfter(state, state.turns, '')
  const entries = outliving([...entriesFor(state, prompt)])
  const [longest] = entries
  const tokens = promptEstimate(state, prompt, '')
  const price = priceFor(modelCard(state.choices.model, state.models), tokens)
  if (!longest || !price) return null
  const system = systemEntry(state)
  return {
    entries: outliving([...entries, ...(system ? [system] : [])]),
    ...{ tokens, perToken: charsPerToken(state), price },
    end: writtenFor(state, prompt, tokens, now),
    endCold: writtenCold(state, prompt, tokens, now),
  }
}

/** How long the end of a prompt of so many tokens is written for once nothing of it is held; null: it is not. */
export function writtenCold(state: State, prompt: Prompt, tokens: number, now: Ms): CacheTtl | null {
  const longest = entriesFor(state, prompt).next().value
  return writtenFor(state, prompt, tokens, longest ? Math.max(now, dies(longest)) : now)
}

/** Without those that go when a longer one does, or before. */
function outliving(entries: readonly Held[]): readonly Held[] {
  let last = Number.NEGATIVE_INFINITY
  return entries.filter((entry) => {
    const isLater = dies(entry) > last
    last = Math.max(last, dies(entry))
    return isLater
  })
}

const dies = ({ usedAt, ttl }: Held): Ms => usedAt + LIFETIME_MS[ttl]

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
export function coldSend({ entries, price, end, endCold, ...known }: Standing, draft: Question, now: Ms): ColdSend {
  const [longest, ...others] = entries as readonly [Held, ...Held[]]
  const size = sizeOf([askingOf(draft)])
  const tokens = known.tokens + Math.ceil(size.chars / known.perToken) + size.tokens
  const usd = (held: number, ttl: CacheTtl | null) => promptUsd(price, { tokens, read: Math.min(held, tokens) }, ttl)
  const leftMs = dies(longest) - now
  const left = others.find((entry) => dies(entry) > now)
  const [warmUsd, coldUsd] = [usd(longest.tokens, end), usd(left?.tokens ?? 0, endCold)]
  return { leftMs, ttl: longest.ttl, warmUsd, coldUsd, isWorthIt: coldUsd - warmUsd >= WORTH_USD }
}

/**
 * The tag above the status bar, in the longest form that fits; null: nothing is at stake, or not yet.
 * @param key what would keep it warm
 */
export function sayColdSend(cold: ColdSend, key: string, columns = Number.POSITIVE_INFINITY): string | null {
  const { leftMs, ttl, isWorthIt } = cold
  if (!isWorthIt || leftMs > SPOKEN_OF_MS[ttl]) return null
  const [warm, dear] = [about(money(cold.warmUsd)), about(money(cold.coldUsd))]
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

/** Why there is no need to keep warm now; null: there is. */
export function sayNoNeed({ leftMs, ttl, warmUsd, coldUsd, isWorthIt }: ColdSend): string | null {
  if (leftMs <= 0)
    return `The cache has gone cold: there is nothing to keep warm. The next question costs ${about(money(coldUsd))}.`
  const why =
    leftMs > SPOKEN_OF_MS[ttl]
      ? `The cache holds the prompt for ${clock(leftMs)} more`
      : isWorthIt
        ? null
        : `A cold send would cost only ${about(money(Math.max(0, coldUsd - warmUsd)))} more`
  return why === null ? null : `${why}: nothing was done. /cache warm renews it all the same.`
}

/** Minutes and seconds: `0:42`, `59:03`. */
export function clock(ms: Ms): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
