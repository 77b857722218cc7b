/**
 * A turn as OpenTelemetry tells it: a span, and points of metrics, by the GenAI semantic conventions (1.42, "development").
 * Never a word of what was said, nor of what a server wrote: names, numbers and kinds alone.
 */

import type { Models } from '../models.ts'
import { modelCard } from '../models.ts'
import { type LedgerRow, rowsOfTurn } from '../money/ledger.ts'
import { outputTokens, type Turn } from '../turn/turns.ts'
import { type Ms, promptTokens } from '../turn.ts'
import { firstByteMs, otps, ttftMs, visibleOtps } from './metrics.ts'
import { phasesOf } from './phases.ts'

export type Attributes = Readonly<Record<string, string | number | boolean | readonly string[]>>

export interface SpanTold {
  readonly name: string
  /** On the clock of the turn's events. */
  readonly start: Ms
  readonly end: Ms
  readonly attributes: Attributes
  /** What kind of failure it ended in; null: none. */
  readonly error: string | null
}

export interface Point {
  readonly metric: MetricName
  readonly value: number
  readonly attributes: Attributes
}

export interface Told {
  /** null: nobody waited for it, so no times are known. */
  readonly span: SpanTold | null
  readonly points: readonly Point[]
}

interface Metric {
  readonly kind: 'histogram' | 'counter'
  readonly unit: string
  readonly tells: string
  /** Upper ends of the buckets of a histogram, as the conventions want them. */
  readonly bounds?: readonly number[]
}

const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]
const TOKENS = Array.from({ length: 14 }, (_, i) => 4 ** i)

/** `gen_ai.*` as the conventions have them; `claude_tui.*` are extensions: what was paid, by purpose and kind. */
export const METRICS = {
  'gen_ai.client.operation.duration': { kind: 'histogram', unit: 's', tells: 'Duration of an answer', bounds: SECONDS },
  'gen_ai.client.operation.time_to_first_chunk': {
    ...{ kind: 'histogram', unit: 's', tells: 'Time to the first event of the stream', bounds: SECONDS },
  },
  'gen_ai.client.operation.time_per_output_chunk': {
    ...{ kind: 'histogram', unit: 's', tells: 'Mean time between the tokens of an answer', bounds: SECONDS },
  },
  'gen_ai.client.token.usage': { kind: 'histogram', unit: '{token}', tells: 'Tokens of an answer', bounds: TOKENS },
  'claude_tui.tokens': { kind: 'counter', unit: '{token}', tells: 'Billed tokens by kind and purpose' },
  'claude_tui.cost': { kind: 'counter', unit: 'USD', tells: 'US dollars paid, by purpose' },
} as const satisfies Readonly<Record<string, Metric>>

export type MetricName = keyof typeof METRICS

/** Where requests go. */
export interface Server {
  readonly address: string
  readonly port: number
}

/**
 * A turn that is over.
 * @param requested the model that was asked for first
 * @param rows what it cost, where the ledger has it under other purposes than a turn of a chat
 */
export function toldOfTurn(
  turn: Turn,
  requested: string,
  { address, port }: Server,
  rows: readonly LedgerRow[] = rowsOfTurn(turn),
): Told {
  const { times, end, usage } = turn
  const error = end?.type === 'failed' ? end.failure.kind : null
  const common: Attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.request.model': requested,
    ...(usage ? { 'gen_ai.response.model': turn.model } : {}),
    ...{ 'server.address': address, 'server.port': port },
  }
  const failed = error === null ? {} : { 'error.type': error }
  const paid = rows.flatMap((row) => paidPoints(row, common))
  // An earlier answer from the history asked nobody.
  if (times.sent === null || times.asked === null || times.ended === null || turn.recalled)
    return { span: null, points: paid }
  const points: Point[] = [
    point('gen_ai.client.operation.duration', (times.ended - times.asked) / 1000, { ...common, ...failed }),
    ...timePoints(turn, common),
    ...usagePoints(rows, common),
    ...paid,
  ]
  const attributes = { ...common, ...failed, ...requestOf(turn), ...responseOf(turn), ...measuredOf(turn, rows) }
  return { span: { name: `chat ${requested}`, start: times.asked, end: times.ended, attributes, error }, points }
}

/** An answer that nobody watched come, such as a title: what it cost. */
export function toldOfRow(row: LedgerRow, { address, port }: Server): Told {
  const common: Attributes = {
    ...{ 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'anthropic' },
    ...{ 'gen_ai.request.model': row.model, 'gen_ai.response.model': row.model },
    ...{ 'server.address': address, 'server.port': port },
  }
  return { span: null, points: [...usagePoints([row], common), ...paidPoints(row, common)] }
}

/** The id behind an alias, as it is asked for. */
export const requestedModel = (name: string, models: Models): string => modelCard(name, models).id

const point = (metric: MetricName, value: number, attributes: Attributes): Point => ({ metric, value, attributes })

function timePoints({ times, end, usage, basis }: Turn, common: Attributes): readonly Point[] {
  const { sent, began, firstThinking, firstText, lastOutput } = times
  const isStreamed = basis?.choices.stream !== false
  const first = firstThinking ?? firstText
  const tokens = end?.type === 'finished' && usage ? usage.output : 0
  const toFirst = isStreamed && began !== null && sent !== null ? [(began - sent) / 1000] : []
  const perToken =
    isStreamed && first !== null && lastOutput !== null && tokens > 1
      ? [(lastOutput - first) / 1000 / (tokens - 1)]
      : []
  return [
    ...toFirst.map((value) => point('gen_ai.client.operation.time_to_first_chunk', value, common)),
    ...perToken.map((value) => point('gen_ai.client.operation.time_per_output_chunk', value, common)),
  ]
}

/** Only the server's own counts, as the conventions want it. */
function usagePoints(rows: readonly LedgerRow[], common: Attributes): readonly Point[] {
  return rows
    .filter(({ outputIsEstimate }) => !outputIsEstimate)
    .flatMap((row) => [
      point('gen_ai.client.token.usage', promptTokens(row), { ...common, 'gen_ai.token.type': 'input' }),
      point('gen_ai.client.token.usage', row.output, { ...common, 'gen_ai.token.type': 'output' }),
    ])
}

/** What the ledger has, kind by kind: they do not overlap, and add up to the bill. */
function paidPoints(row: LedgerRow, common: Attributes): readonly Point[] {
  const { purpose, costUsd, outputIsEstimate } = row
  const of = {
    ...common,
    ...{
      'gen_ai.response.model': row.model,
      'claude_tui.purpose': purpose,
      'claude_tui.is_estimate': outputIsEstimate,
    },
  }
  const kinds = {
    ...{ input: row.input, cache_read: row.cacheRead, cache_write_5m: row.cacheWrite5m },
    ...{ cache_write_1h: row.cacheWrite1h, output: row.output },
  }
  return [
    ...Object.entries(kinds)
      .filter(([, tokens]) => tokens > 0)
      .map(([kind, tokens]) => point('claude_tui.tokens', tokens, { ...of, 'claude_tui.token.kind': kind })),
    ...(costUsd !== null && costUsd > 0 ? [point('claude_tui.cost', costUsd, of)] : []),
  ]
}

function requestOf({ basis, effort }: Turn): Attributes {
  const { stream, maxTokens, temperature, topP } = basis?.choices ?? {}
  return {
    ...(stream === undefined ? {} : { 'gen_ai.request.stream': stream }),
    ...(maxTokens == null ? {} : { 'gen_ai.request.max_tokens': maxTokens }),
    ...(temperature == null ? {} : { 'gen_ai.request.temperature': temperature }),
    ...(topP == null ? {} : { 'gen_ai.request.top_p': topP }),
    ...(effort === null ? {} : { 'gen_ai.request.reasoning.level': effort }),
  }
}

function responseOf(turn: Turn): Attributes {
  const { usage, end, messageId, times } = turn
  const output = outputTokens(turn)
  return {
    ...(messageId ? { 'gen_ai.response.id': messageId } : {}),
    ...(end?.type === 'finished' ? { 'gen_ai.response.finish_reasons': [end.stopReason] } : {}),
    ...(times.began === null ? {} : { 'gen_ai.response.time_to_first_chunk': (times.began - times.sent!) / 1000 }),
    ...(end?.type === 'failed' && end.failure.status !== null
      ? { 'http.response.status_code': end.failure.status }
      : {}),
    ...(usage && output
      ? {
          'gen_ai.usage.input_tokens': promptTokens(usage),
          'gen_ai.usage.output_tokens': output.value,
          'gen_ai.usage.cache_read.input_tokens': usage.cacheRead,
          'gen_ai.usage.cache_creation.input_tokens': usage.cacheWrite5m + usage.cacheWrite1h,
          ...(usage.thinking === null ? {} : { 'gen_ai.usage.reasoning.output_tokens': usage.thinking }),
        }
      : {}),
  }
}

/** Extensions: what this program has measured of the turn, in seconds, and what it cost with its failed attempts. */
function measuredOf(turn: Turn, rows: readonly LedgerRow[]): Attributes {
  const { times, end, attempt } = turn
  const seconds = {
    'claude_tui.first_byte': firstByteMs(times),
    'claude_tui.ttft': ttftMs(times),
  }
  const speeds = { 'claude_tui.otps': otps(turn), 'claude_tui.visible_otps': visibleOtps(turn) }
  const phases = Object.entries(phasesOf(turn)).map(([name, ms]) => [`claude_tui.phase.${name}`, ms / 1000] as const)
  const isPriced = rows.length > 0 && rows.every(({ costUsd }) => costUsd !== null)
  return {
    'claude_tui.ended': end?.type ?? 'running',
    'claude_tui.attempts': attempt,
    'claude_tui.stalls': times.stalls,
    ...Object.fromEntries(Object.entries(seconds).flatMap(([name, one]) => (one ? [[name, one.value / 1000]] : []))),
    ...Object.fromEntries(Object.entries(speeds).flatMap(([name, one]) => (one ? [[name, one.value]] : []))),
    ...Object.fromEntries(phases),
    ...(isPriced ? { 'claude_tui.cost': rows.reduce((sum, { costUsd }) => sum + costUsd!, 0) } : {}),
  }
}
