/** `GET /v1/models`: the catalogue in the API's own shape, and its pages. */

import type { ModelInfo } from '@anthropic-ai/sdk/resources/models'
import { EFFORT_LEVELS, type EffortLevel } from '../core/models.ts'
import { MODELS, type Model, type ThinkingType } from './abilities.ts'
import { type ApiError, invalid } from './errors.ts'

/** What the API sends where the day is unknown. */
const EPOCH = '1970-01-01'

const midnight = (day: string) => `${day}T00:00:00Z`
const can = (supported: boolean) => ({ supported })

export function toModelInfo({ card, abilities }: Model): ModelInfo {
  const thinks = (type: ThinkingType) => can(abilities.thinking.includes(type))
  const effort = (level: EffortLevel) => can(card.efforts.includes(level))
  return {
    type: 'model',
    id: abilities.id,
    display_name: card.name,
    created_at: midnight(abilities.released ?? EPOCH),
    line: card.line,
    lifecycle: card.retires === null ? 'active' : 'deprecated',
    deprecated_at: abilities.deprecated && midnight(abilities.deprecated),
    retires_at: card.retires && midnight(card.retires),
    max_input_tokens: card.window,
    max_tokens: card.maxOutput,
    capabilities: {
      batch: can(true),
      citations: can(true),
      code_execution: can(true),
      image_input: can(true),
      pdf_input: can(true),
      structured_outputs: can(true),
      effort: {
        supported: card.efforts.length > 0,
        ...(Object.fromEntries(EFFORT_LEVELS.map((level) => [level, effort(level)])) as Record<
          EffortLevel,
          { supported: boolean }
        >),
      },
      thinking: {
        supported: card.thinking !== 'none',
        types: {
          adaptive: thinks('adaptive'),
          between_tools: thinks('between_tools'),
          disabled: thinks('disabled'),
          enabled: thinks('enabled'),
        },
      },
      context_management: {
        supported: true,
        clear_thinking_20251015: can(true),
        clear_tool_uses_20250919: can(true),
        compact_20260112: can(card.window === 1_000_000),
      },
      server_tools: { supported: true, web_search: can(true), code_execution: can(true) },
    },
  }
}

export interface ModelPage {
  readonly data: readonly ModelInfo[]
  readonly has_more: boolean
  readonly first_id: string | null
  readonly last_id: string | null
}

const DEFAULT_LIMIT = 20
const MAX_LIMIT = 1000
const LIFECYCLES: readonly string[] = ['active', 'deprecated', 'retired']

/** One page, newest first; active and deprecated models unless `lifecycle` says otherwise. */
export function listModels(query: URLSearchParams): ModelPage | ApiError {
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT)
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) return invalid(`limit: expected 1 to ${MAX_LIMIT}`)
  const wanted = [...query.entries()]
    .filter(([key]) => key.startsWith('lifecycle'))
    .flatMap(([, value]) => value.split(','))
  const odd = wanted.find((stage) => !LIFECYCLES.includes(stage))
  if (odd !== undefined) return invalid(`lifecycle: expected ${LIFECYCLES.join(', ')}`)
  const stages = wanted.length > 0 ? wanted : ['active', 'deprecated']
  const all = MODELS.map(toModelInfo).filter(({ lifecycle }) => stages.includes(lifecycle))

  const place = (key: string) => all.findIndex(({ id }) => id === query.get(key))
  for (const key of ['after_id', 'before_id'])
    if (query.has(key) && place(key) < 0) return invalid(`${key}: no such model in this list`)
  const before = query.has('before_id')
  const end = before ? place('before_id') : all.length
  const start = before ? Math.max(0, end - limit) : query.has('after_id') ? place('after_id') + 1 : 0
  const data = all.slice(start, Math.min(end, start + limit))
  return {
    data,
    has_more: before ? start > 0 : start + data.length < all.length,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  }
}
