/** The table of settings: what there is, what each may be, what it is at first. Which layer wins is known to `settings`. */

import type { ImageSizeChoice } from '../attachments/image-size.ts'
import type { PresetRow } from '../models/presets.ts'
import { DEFAULT_MODEL, EFFORT_LEVELS, type EffortLevel, type ModelCard } from '../models.ts'
import * as kinds from './kinds.ts'
import { modelRows } from './model-rows.ts'
import { presetRows } from './preset-rows.ts'
import { row, type SettingRow } from './row.ts'

export interface Settings {
  /** Alias or id. */
  readonly model: string
  /** null: what the catalogue recommends for the model. */
  readonly effort: EffortLevel | null
  /** Text of the system prompt, or `@file`, which the reader of the setting resolves. */
  readonly system: string | null
  /** Longest answer in tokens; null: the model's own limit. */
  readonly maxTokens: number | null
  /** Address of the server without `/v1`; null: Anthropic's own. */
  readonly baseUrl: string | null
  /** Whether cache breakpoints, thinking and effort are sent; auto: only to Anthropic's own API and the demo. */
  readonly serverFeatures: 'auto' | 'full' | 'plain'
  /** A stored key. Secret: never shown, logged or exported. */
  readonly apiKey: string | null
  /** A shell command that prints a key. */
  readonly apiKeyHelper: string | null
  /** Where a key is stored: auto: in the keychain where there is one, else in the file; keychain: it lies there now. */
  readonly apiKeyStore: 'auto' | 'keychain' | 'file'
  /** The server that the stored key and the helper's are for; null: Anthropic's own. They are sent to no other. */
  readonly apiKeyFor: string | null
  /** auto: by the terminal's background; plain: no colours at all. */
  readonly theme: 'auto' | 'dark' | 'light' | 'plain'
  /** Small pictures of attached images; auto: as well as the terminal can, blocks: by coloured characters. */
  readonly imagePreview: 'auto' | 'blocks' | 'off'
  /** Chat in plain lines that nothing moves or writes over. */
  readonly screenReader: boolean
  /** reduced: nothing moves by itself, seconds are counted once a second. */
  readonly motion: 'full' | 'reduced'
  /** Share of the context window, above 0 and up to 1, from which a summary stands for the beginning. */
  readonly summariseAt: number
  /** Silence on the line, in milliseconds, after which a turn counts as stalled. */
  readonly stallAfterMs: number
  /** Silence after which one key offers another try, in ms. */
  readonly offerAfterMs: number
  /** How long a failed request is sent again: a time such as 90s, or auto (a call a minute, a chat three). */
  readonly retryFor: string
  /** Models that answer when the one asked cannot, in order; ask: the chat asks whether they may; off: none. */
  readonly fallback: string
  /** Models a question goes up, the cheap one first, until an answer is good enough; off: one model answers. */
  readonly cascade: string
  /** How a cascade checks an answer. */
  readonly check: string
  /** Rules by task, such as `classify=fast`; off: there are none. */
  readonly route: string
  /** The fast model is asked when the chosen one takes longer than this to its first word lately; off: it is not. */
  readonly routeIfSlow: string
  /** Whether a model that was limited or overloaded too often is left alone for a while. */
  readonly breaker: 'on' | 'off'
  /** The user's rows over the catalogue. */
  readonly models: readonly (Partial<ModelCard> & { readonly id: string })[]
  /** Whether the server is asked to summarise its thinking. */
  readonly thinking: 'summarised' | 'hidden'
  /** Whether each question asks for a short answer. */
  readonly concise: boolean
  /** How freely words are chosen, and from which share of them; null: as the server does. Sent where they are taken. */
  readonly temperature: number | null
  readonly topP: number | null
  /** How large images are sent. */
  readonly imageSize: ImageSizeChoice
  /** The user's rows over the presets. */
  readonly presets: readonly PresetRow[]
  /** Whether anything is kept on disk: conversations, earlier messages, the draft in case of a crash. */
  readonly history: 'on' | 'off'
  readonly keys: 'emacs' | 'vim'
  /** Whether conversations are named by the fast model, for a fraction of a cent each. */
  readonly titles: 'auto' | 'off'
  /** Life of entries in the prompt cache; auto: by break-even and the user's pauses; off: no marks. */
  readonly cacheTtl: 'auto' | '5m' | '1h' | 'off'
  /** How long, or for how much, one key keeps the prompt cache warm: `off`, `45m`, `$0.50`. */
  readonly keepWarm: string
  /** Days after which a conversation that nobody touched is removed; null: never. */
  readonly keepDays: number | null
  /** What a turn, a session (this run of the program) and a day may cost in US dollars; null: there is no limit. */
  readonly maxCostTurn: number | null
  readonly maxCostSession: number | null
  readonly maxCostDay: number | null
  /** A question that is expected to cost more US dollars than this is asked about first; null: none is. */
  readonly askAbove: number | null
  /** How long 95 of 100 turns may take to their first word, and in all; with limits of single models behind it. */
  readonly sloTtft: string
  readonly sloTotal: string
  /** Whether spans and metrics of answers go to a collector of the user's own, without a word of what was said. */
  readonly telemetry: 'off' | 'otlp'
  /** Shares of the last answers above which it is said that so many do not fit, are declined, are cut; null: never. */
  readonly alertInvalidAbove: number | null
  readonly alertRefusedAbove: number | null
  readonly alertTruncatedAbove: number | null
}

export type SettingKey = keyof Settings

/** setTimeout counts in 32 bits; a longer delay would fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1

export const SETTINGS: readonly SettingRow[] = [
  row(
    'model',
    DEFAULT_MODEL,
    'model to ask: fast, balanced, deep, max, or an id',
    kinds.word('an alias or a model id'),
  ),
  row('effort', null, 'how hard the model works; auto: as recommended for it', kinds.oneOfOr('auto', EFFORT_LEVELS)),
  row('system', null, 'system prompt, or @file to read it from', kinds.prose('a system prompt or @file')),
  row('maxTokens', null, 'longest answer in tokens; auto: the most the model can', kinds.wholeNumberOr('auto', 1)),
  row('baseUrl', null, 'server to talk to, without /v1', kinds.address, ['ANTHROPIC_BASE_URL']),
  row(
    'serverFeatures',
    'auto',
    'send cache_control, thinking and effort: auto (Anthropic and the demo only), full, plain',
    kinds.oneOf(['auto', 'full', 'plain']),
  ),
  row('apiKey', null, 'stored API key; a key in ANTHROPIC_API_KEY goes before it', kinds.key),
  row('apiKeyHelper', null, 'shell command that prints an API key', kinds.line('a shell command')),
  row(
    'apiKeyStore',
    'auto',
    "where a stored key lies: the system's keychain, the settings file, auto (the keychain where there is one)",
    kinds.oneOf(['auto', 'keychain', 'file']),
  ),
  row('apiKeyFor', null, "server that these two are for, and the only one they are sent to; none: Anthropic's own", {
    ...kinds.address,
    none: 'none',
  }),
  row(
    'theme',
    'auto',
    'colours: auto (by the background), dark, light, plain',
    kinds.oneOf(['auto', 'dark', 'light', 'plain']),
  ),
  row(
    'imagePreview',
    'auto',
    'small pictures of attached images: auto (as the terminal can), blocks, off',
    kinds.oneOf(['auto', 'blocks', 'off']),
  ),
  row('screenReader', false, 'chat in plain lines, for screen readers: on or off', kinds.yesOrNo, ['ACCESSIBLE']),
  row('motion', 'full', 'what moves by itself: full, or reduced', kinds.oneOf(['full', 'reduced'])),
  row('summariseAt', 0.8, 'share of the context window at which the beginning is summarised', kinds.share),
  row(
    'stallAfterMs',
    90_000,
    'milliseconds of silence after which a turn counts as stalled',
    kinds.wholeNumber(100, LONGEST_DELAY_MS),
  ),
  row(
    'offerAfterMs',
    15_000,
    'milliseconds of silence after which one key offers another try, what came being kept',
    kinds.wholeNumber(100, LONGEST_DELAY_MS),
  ),
  row('retryFor', 'auto', 'how long failed requests are sent again: 90s, 5m, 0 (once), or auto', kinds.patience),
  row(
    'fallback',
    'ask',
    'models that answer when the one asked cannot: names in order, on (deep,balanced,fast), chat (on, in chats alone), ask (in the chat), off',
    kinds.fallback,
  ),
  row(
    'cascade',
    'off',
    'models to ask in turn, the cheap one first, until an answer is good enough: fast,balanced,deep, or off',
    kinds.models,
  ),
  row(
    'check',
    'judge',
    'how a cascade checks an answer: judge, schema:FILE, regex:/PATTERN/, cmd:COMMAND',
    kinds.check,
  ),
  row(
    'route',
    'off',
    'models by task, said each time: classify=fast,code=balanced, or off; a task is a preset, or is guessed',
    kinds.routes,
  ),
  row(
    'routeIfSlow',
    'off',
    'ask the fast model when p95 to the first word of the last ten minutes is above this: 2s, or off',
    kinds.time,
  ),
  row(
    'breaker',
    'on',
    'leave a model alone that was limited or overloaded 5 times in a row: on, off',
    kinds.oneOf(['on', 'off']),
  ),
  row('models', [], 'your own rows over the model catalogue, as JSON', modelRows),
  row('thinking', 'summarised', 'thinking: summarised or hidden', kinds.oneOf(['summarised', 'hidden'])),
  row('concise', false, 'each question asks for a short answer: on or off', kinds.yesOrNo),
  row(
    'temperature',
    null,
    'how freely words are chosen, 0 to 2, where the server takes it, or none',
    kinds.between0And2,
  ),
  row('topP', null, 'share of the likely words to choose from, where the server takes it, or none', kinds.shareOrNone),
  row(
    'imageSize',
    'auto',
    'how large images are sent: auto, native, 1080p, 720p, or a box such as 1024x768',
    kinds.imageSize,
  ),
  row('presets', [], 'your own rows over the presets by task, as JSON', presetRows),
  row(
    'history',
    'on',
    'keep conversations, and what is typed, on disk: on, or off to leave no trace',
    kinds.oneOf(['on', 'off']),
  ),
  row('keys', 'emacs', 'keys of the composer: emacs or vim', kinds.oneOf(['emacs', 'vim'])),
  row('titles', 'auto', 'names of conversations: auto (by the fast model), off', kinds.oneOf(['auto', 'off'])),
  row(
    'cacheTtl',
    'auto',
    'life of what is written to the prompt cache: auto (by your pauses), 5m, 1h, or off',
    kinds.oneOf(['auto', '5m', '1h', 'off']),
  ),
  row(
    'keepWarm',
    'off',
    'how long, or for how much, the key that keeps the cache warm repeats itself: 45m, 2h, $0.50, or off (once)',
    kinds.warmth,
  ),
  row(
    'keepDays',
    null,
    'days after which an untouched conversation is removed for good, or forever',
    kinds.wholeNumberOr('forever', 1),
  ),
  row('maxCostTurn', null, 'most a turn may cost in US dollars, or none', kinds.dollarsOr('none')),
  row('maxCostSession', null, 'most a session may cost in US dollars, or none', kinds.dollarsOr('none')),
  row('maxCostDay', null, 'most a day may cost in US dollars, all sessions together, or none', kinds.dollarsOr('none')),
  row(
    'askAbove',
    1,
    'a question that likely costs more US dollars is asked about first, or never',
    kinds.dollarsOr('never'),
  ),
  row('sloTtft', '1s', 'first word of 95 in 100 turns, as stats judges it: 1s, or 1s,deep=3s by model', kinds.promise),
  row('sloTotal', '5s', 'end of 95 in 100 turns, as stats judges it: 5s, or 5s,deep=30s by model', kinds.promise),
  row(
    'telemetry',
    'off',
    'spans and metrics to your own OpenTelemetry collector, never words: otlp (the OTEL_* variables say where), off',
    kinds.oneOf(['off', 'otlp']),
  ),
  row(
    'alertInvalidAbove',
    null,
    'say when more answers than this do not fit their schema: 5%, or none',
    kinds.rateOrNone,
  ),
  row('alertRefusedAbove', null, 'say when more answers than this are declined: 1%, or none', kinds.rateOrNone),
  row('alertTruncatedAbove', null, 'say when more answers than this are cut short: 2%, or none', kinds.rateOrNone),
]
