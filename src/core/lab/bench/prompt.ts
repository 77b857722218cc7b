/** What an arm sends: the prompt, the padding before it, and where the cache is marked. */

import { attachedTo, type Question, questionOf, wordsOf } from '../../attachments.ts'
import type { State } from '../../conversation.ts'
import type { ModelCard } from '../../models.ts'
import { planRequest } from '../../request/plan.ts'
import { type CacheMarks, NO_MARKS, type TurnRequest } from '../../request.ts'
import { estimateTokens } from '../../window/context.ts'
import type { Arm } from './arms.ts'

export interface Prompt {
  readonly question: Question
  /** Absent: the system prompt of the settings. */
  readonly system?: string
}

/** Asked when nobody says what to ask: the answer is long enough to time, and short enough to pay. */
export const USUAL_PROMPT = 'Explain in about 120 words why the sky is blue.'

/**
 * The request of an arm.
 * @param state without turns
 * @param nonce differs from run to run; what is cold begins with it, so that nothing of it can have been read before
 */
export function requestOf(state: State, arm: Arm, { question, system }: Prompt, nonce: string): TurnRequest {
  const own = system ?? arm.choices.system
  const cold = arm.cache === 'cold' ? `Run ${nonce}.` : null
  const trim = arm.isTrimmed ? trimmed : (text: string) => text
  const parts = [cold, arm.padding > 0 ? padding(arm.padding) : null, own === null ? null : trim(own)]
  const before = parts.filter((part) => part !== null).join('\n\n')
  const choices = { ...arm.choices, system: before === '' ? null : before, kind: 'single' as const }
  const asked = arm.isTrimmed ? questionOf(trimmed(wordsOf(question)), attachedTo(question)) : question
  const request = planRequest({ ...state, choices }, asked)
  return { ...request, cache: marksOf(arm, request), ...(arm.isFast ? { isFast: true as const } : {}) }
}

function marksOf({ cache, choices }: Arm, { system }: TurnRequest): CacheMarks {
  if (cache === 'off' || choices.features === 'plain') return NO_MARKS
  const ttl = choices.cacheTtl === '1h' ? '1h' : '5m'
  return system === null ? { system: null, end: ttl } : { system: ttl, end: null }
}

/** The same request without an answer: the server reads its prefix into the cache, and that is all. */
export const prewarming = (request: TurnRequest): TurnRequest => ({
  ...request,
  messages: [{ role: 'user', text: 'warm' }],
  maxTokens: 0,
  stream: false,
  prefill: null,
})

/** Tokens of what is marked, about. */
export const markedTokens = ({ system, messages, cache }: TurnRequest): number =>
  estimateTokens(cache.system ? (system ?? '') : messages.map(({ text }) => text).join('\n'))

/** Why nothing of this request can be cached; null: it can, or nobody knows. */
export function uncacheable(request: TurnRequest, card: ModelCard): string | null {
  if (!request.cache.system && !request.cache.end) return null
  const size = markedTokens(request)
  if (card.minCache === null || size >= card.minCache) return null
  return `${card.name} caches prompts from ${card.minCache} tokens on, and this one has ~${size}: add --sizes ${Math.ceil(card.minCache / 1_000) + 1}k, or a longer --system.`
}

/** A text of about so many tokens that says little and is the same each time. */
export function padding(tokens: number): string {
  const lines: string[] = []
  for (let n = 1, sum = 0; sum < tokens; n++) {
    const line = `Note ${n}: in this room the lamp stands left of the window, and nobody has moved it.`
    sum += estimateTokens(`${line}\n`)
    lines.push(line)
  }
  return lines.join('\n')
}

/** The text without runs of blanks and without lines that were said before. */
export function trimmed(text: string): string {
  const said = new Set<string>()
  const lines = text.split('\n').map((line) => line.trim().replace(/[^\S\n]+/g, ' '))
  const fresh = lines.filter((line) => {
    const isAgain = line !== '' && said.has(line)
    said.add(line)
    return !isAgain
  })
  return fresh
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
