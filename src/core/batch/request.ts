/** From a row to its request: what all rows share comes first, so that the prompt cache holds it once for all of them. */

import type { Choices } from '../conversation/choices.ts'
import { newConversation } from '../conversation.ts'
import { type Models, modelCard } from '../models.ts'
import { planRequest } from '../request/plan.ts'
import type { CacheTtl, Message, TurnRequest } from '../request.ts'
import { estimateTokens } from '../window/context.ts'
import type { Row } from './row.ts'

/** What the rows of a batch have in common. */
export interface Shared {
  readonly choices: Choices
  readonly models: Models
  /** Goes before the system prompt; null: nothing does. */
  readonly text: string | null
  /** Go before the messages of each row. */
  readonly messages: readonly Message[]
}

export function requestOf(row: Row, shared: Shared): TurnRequest {
  const { choices, models } = shared
  const system = [shared.text, row.system ?? choices.system].filter((part) => part !== null).join('\n\n')
  const own: Choices = {
    ...choices,
    ...{ system: system === '' ? null : system, model: row.model ?? choices.model },
    maxTokens: row.maxTokens ?? choices.maxTokens,
  }
  const planned = planRequest(newConversation(own, models), row.messages.at(-1)!.text)
  const ttl = sharedTtl(own, models, shared)
  return {
    ...planned,
    // Nobody watches it think.
    thinking: 'unsaid',
    messages: [...shared.messages, ...row.messages.slice(0, -1), ...planned.messages.slice(-1)],
    cache: {
      // What only this row has is written for nobody.
      system: row.system === null ? planned.cache.system : null,
      ...(ttl ? { anchors: [{ message: shared.messages.length - 1, ttl }] } : {}),
      end: null,
    },
  }
}

/** How long the shared messages live in the cache; null: they are not worth a place in it. */
function sharedTtl(choices: Choices, models: Models, { messages }: Shared): CacheTtl | null {
  const { minCache } = modelCard(choices.model, models)
  const wanted = choices.cacheTtl ?? 'auto'
  if (messages.length === 0 || choices.features === 'plain' || wanted === 'off' || minCache === null) return null
  const size = messages.reduce((sum, { text }) => sum + estimateTokens(text), estimateTokens(choices.system ?? ''))
  return size < minCache ? null : wanted === 'auto' ? '5m' : wanted
}

/** Tokens of a request that are limited: what it shares with others is read from the cache. An estimate. */
export function limitedTokens({ system, messages, cache }: TurnRequest, shared: Shared): number {
  const own = cache.anchors ? messages.slice(shared.messages.length) : messages
  const before = cache.system || cache.anchors ? 0 : estimateTokens(system ?? '')
  return own.reduce((sum, { text }) => sum + estimateTokens(text), before)
}
