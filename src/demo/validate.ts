/**
 * Whether a request is one the API would take, in the order a person would want to hear of it. Messages are checked in
 * `validate-messages`, thinking and effort in `validate-thinking`.
 */

import type { MessageCreateParams } from '@anthropic-ai/sdk/resources/messages/messages'
import { quote } from '../core/problem.ts'
import { findModel, type Model } from './abilities.ts'
import { type ApiError, invalid, notFound } from './errors.ts'
import { cacheControlProblem, type Fields, isObject } from './validate/fields.ts'
import { formatProblem } from './validate/format.ts'
import { messagesProblem, textsProblem } from './validate/messages.ts'
import { thinkingProblem } from './validate/thinking.ts'

/**
 * Fields of the body (source: SDK 1.11 `MessageCreateParamsBase`). Sampling fields are gone since version 2026-10-21.
 */
const FIELDS: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'max_tokens',
  'cache_control',
  'container',
  'diagnostics',
  'inference_geo',
  'metadata',
  'output_config',
  'service_tier',
  'speed',
  'stop_sequences',
  'stream',
  'system',
  'thinking',
  'tool_choice',
  'tools',
])
const COUNT_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'cache_control',
  'output_config',
  'speed',
  'system',
  'thinking',
  'tool_choice',
  'tools',
])

export type Checked =
  | { readonly ok: true; readonly body: MessageCreateParams; readonly model: Model }
  | { readonly ok: false; readonly error: ApiError }

/** Checks a parsed body for `/v1/messages`, or for `count_tokens`, which knows fewer fields. */
export function checkRequest(body: unknown, purpose: 'create' | 'count'): Checked {
  const refuse = (error: ApiError): Checked => ({ ok: false, error })
  if (!isObject(body)) return refuse(invalid('The request body must be a JSON object.'))
  const shape = shapeProblem(body, purpose)
  if (shape !== null) return refuse(invalid(shape))
  const model = findModel(body.model as string)
  if (!model) return refuse(notFound(`model: ${body.model}`))
  const params = body as unknown as MessageCreateParams
  const problem =
    messagesProblem(params.messages, model) ??
    thinkingProblem(params, model) ??
    formatProblem(params.output_config) ??
    (purpose === 'create' ? limitsProblem(params, model) : null)
  return problem === null ? { ok: true, body: params, model } : refuse(invalid(problem))
}

function shapeProblem(body: Fields, purpose: 'create' | 'count'): string | null {
  const known = purpose === 'create' ? FIELDS : COUNT_FIELDS
  const extra = Object.keys(body).find((key) => !known.has(key))
  if (extra !== undefined) return `${quote(extra).slice(1, -1)}: Extra inputs are not permitted`
  const required = purpose === 'create' ? ['model', 'max_tokens', 'messages'] : ['model', 'messages']
  const missing = required.find((key) => body[key] === undefined || body[key] === null)
  if (missing !== undefined) return `${missing}: Field required`
  if (typeof body.model !== 'string' || body.model === '') return 'model: Input should be a valid string'
  if (purpose === 'create' && (!Number.isInteger(body.max_tokens) || (body.max_tokens as number) < 0)) {
    return 'max_tokens: Input should be a whole number of 0 or more'
  }
  for (const key of ['stream'] as const)
    if (!isKind(body[key], 'boolean')) return `${key}: Input should be a valid boolean`
  const objects = ['cache_control', 'diagnostics', 'metadata', 'output_config', 'thinking', 'tool_choice']
  const odd = objects.find((key) => body[key] !== undefined && body[key] !== null && !isObject(body[key]))
  if (odd !== undefined) return `${odd}: Input should be an object`
  if (body.tools !== undefined && !(Array.isArray(body.tools) && body.tools.every(isObject)))
    return 'tools: Input should be a list of objects'
  const stops = body.stop_sequences ?? []
  if (!Array.isArray(stops) || !stops.every((stop) => typeof stop === 'string' && stop.trim() !== '')) {
    return 'stop_sequences: each stop sequence must contain non-whitespace'
  }
  if (body.speed !== undefined && body.speed !== null && body.speed !== 'standard' && body.speed !== 'fast') {
    return `speed: Input should be 'standard' or 'fast'`
  }
  return cacheControlProblem(body.cache_control, 'cache_control') ?? textsProblem(body.system ?? '', 'system')
}

const isKind = (value: unknown, kind: string) => value === undefined || value === null || typeof value === kind

function limitsProblem(body: MessageCreateParams, { card, abilities }: Model): string | null {
  const { max_tokens: limit } = body
  if (card.maxOutput !== null && limit > card.maxOutput) {
    return `max_tokens: ${limit} > ${card.maxOutput}, which is the maximum allowed number of output tokens for ${abilities.id}`
  }
  if (body.speed === 'fast' && !abilities.fastMode) return `speed: ${abilities.id} does not support fast mode`
  const forced = body.tool_choice?.type === 'any' || body.tool_choice?.type === 'tool'
  if (forced && !abilities.forcedTools) return `tool_choice: ${abilities.id} does not support forced tool use`
  if (limit > 0) return null
  // Pre-warming (source: prompt caching page, 2026-10-08).
  const clash = [
    body.stream === true && 'stream',
    body.thinking?.type === 'enabled' && `thinking.type 'enabled'`,
    body.output_config?.format && 'output_config.format',
    forced && 'forced tool use',
  ].find(Boolean)
  return clash ? `max_tokens: 0 cannot be combined with ${clash}` : null
}
