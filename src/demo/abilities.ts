/**
 * What each model accepts in a request, as data, beyond what the catalogue says. A new model is a new row.
 *
 * Sources (as of 2026-10-08): thinking, effort, errors and models pages of platform.claude.com; dates of release from
 * the models overview and the snapshots' names. Newest first, as `GET /v1/models` lists them.
 */

import { CATALOGUE, type ModelCard, modelCard } from '../core/models.ts'
import type { Tokenizer } from './tokens.ts'

export type ThinkingType = 'adaptive' | 'enabled' | 'disabled' | 'between_tools'

export interface Abilities {
  /** The id that answers, as in `message.model`. */
  readonly id: string
  readonly thinking: readonly ThinkingType[]
  /** Whether thinking is readable when the request does not say. */
  readonly display: 'summarized' | 'omitted'
  /** Whether effort above `high` is refused once thinking is off. */
  readonly calmWhenOff: boolean
  /** Whether the last message may be the assistant's, to be continued. */
  readonly prefill: boolean
  readonly forcedTools: boolean
  readonly fastMode: boolean
  /** Whether `{role: 'system'}` may stand among the messages. */
  readonly systemMessages: boolean
  readonly tokenizer: Tokenizer
  /** Day of release; null when no source says (then the API's epoch value is sent). */
  readonly released: string | null
  readonly deprecated: string | null
}

const row = (id: string, released: string | null, more: Partial<Abilities> = {}): Abilities => ({
  id,
  released,
  thinking: ['adaptive'],
  display: 'omitted',
  calmWhenOff: false,
  prefill: false,
  forcedTools: true,
  fastMode: false,
  systemMessages: true,
  tokenizer: 'new',
  deprecated: null,
  ...more,
})

const legacy = {
  thinking: ['enabled', 'disabled'],
  display: 'summarized',
  prefill: true,
  systemMessages: false,
  tokenizer: 'old',
} as const
const four6 = { ...legacy, thinking: ['adaptive', 'enabled', 'disabled'], prefill: false } as const

const ROWS: readonly Abilities[] = [
  row('claude-fable-5-2', '2026-11-09', { forcedTools: false }),
  row('claude-mythos-5-2', '2026-11-09', { forcedTools: false }),
  row('claude-haiku-5-5', '2026-10-07', { thinking: ['adaptive', 'disabled'], calmWhenOff: true }),
  row('claude-sonnet-5-5', '2026-09-28', {
    thinking: ['adaptive', 'between_tools'],
    calmWhenOff: true,
    forcedTools: false,
  }),
  row('claude-opus-5-5', '2026-09-22', { forcedTools: false, fastMode: true }),
  row('claude-fable-5-1', '2026-09-01', { forcedTools: false }),
  row('claude-mythos-5-1', '2026-09-01', { forcedTools: false }),
  row('claude-opus-5', null, { thinking: ['adaptive', 'disabled'], calmWhenOff: true, fastMode: true }),
  row('claude-sonnet-5', null, { thinking: ['adaptive', 'disabled'], systemMessages: false }),
  row('claude-fable-5', '2026-06-09'),
  row('claude-mythos-5', '2026-06-09'),
  row('claude-opus-4-8', null, { thinking: ['adaptive', 'disabled'], fastMode: true }),
  row('claude-opus-4-7', null, { thinking: ['adaptive', 'disabled'], systemMessages: false }),
  row('claude-sonnet-4-6', null, four6),
  row('claude-opus-4-6', null, four6),
  row('claude-opus-4-5-20251101', '2025-11-24', legacy),
  row('claude-haiku-4-5-20251001', '2025-10-15', legacy),
  // The day of its deprecation is in no source; its successor's release stands in for it.
  row('claude-sonnet-4-5-20250929', '2025-09-29', { ...legacy, deprecated: '2026-09-28' }),
]

/** A model this server has: the catalogue's card and what it accepts. */
export interface Model {
  readonly card: ModelCard
  readonly abilities: Abilities
}

export const MODELS: readonly Model[] = ROWS.map((abilities) => ({ card: modelCard(abilities.id), abilities }))

/**
 * The model an id or a dateless alias of the API means; the client's own short names are unknown here, as at the real
 * API.
 */
export function findModel(id: string): Model | undefined {
  return (
    MODELS.find(({ abilities }) => abilities.id === id) ??
    MODELS.find(({ abilities }) => abilities.id.replace(/-\d{8}$/, '') === id)
  )
}

/** Ids of the catalogue that have no row here: none, or this file has fallen behind. */
export function forgotten(): readonly string[] {
  return CATALOGUE.map(({ id }) => id).filter((id) => findModel(id) === undefined)
}
