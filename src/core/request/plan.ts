/** What is sent for a question: which turns, which limits, which cache marks. */

import type { Question } from '../attachments.ts'
import { promptAfter } from '../cache/entries.ts'
import { planCache } from '../cache.ts'
import type { State } from '../conversation.ts'
import { sampling } from '../models/sampling.ts'
import { modelCard } from '../models.ts'
import type { TurnRequest } from '../request.ts'
import { GO_ON } from '../turn/going-on.ts'
import { questionIn, type Turn } from '../turn/turns.ts'
import { manner } from './manner.ts'

/** Output limit for a model we know nothing about; small enough for any server of today. */
const UNKNOWN_MAX_OUTPUT = 8_192
/** Output limit of a chat turn: far above any answer, and free, since only what is generated is billed. */
const CHAT_MAX_OUTPUT = 64_000

/** What is sent for a running turn when another model is asked in its place: its window, its limits, its own cache. */
export function replanned(state: State, turn: Turn, model: string): TurnRequest {
  return planRequest(withModel(state, turn, model), questionIn(turn))
}

/** The state a running turn was asked in, had this model been chosen. */
export function withModel(state: State, turn: Turn, model: string): State {
  const basis = turn.basis ?? state
  return { ...state, ...basis, choices: { ...basis.choices, model } }
}

/** What is sent for this question after these turns. Same state, same request. */
export function planRequest(state: State, question: Question): TurnRequest {
  const { choices, turns } = state
  const card = modelCard(choices.model, state.models)
  const full = choices.features === 'full'
  const last = turns.findLast(({ usage }) => usage !== null)
  const prompt = promptAfter(state, turns, question)
  const now = state.live?.times.asked ?? last?.times.ended ?? 0
  return {
    model: card.id,
    system: choices.system,
    messages: prompt.messages,
    maxTokens: Math.min(
      choices.maxTokens ?? CHAT_MAX_OUTPUT,
      // A limit that was set for another model may be more than this one writes.
      card.maxOutput ?? choices.maxTokens ?? UNKNOWN_MAX_OUTPUT,
    ),
    ...manner(choices, card),
    cache: planCache(state, prompt, now).marks,
    // Words to begin with are not those to go on with.
    ...sampling(question === GO_ON ? { ...choices, prefill: null } : choices, card),
    ...(choices.schema?.by === 'server' ? { schema: choices.schema.schema } : {}),
    ...(full && choices.kind === 'chat' ? { previousMessageId: last?.messageId ?? null } : {}),
    stream: choices.stream,
  }
}
