/** A request of a batch, answered at once and in one piece, or why it is not. Nobody waits for it, so it takes no time. */

import type { Message, MessageCreateParams } from '@anthropic-ai/sdk/resources/messages/messages'
import type { Model } from '../abilities.ts'
import { type ApiError, invalid, tooLong } from '../errors.ts'
import type { LineUp } from '../line-up.ts'
import { wholeMessage } from '../message.ts'
import { type Prompt, readPrompt } from '../prompt.ts'
import { type CacheTicket, markProblem, type PromptCache } from '../prompt-cache.ts'
import type { DemoRequest } from '../request-log.ts'
import { type HttpAnswer, type Play, ScriptError } from '../script.ts'
import { checkRequest } from '../validate.ts'
import { planAnswer } from './answer-plan.ts'

export interface WholeDesk {
  readonly lines: LineUp
  readonly cache: PromptCache
  /** What the model says when the script has nothing to say. */
  answer(body: MessageCreateParams, model: Model, ticket: CacheTicket): string
  /** The error a line of the script asks for. */
  scripted(http: Exclude<HttpAnswer, { readonly kind: 'html' }>, model: Model): ApiError
}

export type Whole =
  | { readonly message: Message; readonly billed: NonNullable<DemoRequest['billed']> }
  | { readonly error: ApiError }

/** Fields that no request of a batch may have (source: batch processing, 2026-08-22). */
const NEVER = ['stream', 'speed', 'fallbacks'] as const

/** @param at wall-clock time, ms */
export function answerWhole(params: unknown, id: string, at: number, desk: WholeDesk): Whole {
  const checked = checkRequest(params, 'create')
  if (!checked.ok) return { error: checked.error }
  const { body, model } = checked
  const stray = NEVER.find((name) => name in (params as object))
  if (stray) return { error: invalid(`${stray}: not allowed in a batch`) }
  if (body.max_tokens === 0) return { error: invalid('max_tokens: must be at least 1 in a batch') }
  const prompt = readPrompt(body, model)
  const refusal = refused(prompt, model)
  if (refusal) return { error: refusal }
  let play: Play
  try {
    play = desk.lines.next(body)
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error
    return { error: invalid(error.message) }
  }
  const { http, ending } = play
  if (http) return { error: http.kind === 'html' ? BROKEN : desk.scripted(http, model) }
  if (ending && ['error', 'reset', 'cut'].includes(ending.kind)) return { error: BROKEN }
  const ticket = desk.cache.ask({ ...prompt, model: model.abilities.id, minTokens: model.card.minCache, at })
  const answer = () => desk.answer(body, model, ticket)
  const plan = planAnswer({ body, model, play, promptTokens: prompt.tokens, answer })
  ticket.begin()
  const { use } = ticket
  const message = wholeMessage({ id, model: model.abilities.id, use, diagnostics: null, fast: false }, plan)
  return {
    message: { ...message, usage: { ...message.usage, service_tier: 'batch' } },
    billed: { ...use, model: model.abilities.id, output: plan.outputTokens },
  }
}

function refused(prompt: Prompt, { card }: Model): ApiError | null {
  const marks = markProblem(prompt.blocks, prompt.automatic)
  if (marks !== null) return invalid(marks)
  const window = card.window ?? Number.POSITIVE_INFINITY
  return prompt.tokens > window ? tooLong(prompt.tokens, window) : null
}

const BROKEN: ApiError = { status: 500, type: 'api_error', message: 'Internal server error' }
