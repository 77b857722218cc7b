/** What is sent for a question: which turns, which limits, which cache marks. */

import { cacheMarks } from './cache.ts'
import type { EffortLevel } from './catalogue.ts'
import type { Choices, State } from './conversation.ts'
import { type ModelCard, modelCard } from './models.ts'
import type { TurnRequest } from './request.ts'
import { promptTokens } from './turn.ts'
import { messagesOf, windowOf } from './window.ts'

/** Output limit for a model we know nothing about; small enough for any server of today. */
const UNKNOWN_MAX_OUTPUT = 8_192
/** Output limit of a chat turn: far above any answer, and free, since only what is generated is billed. */
const CHAT_MAX_OUTPUT = 64_000

/** What is sent for this question after these turns. Same state, same request. */
export function planRequest(state: State, question: string): TurnRequest {
  const { choices, turns } = state
  const card = modelCard(choices.model, state.models)
  const full = choices.features === 'full'
  const last = turns.findLast(({ usage }) => usage !== null)
  const contextTokens = last?.usage ? promptTokens(last.usage) + last.usage.output : 0
  const marks = { card, system: choices.system, contextTokens, conversation: choices.kind === 'chat' }
  return {
    model: card.id,
    system: choices.system,
    messages: [...messagesOf(windowOf(state)), { role: 'user', text: question }],
    maxTokens: choices.maxTokens ?? Math.min(card.maxOutput ?? UNKNOWN_MAX_OUTPUT, CHAT_MAX_OUTPUT),
    effort: full ? effortFor(choices, card) : null,
    thinking:
      full && choices.thinking === 'summarised' && card.thinking === 'adaptive' && card.thinksByDefault
        ? 'summarised'
        : 'unsaid',
    cache: full ? cacheMarks(marks) : { system: null, end: null },
    ...(full && choices.kind === 'chat' ? { previousMessageId: last?.messageId ?? null } : {}),
    stream: choices.stream,
  }
}

/** Sonnet's own default, `high`, thinks long before the first word; `medium` is right for a conversation. */
function effortFor(choices: Choices, card: ModelCard): EffortLevel | null {
  const wanted = choices.effort ?? (choices.kind === 'chat' && card.line === 'sonnet' ? 'medium' : null)
  return wanted && card.efforts.includes(wanted) && wanted !== card.defaultEffort ? wanted : null
}
