/** Who answers when a model cannot: the setting in its forms, and who is next. */

import type { Choices } from './conversation.ts'
import { type Models, modelCard, resolveModel } from './models.ts'

/** The models of the chain that is offered where nobody has named one, the best first. */
export const USUAL_CHAIN = ['deep', 'balanced', 'fast'] as const

export type Fallback = NonNullable<Choices['fallback']>

/** The setting `fallback` as choices have it: names in order, or ask, or off. `on` is the usual chain. */
export function fallbackOf(setting: string): Fallback {
  if (setting === 'ask' || setting === 'off') return setting
  return setting === 'on' ? USUAL_CHAIN : setting.split(',')
}

/** Who may be asked by a key, or once the person agrees: the chain that was named, else the usual one from the model on. */
export function offered({
  model,
  features,
  fallback,
}: Pick<Choices, 'model' | 'features' | 'fallback'>): readonly string[] {
  if (Array.isArray(fallback)) return fallback
  // A server of one's own has models of its own.
  if (features === 'plain') return []
  const at = USUAL_CHAIN.findIndex((name) => resolveModel(name) === resolveModel(model))
  return [...USUAL_CHAIN.slice(at + 1), ...USUAL_CHAIN.slice(0, at + 1)]
}

/** Ids of those in the chain that were not asked, in order. */
export function untried(chain: readonly string[], tried: readonly string[], models: Models): readonly string[] {
  const ids = new Set(chain.map((name) => modelCard(name, models).id))
  return [...ids].filter((id) => !tried.includes(id))
}
