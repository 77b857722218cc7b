/** How a model is asked, besides what it is asked: effort and thinking. Part of what a cached prompt depends on. */

import type { EffortLevel } from './catalogue.ts'
import type { Choices } from './conversation.ts'
import type { ModelCard } from './models.ts'
import type { TurnRequest } from './request.ts'

export function manner(choices: Choices, card: ModelCard): Pick<TurnRequest, 'effort' | 'thinking'> {
  const full = choices.features === 'full'
  const isReadable = choices.thinking === 'summarised' && card.thinking === 'adaptive' && card.thinksByDefault
  return {
    effort: full ? effortFor(choices, card) : null,
    thinking: full && isReadable ? 'summarised' : 'unsaid',
  }
}

/** Sonnet's own default, `high`, thinks long before the first word; `medium` is right for a conversation. */
function effortFor(choices: Choices, card: ModelCard): EffortLevel | null {
  const wanted = choices.effort ?? (choices.kind === 'chat' && card.line === 'sonnet' ? 'medium' : null)
  return wanted && card.efforts.includes(wanted) && wanted !== card.defaultEffort ? wanted : null
}
