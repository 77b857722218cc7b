/** Where the cache breakpoints go, and whether a prefix is long enough to be cached at all. */

import { estimateTokens } from './context.ts'
import type { ModelCard } from './models.ts'
import { type CacheMarks, type CacheTtl, NO_MARKS } from './request.ts'

/**
 * Above this many tokens a conversation is worth the dearer 1-hour entry: one pause of 5 to 60 minutes would cost a
 * rewrite of the whole prefix. Below it the premium (0.75 of the input price, once) is not earned back.
 */
const LONG_CONVERSATION_TOKENS = 4_000

/** Whether the system prompt alone can be cached: `null` when the model's minimum is unknown. */
export function systemCacheable(card: ModelCard, system: string): boolean | null {
  return card.minCache === null ? null : estimateTokens(system) >= card.minCache
}

/**
 * The marks of one request. A chat marks the system prompt and the moving end; a single question marks only a system
 * prompt that is long enough to be read again, since a write costs more than an ordinary token.
 * @param contextTokens size of the conversation so far, in tokens
 */
export function cacheMarks(input: {
  readonly card: ModelCard
  readonly system: string | null
  readonly contextTokens: number
  readonly conversation: boolean
}): CacheMarks {
  const { card, system } = input
  if (card.minCache === null) return NO_MARKS
  if (!input.conversation) {
    return { system: system !== null && systemCacheable(card, system) ? '5m' : null, end: null }
  }
  const ttl: CacheTtl = input.contextTokens > LONG_CONVERSATION_TOKENS ? '1h' : '5m'
  return { system: system === null ? null : ttl, end: ttl }
}
