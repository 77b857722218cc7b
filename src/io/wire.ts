/** Both translations: our request into the API's dialect, and wire events into the events of a turn. */

import type { ContentBlockParam, MessageCreateParams } from '@anthropic-ai/sdk/resources/messages/messages'
import type { Attachment } from '../core/attachments.ts'
import { FAST_MODE_PRICE } from '../core/models.ts'
import type { CacheTtl, Message, TurnRequest } from '../core/request.ts'
import { type Limit, type Limits, type Ms, NO_USAGE, type TurnEvent, type Usage } from '../core/turn.ts'
import { countIn, fieldsOf, textIn, wordIn } from './wire/wire-values.ts'

/** A content block of type text, as `messages` and `system` take it. */
const mark = (ttl: CacheTtl | null) => (ttl ? { cache_control: { type: 'ephemeral' as const, ttl } } : {})

/** Spells attachments as blocks. */
export type Attach = (attachments: readonly Attachment[]) => readonly ContentBlockParam[]

/**
 * Spells a request for the API. Same request, same bytes: the prompt cache depends on it.
 * @param attach for requests that bring attachments along; they come before the text of their message
 */
export function toParams(request: TurnRequest, attach: Attach = () => []): MessageCreateParams {
  const { system, effort, cache, temperature, topP, prefill, schema } = request
  const last = request.messages.length - 1
  // The end would be marked behind the words an answer begins with, which are part of the answer in the next request.
  const endAt = prefill ? cache.end : null
  const ttlAt = (i: number) =>
    (i === last && endAt) || (cache.anchors?.find(({ message }) => message === i)?.ttl ?? null)
  return {
    model: request.model,
    max_tokens: request.maxTokens,
    ...(system === null ? {} : { system: [{ type: 'text', text: system, ...mark(cache.system) }] }),
    messages: [
      ...request.messages.map((message, i) => ({
        role: message.role,
        content: marked(contentOf(message, attach), ttlAt(i)),
      })),
      ...(prefill ? [{ role: 'assistant', content: [{ type: 'text', text: prefill }] }] : []),
    ],
    ...(request.thinking === 'summarised' ? { thinking: { type: 'adaptive', display: 'summarized' } } : {}),
    ...(effort || schema
      ? {
          output_config: {
            ...(effort ? { effort } : {}),
            ...(schema ? { format: { type: 'json_schema', schema } } : {}),
          },
        }
      : {}),
    ...mark(prefill ? null : cache.end),
    ...(request.isFast ? { speed: 'fast' } : {}),
    ...(temperature == null ? {} : { temperature }),
    ...(topP == null ? {} : { top_p: topP }),
    ...(request.previousMessageId === undefined
      ? {}
      : { diagnostics: { previous_message_id: request.previousMessageId } }),
    stream: request.stream,
  } as MessageCreateParams
}

/** The API takes no empty text: what is attached may be all there is. */
function contentOf({ text, attachments }: Message, attach: Attach): readonly ContentBlockParam[] {
  if (!attachments) return [{ type: 'text', text }]
  return [...attach(attachments), ...(text === '' ? [] : [{ type: 'text' as const, text }])]
}

/** The same with a breakpoint after the last block. */
function marked(blocks: readonly ContentBlockParam[], ttl: CacheTtl | null): readonly ContentBlockParam[] {
  return ttl ? blocks.map((block, i) => (i === blocks.length - 1 ? { ...block, ...mark(ttl) } : block)) : blocks
}

/**
 * Usage as totals. A stream tells the split of cache writes by lifetime only at its start, so `before` lends it when
 * later events repeat the total alone. Missing fields (other servers), and such as are no counts, keep their earlier value.
 */
function toUsage(wire: unknown, before: Usage = NO_USAGE): Usage {
  const fields = fieldsOf(wire)
  const split = fields.cache_creation
  const written = countIn(fields.cache_creation_input_tokens) ?? before.cacheWrite5m + before.cacheWrite1h
  const longer = split ? (countIn(fieldsOf(split).ephemeral_1h_input_tokens) ?? 0) : before.cacheWrite1h
  const hour = Math.min(longer, written)
  return {
    input: countIn(fields.input_tokens) ?? before.input,
    cacheRead: countIn(fields.cache_read_input_tokens) ?? before.cacheRead,
    cacheWrite1h: hour,
    cacheWrite5m: written - hour,
    output: countIn(fields.output_tokens) ?? before.output,
    thinking: countIn(fieldsOf(fields.output_tokens_details).thinking_tokens) ?? before.thinking,
  }
}

/** Rate limits from response headers; fields the server does not send are absent. @param at when they came */
export function toLimits(headers: Headers, at: Ms): Limits {
  // By the server's own clock, which may be minutes off ours.
  const sentMs = Date.parse(headers.get('date') ?? '') || Date.now()
  const read = (name: string): Limit | undefined => {
    const prefix = `anthropic-ratelimit-${name}`
    const limit = Number(headers.get(`${prefix}-limit`) || Number.NaN)
    const remaining = Number(headers.get(`${prefix}-remaining`) || Number.NaN)
    if (countIn(limit) === null || countIn(remaining) === null) return undefined
    const reset = headers.get(`${prefix}-reset`)
    const resetMs = Date.parse(reset ?? '')
    const refills = Number.isNaN(resetMs) ? {} : { refillsAt: at + Math.max(0, resetMs - sentMs) }
    return { limit, remaining, reset, ...refills }
  }
  const rows = Object.entries({
    requests: read('requests'),
    inputTokens: read('input-tokens'),
    outputTokens: read('output-tokens'),
    tokens: read('tokens'),
  })
  return Object.fromEntries(rows.filter(([, limit]) => limit !== undefined))
}

/** What a stream has said so far that later events need. */
interface Heard {
  usage: Usage
  /** What the answer began with, until its first word has come. */
  prefill: string
  stopReason: string | null
  explanation: string | null
  blocks: Map<unknown, unknown>
}

/** What an answer belongs to. */
export interface Asked {
  /** What it was begun with: that is part of it. */
  readonly prefill?: string
  /** Who was asked: who has answered when the server does not say. */
  readonly model: string
}

/**
 * A translator for one stream: wire event in, at most one of our events out. Unknown events and deltas give `alive`:
 * the API may add some at any time. Nothing that a server sends is taken for what it should be.
 */
export function translator({ prefill = '', model }: Asked): (event: unknown, at: Ms) => TurnEvent {
  const heard: Heard = { usage: NO_USAGE, prefill, stopReason: null, explanation: null, blocks: new Map() }
  return (event, at) => translate(fieldsOf(event), at, heard, model)
}

function translate(event: Readonly<Record<string, unknown>>, at: Ms, heard: Heard, model: string): TurnEvent {
  const alive: TurnEvent = { type: 'alive', at }
  const delta = fieldsOf(event.delta)
  switch (event.type) {
    case 'message_start':
      heard.usage = toUsage(fieldsOf(event.message).usage)
      return began(fieldsOf(event.message), heard.usage, at, model)
    case 'content_block_start': {
      const { type, text } = fieldsOf(event.content_block)
      heard.blocks.set(event.index, type)
      if (isThinking(type)) return { type: 'thinking', at, phase: 'start', text: '' }
      return type === 'text' ? said(text, at, heard) : alive
    }
    case 'content_block_delta':
      if (delta.type === 'text_delta') return said(delta.text, at, heard)
      return delta.type === 'thinking_delta'
        ? { type: 'thinking', at, phase: 'more', text: textIn(delta.thinking) ?? '' }
        : alive
    case 'content_block_stop':
      return isThinking(heard.blocks.get(event.index)) ? { type: 'thinking', at, phase: 'end', text: '' } : alive
    case 'message_delta':
      heard.usage = toUsage(event.usage, heard.usage)
      heard.stopReason = wordIn(delta.stop_reason) ?? heard.stopReason
      heard.explanation = textIn(fieldsOf(delta.stop_details).explanation) ?? heard.explanation
      return { type: 'usage', at, usage: heard.usage }
    case 'message_stop':
      return { type: 'finished', at, stopReason: heard.stopReason ?? 'end_turn', explanation: heard.explanation }
    default:
      return alive
  }
}

const isThinking = (kind: unknown): boolean => kind === 'thinking' || kind === 'redacted_thinking'

/** A piece of the answer, the first one with what it was begun with: a person, or a parser, wants all of it. */
function said(piece: unknown, at: Ms, heard: Pick<Heard, 'prefill'>): TurnEvent {
  const text = textIn(piece)
  if (!text) return { type: 'alive', at }
  const whole = heard.prefill + text
  heard.prefill = ''
  return { type: 'delta', at, text: whole }
}

function began(message: Readonly<Record<string, unknown>>, usage: Usage, at: Ms, asked: string): TurnEvent {
  const cacheMiss = wordIn(fieldsOf(fieldsOf(message.diagnostics).cache_miss_reason).type)
  const factor = priceFactor(fieldsOf(message.usage))
  const dearer = factor === 1 ? {} : { priceFactor: factor }
  const who = { model: wordIn(message.model) ?? asked, messageId: wordIn(message.id) ?? '' }
  return { type: 'began', at, ...who, usage, cacheMiss, ...dearer }
}

/** Multiples of the card's prices that the server says it has used (source: pricing page, 2026-10-08). */
const FACTORS = { fast: FAST_MODE_PRICE, batch: 0.5, us: 1.1 } as const

/** Fast mode costs twice the card, a batch half of it, inference in the US alone a tenth more; all kinds alike. */
function priceFactor(usage: Readonly<Record<string, unknown>>): number {
  const fast = usage.speed === 'fast' ? FACTORS.fast : 1
  const batch = usage.service_tier === 'batch' ? FACTORS.batch : 1
  return fast * batch * (usage.inference_geo === 'us' ? FACTORS.us : 1)
}

/** The events of an answer that came in one piece (`stream: false`). */
export function wholeMessage(answer: unknown, at: Ms, { prefill = '', model }: Asked): readonly TurnEvent[] {
  const message = fieldsOf(answer)
  const heard = { prefill }
  const usage = toUsage(message.usage)
  const events: TurnEvent[] = [began(message, usage, at, model)]
  for (const block of Array.isArray(message.content) ? message.content : []) {
    const { type, text, thinking } = fieldsOf(block)
    if (type === 'thinking') {
      events.push({ type: 'thinking', at, phase: 'start', text: textIn(thinking) ?? '' })
      events.push({ type: 'thinking', at, phase: 'end', text: '' })
    } else if (type === 'text' && text) events.push(said(text, at, heard))
  }
  events.push({ type: 'usage', at, usage })
  const explanation = textIn(fieldsOf(message.stop_details).explanation)
  events.push({ type: 'finished', at, stopReason: wordIn(message.stop_reason) ?? 'end_turn', explanation })
  return events
}
