/** How a model is asked, besides what it is asked: effort and thinking, and what of it a cached prompt depends on. */

import type { Choices } from '../conversation/choices.ts'
import type { EffortLevel } from '../models/catalogue.ts'
import type { ModelCard } from '../models.ts'
import type { TurnRequest } from '../request.ts'

export function manner(choices: Choices, card: ModelCard): Pick<TurnRequest, 'effort' | 'thinking'> {
  const full = choices.features === 'full'
  const isReadable = choices.thinking === 'summarised' && card.thinking === 'adaptive' && card.thinksByDefault
  return {
    effort: full ? effortFor(choices, card) : null,
    thinking: full && isReadable ? 'summarised' : 'unsaid',
  }
}

/**
 * The same as far as a cached prompt depends on it: effort, and a schema. Whether thinking is shown makes no difference, only whether
 * and how the model thinks would: nobody can choose that here (source: prompt caching page, "what invalidates the cache").
 */
export const cachedManner = (choices: Choices, card: ModelCard): string =>
  `${manner(choices, card).effort ?? 'usual'}${choices.schema?.by === 'server' ? JSON.stringify(choices.schema) : ''}`

function effortFor(choices: Choices, card: ModelCard): EffortLevel | null {
  const wanted = choices.effort ?? advised(choices, card)
  return wanted && card.efforts.includes(wanted) && wanted !== card.defaultEffort ? wanted : null
}

/** Sonnet's own default, `high`, thinks long before the first word; `medium` is right for a conversation. */
const advised = ({ kind }: Pick<Choices, 'kind'>, { line }: ModelCard): EffortLevel | null =>
  kind === 'chat' && line === 'sonnet' ? 'medium' : null

/** The effort a model works with when nobody chooses; null: it has none, or nobody knows. */
export const usualEffort = (choices: Pick<Choices, 'kind'>, card: ModelCard): EffortLevel | null =>
  card.efforts.length === 0 ? null : (advised(choices, card) ?? card.defaultEffort)

/** Why a chosen effort does nothing on this model or server; null: it does, or none is chosen. */
export function effortInVain({ effort, features }: Choices, card: ModelCard): string | null {
  if (effort === null) return null
  const name = card.name.replace(/^Claude /, '')
  if (features === 'plain')
    return `Effort ${effort} is not sent to this server: the setting serverFeatures has to say full for that.`
  if (card.efforts.includes(effort)) return null
  if (card.efforts.length > 0) return `${name} takes the efforts ${card.efforts.join(', ')}; ${effort} is not one.`
  return card.source === 'unknown'
    ? `Which efforts ${name} takes is unknown, so none is sent: its row in the setting "models" may say.`
    : `${name} has no effort to choose: leave it out, or choose a model that has.`
}
