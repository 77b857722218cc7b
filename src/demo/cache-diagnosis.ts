/**
 * Why a request could not reuse the prompt of an earlier one, as `diagnostics.cache_miss_reason` says it.
 * Compares fingerprints of the two prompts; what was read in truth is known to `prompt-cache`.
 */

import { createHash } from 'node:crypto'
import type { CacheMissReason } from '@anthropic-ai/sdk/resources/messages/messages'
import type { Prompt } from './prompt.ts'
import type { Layer } from './prompt-cache.ts'

/** What is remembered of an answered request. */
interface Fingerprint {
  readonly model: string
  readonly salts: Prompt['salts']
  readonly layers: Readonly<Record<Layer, readonly string[]>>
  readonly cachedTokens: number
}

export interface Answered {
  readonly model: string
  readonly prompt: Prompt
  /** Tokens a repeat of it would have read from the cache. */
  readonly cachedTokens: number
}

export interface CacheDiary {
  remember(messageId: string, request: Answered): void
  /** The reason of a divergence from the request behind `previousId`; null when there is none. */
  compare(previousId: string, request: Answered, readTokens: number): CacheMissReason | null
}

/** How many answers are remembered; the real record lasts a while, too, and not for ever. */
const REMEMBERED = 500

export function createCacheDiary(): CacheDiary {
  const prints = new Map<string, Fingerprint>()
  return {
    remember(messageId, request) {
      prints.set(messageId, fingerprint(request))
      const oldest = prints.keys().next().value
      if (prints.size > REMEMBERED && oldest !== undefined) prints.delete(oldest)
    },
    compare(previousId, request, readTokens) {
      const before = prints.get(previousId)
      return before ? difference(before, fingerprint(request), readTokens) : { type: 'previous_message_not_found' }
    },
  }
}

function difference(before: Fingerprint, now: Fingerprint, readTokens: number): CacheMissReason | null {
  const lost = { cache_missed_input_tokens: Math.max(0, before.cachedTokens - readTokens) }
  if (before.model !== now.model || before.salts.system !== now.salts.system) return { type: 'model_changed', ...lost }
  if (!same(before.layers.tools, now.layers.tools)) return { type: 'tools_changed', ...lost }
  if (!same(before.layers.system, now.layers.system)) return { type: 'system_changed', ...lost }
  if (before.salts.messages !== now.salts.messages) return { type: 'unavailable' }
  return begins(now.layers.messages, before.layers.messages) ? null : { type: 'messages_changed', ...lost }
}

function fingerprint({ model, prompt, cachedTokens }: Answered): Fingerprint {
  const keys = (layer: Layer) =>
    prompt.blocks
      .filter((block) => block.layer === layer)
      .map(({ key }) => createHash('sha256').update(key).digest('base64'))
  return {
    model,
    salts: prompt.salts,
    layers: { tools: keys('tools'), system: keys('system'), messages: keys('messages') },
    cachedTokens,
  }
}

const begins = (list: readonly string[], start: readonly string[]) => start.every((item, i) => list[i] === item)
const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && begins(a, b)
