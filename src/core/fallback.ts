/** Who answers when a model cannot: the setting in its forms, and who is next. */

import type { Choices } from './conversation.ts'
import { type Models, modelCard, resolveModel } from './models.ts'

/** The models of the chain where nobody has named one, the best first. */
const USUAL_CHAIN = ['deep', 'balanced', 'fast'] as const

export type Fallback = NonNullable<Choices['fallback']>

/** The setting `fallback` as choices have it: names in order, or on, ask, off. */
export function fallbackOf(setting: string): Fallback {
  return setting === 'on' || setting === 'ask' || setting === 'off' ? setting : setting.split(',')
}

type Asked = Pick<Choices, 'model' | 'features' | 'fallback'>

/** The chain that may be gone along without asking anybody; empty: there is none. */
export const chainOf = (choices: Asked): readonly string[] =>
  choices.fallback === 'on' || typeof choices.fallback === 'object' ? offered(choices) : []

/** Who may be asked by a key, or once the person agrees: the chain that was named, else the usual one from the model on. */
export function offered({ model, features, fallback }: Asked): readonly string[] {
  if (typeof fallback === 'object') return fallback
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
