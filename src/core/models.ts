/** Questions about models: which one a name means, what a usage costs, where the window ends. Facts are in `catalogue`. */

import { ALIASES, CATALOGUE, type ModelCard, NEWER, type PriceCard, SNAPSHOTS } from './models/catalogue.ts'
import { promptTokens, type Usage } from './turn.ts'

export type { EffortLevel, ModelCard, PriceCard, PriceStep } from './models/catalogue.ts'
export { ALIASES, CATALOGUE, EFFORT_LEVELS } from './models/catalogue.ts'

export const DEFAULT_MODEL = 'balanced'

/** What fast mode multiplies all prices by (source: pricing page, 2026-10-08). */
export const FAST_MODE_PRICE = 2

/** The models this process knows: the catalogue with the user's and the server's rows laid over it. */
export type Models = readonly ModelCard[]

/**
 * A card for an id nobody has described: everything about it is unknown, and stays so on screen. What estimates of its
 * tokens rest on is what holds for the models of today.
 */
function unknownModel(id: string): ModelCard {
  return {
    id,
    name: id,
    line: null,
    window: null,
    maxOutput: null,
    prices: null,
    minCache: null,
    thinking: 'none',
    thinksByDefault: false,
    efforts: [],
    defaultEffort: null,
    cheapUpTo: null,
    ...NEWER,
    prefill: false,
    sampling: false,
    retires: null,
    source: 'unknown',
  }
}

const LINES: ReadonlySet<string> = new Set(['haiku', 'sonnet', 'opus', 'fable', 'mythos'])

/** Names come from anywhere: `constructor` is one that every object has. */
const own = (names: Readonly<Record<string, string>>, name: string) =>
  Object.hasOwn(names, name) ? names[name] : undefined

/** The id behind an alias, a line's name (its newest model), a dated snapshot or an id, as it is sent to the API. Unknown names pass unchanged. */
export function resolveModel(name: string): string {
  return own(ALIASES, name) ?? (LINES.has(name) ? (CATALOGUE.find(({ line }) => line === name)?.id ?? name) : name)
}

/** The card of a model by alias, id or dated snapshot; an unknown id gets a card of unknowns. */
export function modelCard(name: string, models: Models = CATALOGUE): ModelCard {
  const id = resolveModel(name)
  const found = models.find((card) => card.id === id)
  if (found) return found
  const base = own(SNAPSHOTS, id)
  const snapshot = base === undefined ? undefined : models.find((card) => card.id === base)
  return snapshot ? { ...snapshot, id } : unknownModel(id)
}

/** What a model is called where everybody knows whose it is. */
export const shortName = (name: string, models: Models): string => modelCard(name, models).name.replace(/^Claude /, '')

export function isKnown(name: string, models: Models = CATALOGUE): boolean {
  return modelCard(name, models).source !== 'unknown'
}

/** Lays rows over the catalogue: a row with a known id changes only the fields it names, a new id is added. */
export function overlay(models: Models, rows: readonly (Partial<ModelCard> & { readonly id: string })[]): Models {
  const result = new Map(models.map((card) => [card.id, card]))
  for (const row of rows) {
    // A dated snapshot inherits from the row it is a snapshot of; its price must not get lost.
    const known = modelCard(row.id, models)
    const base = result.get(row.id) ?? (known.source === 'unknown' ? { ...known, source: 'settings' } : known)
    result.set(row.id, { ...base, ...row })
  }
  return [...result.values()]
}

/** The price card for a prompt of this many tokens; null when the price is unknown. */
export function priceFor(card: Pick<ModelCard, 'prices'>, prompt: number): PriceCard | null {
  const step = card.prices?.find(({ upToPrompt }) => upToPrompt === null || prompt <= upToPrompt)
  return step?.card ?? null
}

/** All prices times a factor: fast mode, batches and some places of inference cost a multiple of the card. */
export function scaledPrices(prices: ModelCard['prices'], factor = 1): ModelCard['prices'] {
  if (factor === 1 || !prices) return prices
  const times = ({ input, write5m, write1h, read, output }: PriceCard): PriceCard => ({
    ...{ input: input * factor, write5m: write5m * factor, write1h: write1h * factor },
    ...{ read: read * factor, output: output * factor },
  })
  return prices.map(({ upToPrompt, card }) => ({ upToPrompt, card: times(card) }))
}

/** What a usage costs in US dollars by the model's own card; null when the price is unknown. */
export function costUsd(card: Pick<ModelCard, 'prices'>, usage: Usage): number | null {
  const price = priceFor(card, promptTokens(usage))
  if (!price) return null
  return (
    (usage.input * price.input +
      usage.cacheWrite5m * price.write5m +
      usage.cacheWrite1h * price.write1h +
      usage.cacheRead * price.read +
      usage.output * price.output) /
    1e6
  )
}

/** What a model can be called: aliases, lines, ids. */
export const modelNames = (models: Models): readonly string[] => [
  ...Object.keys(ALIASES),
  ...LINES,
  ...models.map(({ id }) => id),
]

/** Names close to one that was mistyped, nearest first, for "did you mean". */
export function suggest(name: string, candidates: readonly string[]): readonly string[] {
  return candidates
    .map((candidate) => ({ candidate, far: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, far }) => far <= Math.max(2, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ candidate }) => candidate)
}

/** Levenshtein distance over UTF-16 units. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, swap)
    }
    row = next
  }
  return row[b.length]!
}
