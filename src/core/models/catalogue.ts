/**
 * The model catalogue as data: windows, limits, abilities and price cards, each with its source and date.
 * Adding a model is adding a row; no other file may ask what an id contains.
 *
 * Sources (read 2026-11-20):
 *   pricing   platform.claude.com/docs/en/about-claude/pricing, as of 2026-10-08
 *   models    platform.claude.com/docs/en/about-claude/models/overview, as of 2026-10-08
 *   caching   platform.claude.com/docs/en/build-with-claude/prompt-caching, as of 2026-10-08
 *   vision    platform.claude.com/docs/en/build-with-claude/vision, as of 2026-08-22
 *   thinking  platform.claude.com/docs/en/build-with-claude/adaptive-thinking and effort, as of 2026-10-08
 *   community third-party catalogue of 2026-11-10: the only source for models newer than the pages above
 */

/** US dollars per million tokens, by kind. */
export interface PriceCard {
  readonly input: number
  readonly write5m: number
  readonly write1h: number
  readonly read: number
  readonly output: number
}

/** A card that holds for whole prompts of up to `upToPrompt` tokens; null: for any larger one. */
export interface PriceStep {
  readonly upToPrompt: number | null
  readonly card: PriceCard
}

export type EffortLevel = 'low' | 'medium' | 'high' | 'xhigh' | 'max'
export const EFFORT_LEVELS: readonly EffortLevel[] = ['low', 'medium', 'high', 'xhigh', 'max']

export type ModelLine = 'haiku' | 'sonnet' | 'opus' | 'fable' | 'mythos'

/** How large an image may be before the server scales it down (source: vision, as of 2026-08-22). */
export interface ImageLimit {
  /** Longer edge in pixels. */
  readonly edgePx: number
  readonly tokens: number
}

export interface ModelCard {
  readonly id: string
  readonly name: string
  readonly line: ModelLine | null
  /** Context window in tokens; null when unknown. */
  readonly window: number | null
  readonly maxOutput: number | null
  /** Price steps, lowest first; null: unknown, and to be shown as unknown. */
  readonly prices: readonly PriceStep[] | null
  /** Shortest prefix the server caches, in tokens (source: caching); null when unknown. */
  readonly minCache: number | null
  /** `adaptive`: accepts `thinking: {type: 'adaptive'}`; `enabled`: only a token budget; `none`: unknown to the model. */
  readonly thinking: 'adaptive' | 'enabled' | 'none'
  /** Whether the model thinks when the request says nothing about it. */
  readonly thinksByDefault: boolean
  readonly efforts: readonly EffortLevel[]
  readonly defaultEffort: EffortLevel | null
  /** Largest prompt worth keeping below, where a price step makes more of it dearer; null: the window is the limit. */
  readonly cheapUpTo: number | null
  /** Characters a token stands for, about (source: models, for English text). */
  readonly charsPerToken: number
  readonly images: ImageLimit
  /** Whether it goes on with an answer that the request begins (source: errors page: 400 from 4.6 on). */
  readonly prefill: boolean
  /** Whether it takes `temperature` and `top_p` under an API version before 2026-10-21, which removed them for all. */
  readonly sampling: boolean
  /** It takes `speed: 'fast'`, at twice the price (source: fast mode page, 2026-08-22; pricing); absent: no, or unknown. */
  readonly fastMode?: boolean
  /** ISO date after which the model is gone; null when none is announced. */
  readonly retires: string | null
  /** Where the row's figures come from, and of which day. */
  readonly source: string
}

const flat = (input: number, output: number, read: number): readonly PriceStep[] => [
  { upToPrompt: null, card: priceCard(input, output, read) },
]

/** Writes cost 1.25x (5 minutes) and 2x (1 hour) of the input price on every model (source: pricing). */
function priceCard(input: number, output: number, read: number): PriceCard {
  const cents = (usd: number) => Math.round(usd * 1e6) / 1e6
  return { input, output, read, write5m: cents(input * 1.25), write1h: cents(input * 2) }
}

const FIVE: readonly EffortLevel[] = EFFORT_LEVELS
const DOCS = 'pricing, models, caching, thinking; 2026-10-08'
const million = { window: 1_000_000, maxOutput: 128_000 } as const
const small = { window: 200_000, maxOutput: 64_000 } as const
/** From Opus 4.7 on no other value than the default is taken, from 4.6 on no answer that is begun. */
const plain = { prefill: false, sampling: false } as const
const adaptive = {
  ...plain,
  thinking: 'adaptive',
  thinksByDefault: true,
  efforts: FIVE,
  defaultEffort: 'high',
} as const
const quiet = { ...adaptive, thinksByDefault: false } as const
const begun = { prefill: true, sampling: true } as const
const budget = { ...begun, thinking: 'enabled', thinksByDefault: false, efforts: [], defaultEffort: null } as const
/** Models from Opus 4.7 on have a tokenizer of smaller tokens (1M tokens are about 2.5M characters), and see more of an image. */
export const NEWER = { charsPerToken: 2.5, images: { edgePx: 2576, tokens: 4784 } } as const
/** Those before it: the same text takes about 30% fewer tokens. */
const older = { charsPerToken: 3.25, images: { edgePx: 1568, tokens: 1568 } } as const
const lasting = { ...NEWER, cheapUpTo: null, retires: null, source: DOCS } as const

export const CATALOGUE: readonly ModelCard[] = [
  {
    ...million,
    ...adaptive,
    ...lasting,
    id: 'claude-fable-5-2',
    name: 'Claude Fable 5.2',
    line: 'fable',
    prices: flat(8, 40, 0.2),
    minCache: 512,
    source: 'community; 2026-11-10',
  },
  {
    ...million,
    ...adaptive,
    ...lasting,
    id: 'claude-mythos-5-2',
    name: 'Claude Mythos 5.2',
    line: 'mythos',
    prices: null,
    minCache: 512,
    source: 'no published price; 2026-11-20',
  },
  {
    ...million,
    ...adaptive,
    ...lasting,
    id: 'claude-fable-5-1',
    name: 'Claude Fable 5.1',
    line: 'fable',
    prices: flat(10, 50, 0.25),
    minCache: 512,
  },
  {
    ...million,
    ...adaptive,
    ...lasting,
    id: 'claude-mythos-5-1',
    name: 'Claude Mythos 5.1',
    line: 'mythos',
    prices: flat(10, 50, 0.25),
    minCache: 512,
  },
  {
    ...million,
    ...adaptive,
    ...lasting,
    id: 'claude-fable-5',
    name: 'Claude Fable 5',
    line: 'fable',
    prices: flat(10, 50, 1),
    minCache: 512,
  },
  {
    ...million,
    ...adaptive,
    ...lasting,
    id: 'claude-mythos-5',
    name: 'Claude Mythos 5',
    line: 'mythos',
    prices: flat(10, 50, 1),
    minCache: 512,
  },
  {
    ...million,
    ...adaptive,
    ...lasting,
    id: 'claude-opus-5-5',
    fastMode: true,
    name: 'Claude Opus 5.5',
    line: 'opus',
    prices: flat(4, 20, 0.2),
    minCache: 512,
    defaultEffort: 'medium',
  },
  {
    ...million,
    ...adaptive,
    ...lasting,
    id: 'claude-opus-5',
    fastMode: true,
    name: 'Claude Opus 5',
    line: 'opus',
    prices: flat(5, 25, 0.5),
    minCache: 512,
  },
  {
    ...million,
    ...quiet,
    ...lasting,
    id: 'claude-opus-4-8',
    fastMode: true,
    name: 'Claude Opus 4.8',
    line: 'opus',
    prices: flat(5, 25, 0.5),
    minCache: 1024,
  },
  {
    ...million,
    ...quiet,
    ...lasting,
    id: 'claude-opus-4-7',
    name: 'Claude Opus 4.7',
    line: 'opus',
    prices: flat(5, 25, 0.5),
    minCache: 2048,
  },
  {
    ...million,
    ...quiet,
    ...lasting,
    ...older,
    id: 'claude-opus-4-6',
    name: 'Claude Opus 4.6',
    line: 'opus',
    prices: flat(5, 25, 0.5),
    minCache: 4096,
    efforts: ['low', 'medium', 'high', 'max'],
    sampling: true,
  },
  {
    ...small,
    ...budget,
    ...lasting,
    ...older,
    id: 'claude-opus-4-5',
    name: 'Claude Opus 4.5',
    line: 'opus',
    prices: flat(5, 25, 0.5),
    minCache: 4096,
    efforts: ['low', 'medium', 'high'],
    defaultEffort: 'high',
  },
  {
    ...million,
    ...adaptive,
    ...lasting,
    id: 'claude-sonnet-5-5',
    name: 'Claude Sonnet 5.5',
    line: 'sonnet',
    prices: flat(2, 10, 0.1),
    minCache: 512,
  },
  {
    ...million,
    ...adaptive,
    ...lasting,
    id: 'claude-sonnet-5',
    name: 'Claude Sonnet 5',
    line: 'sonnet',
    prices: flat(2, 10, 0.2),
    minCache: 1024,
  },
  {
    ...million,
    ...quiet,
    ...lasting,
    ...older,
    id: 'claude-sonnet-4-6',
    name: 'Claude Sonnet 4.6',
    line: 'sonnet',
    prices: flat(3, 15, 0.3),
    minCache: 1024,
    efforts: ['low', 'medium', 'high', 'max'],
    sampling: true,
  },
  {
    ...small,
    ...budget,
    ...lasting,
    ...older,
    id: 'claude-sonnet-4-5',
    name: 'Claude Sonnet 4.5',
    line: 'sonnet',
    prices: flat(3, 15, 0.3),
    minCache: 1024,
    retires: '2026-11-30',
  },
  {
    ...million,
    ...adaptive,
    ...lasting,
    id: 'claude-haiku-5-5',
    name: 'Claude Haiku 5.5',
    line: 'haiku',
    prices: [
      { upToPrompt: 100_000, card: priceCard(0.1, 0.5, 0.01) },
      { upToPrompt: null, card: priceCard(0.5, 2.5, 0.05) },
    ],
    minCache: 512,
    defaultEffort: 'medium',
    cheapUpTo: 100_000,
  },
  {
    ...small,
    ...budget,
    ...lasting,
    ...older,
    id: 'claude-haiku-4-5',
    name: 'Claude Haiku 4.5',
    line: 'haiku',
    prices: flat(1, 5, 0.1),
    minCache: 4096,
  },
]

/** Dated ids that mean a dateless row (source: models: from 4.6 on every dateless id is itself pinned). */
export const SNAPSHOTS: Readonly<Record<string, string>> = {
  'claude-opus-4-5-20251101': 'claude-opus-4-5',
  'claude-sonnet-4-5-20250929': 'claude-sonnet-4-5',
  'claude-haiku-4-5-20251001': 'claude-haiku-4-5',
}

/** Short names for a choice of model. `balanced` is the default. */
export const ALIASES: Readonly<Record<string, string>> = {
  fast: 'claude-haiku-5-5',
  balanced: 'claude-sonnet-5-5',
  deep: 'claude-opus-5-5',
  max: 'claude-fable-5-2',
}
