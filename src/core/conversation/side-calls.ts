/** Calls beside the turns of a conversation, such as for its title: what they were for, and what they cost. */

import type { Figure } from '../figures.ts'
import { costUsd, type ModelCard, type Models, modelCard, scaledPrices } from '../models.ts'
import type { Limits, Ms, Usage } from '../turn.ts'

/**
 * What a call was for: a name for the conversation, a summary of its beginning, to keep its prompt in the cache, to see
 * whether a model answers again, to ask about a part of a text that is too long, an answer in a race that was not kept,
 * to judge whether an answer is good enough, or to measure.
 */
export type Purpose = 'title' | 'summary' | 'warm' | 'probe' | 'split' | 'race' | 'judge' | 'bench'

/** A call beside the turns has been answered, by the server's own count. */
export interface SideCallEvent {
  readonly type: 'billed'
  readonly at: Ms
  readonly purpose: Purpose
  readonly model: string
  readonly usage: Usage
  readonly requestId: string | null
  /** `estimate`: it was cut off before the server's final count; absent: by the server's own. */
  readonly from?: Figure['from']
  /** What the card's prices are multiplied by for this answer; absent: 1. */
  readonly priceFactor?: number
  /** Prices as they were then, factor included; absent: as they are now. */
  readonly prices?: ModelCard['prices']
  /** Rate limits as they came with the answer; absent: none did. */
  readonly limits?: Limits
}

export interface SideCall extends Omit<SideCallEvent, 'type' | 'prices' | 'from' | 'priceFactor' | 'limits'> {
  readonly prices: ModelCard['prices']
  /** US dollars; null: the price is unknown. */
  readonly cost: Figure | null
}

export function billed(
  { type: _, from = 'server', priceFactor, limits: __, ...event }: SideCallEvent,
  models: Models,
): SideCall {
  const prices =
    event.prices === undefined ? scaledPrices(modelCard(event.model, models).prices, priceFactor) : event.prices
  const usd = costUsd({ prices }, event.usage)
  return { ...event, prices, cost: usd === null ? null : { value: usd, from } }
}
