/**
 * Presets by task, as data: model, effort, limits, each with its reason. The setting `presets` lays the user's own rows
 * over them, by name. What a preset says nothing of stays as it is.
 *
 * Prices in US dollars per million tokens, in and out (source: pricing, as of 2026-10-08): fast (Haiku 5.5) 0.10 and 0.50
 * up to 100,000 tokens, balanced (Sonnet 5.5) 2 and 10, deep (Opus 5.5) 4 and 20. Thinking is billed as output and counts
 * toward the limit, so a limit leaves room for it.
 */

import type { EffortLevel } from './catalogue.ts'

export interface Preset {
  readonly name: string
  /** What it is for. */
  readonly tells: string
  /** Where its values come from: a source with its date, or arithmetic. */
  readonly reason: string
  readonly model?: string
  /** null: as recommended for the model. */
  readonly effort?: EffortLevel | null
  /** Tokens of the longest answer, thinking included; null: the most the model can. */
  readonly maxTokens?: number | null
  readonly thinking?: 'summarised' | 'hidden'
  readonly concise?: boolean
  readonly cacheTtl?: 'auto' | '5m' | '1h' | 'off'
}

/** A row of the user's: a preset of that name, or what is different about it. */
export type PresetRow = Partial<Preset> & { readonly name: string }

export const PRESETS: readonly Preset[] = [
  {
    name: 'classify',
    tells: 'a label, a yes or no',
    ...{ model: 'fast', effort: 'low', maxTokens: 2_000, thinking: 'hidden', concise: true },
    reason: 'a twentieth of what balanced costs, both ways; 2,000 tokens are at most $0.001',
  },
  {
    name: 'extract',
    tells: 'fields and facts out of a text',
    ...{ model: 'fast', effort: 'medium', maxTokens: 16_000, thinking: 'hidden', concise: true },
    reason: "reading costs a twentieth of balanced; medium is the model's default; 16,000 tokens are at most $0.008",
  },
  {
    name: 'summarise',
    tells: 'the gist of a text',
    ...{ model: 'fast', effort: 'medium', maxTokens: 16_000, thinking: 'hidden', concise: true },
    reason: '90,000 tokens are read for $0.009, by balanced for $0.18; from 100,000 on fast costs five times as much',
  },
  {
    name: 'code',
    tells: 'programs: writing, changing, explaining them',
    ...{ model: 'deep', effort: 'medium', maxTokens: 64_000, thinking: 'summarised', concise: false },
    reason: "Anthropic's first choice (models, 2026-10-08) at twice the price of balanced; medium is its default",
  },
  {
    name: 'maths',
    tells: 'proofs, calculations, puzzles',
    ...{ model: 'deep', effort: 'xhigh', maxTokens: 100_000, thinking: 'summarised', concise: false },
    reason: 'the steps are the work, so they get room and are shown; 100,000 tokens are at most $2',
  },
  {
    name: 'creative',
    tells: 'stories, names, other words',
    ...{ model: 'balanced', effort: 'low', maxTokens: 32_000, thinking: 'hidden', concise: false },
    reason: 'little to work out beforehand, so the first word comes sooner; 32,000 tokens are at most $0.32',
  },
  {
    name: 'research',
    tells: 'long material, many questions about it',
    ...{ model: 'deep', effort: 'high', maxTokens: 64_000, thinking: 'summarised', concise: false, cacheTtl: '1h' },
    reason: 'an hour in the cache costs 2 instead of 1.25 times the input once, a pause without it 1.2 times all of it',
  },
]

/** The user's rows laid over ours: a known name changes only what it names, a new one is added. */
export function presetsWith(rows: readonly PresetRow[]): readonly Preset[] {
  const result = new Map(PRESETS.map((preset) => [preset.name, preset]))
  for (const row of rows) {
    const base = result.get(row.name) ?? { name: row.name, tells: 'your own', reason: 'your settings' }
    result.set(row.name, { ...base, ...row })
  }
  return [...result.values()]
}

/** The settings a preset makes. */
const KEYS = ['model', 'effort', 'maxTokens', 'thinking', 'concise', 'cacheTtl'] as const
export type PresetKey = (typeof KEYS)[number]

/** What a preset sets, as the table of settings writes it. */
export function presetValues(preset: Preset): Readonly<Partial<Record<PresetKey, string>>> {
  const written = KEYS.flatMap((key) => {
    const value = preset[key]
    if (value === undefined) return []
    const text = value === null ? 'auto' : typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)
    return [[key, text] as const]
  })
  return Object.fromEntries(written)
}
