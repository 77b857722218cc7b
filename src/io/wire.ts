/** Both translations: our request into the API's dialect, and wire events into the events of a turn. */

import type {
  ContentBlockParam,
  MessageCreateParams,
  MessageDeltaUsage,
  RawMessageStreamEvent,
  Message as WireMessage,
  Usage as WireUsage,
} from '@anthropic-ai/sdk/resources/messages/messages'
import type { Attachment } from '../core/attachments.ts'
import type { CacheTtl, Message, TurnRequest } from '../core/request.ts'
import { type Limit, type Limits, type Ms, NO_USAGE, type TurnEvent, type Usage } from '../core/turn.ts'

/** A content block of type text, as `messages` and `system` take it. */
const mark = (ttl: CacheTtl | null) => (ttl ? { cache_control: { type: 'ephemeral' as const, ttl } } : {})

/** Spells attachments as blocks. */
export type Attach = (attachments: readonly Attachment[]) => readonly ContentBlockParam[]

/**
 * Spells a request for the API. Same request, same bytes: the prompt cache depends on it.
 * @param attach for requests that bring attachments along; they come before the text of their message
 */
export function toParams(request: TurnRequest, attach: Attach = () => []): MessageCreateParams {
  const { system, effort, cache, temperature, topP, prefill } = request
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
    ...(effort ? { output_config: { effort } } : {}),
    ...mark(prefill ? null : cache.end),
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

/** The fields of either usage shape; a delta has no split by lifetime, another server may leave out any of them. */
type AnyUsage = { readonly [K in keyof MessageDeltaUsage]?: MessageDeltaUsage[K] | null } & Pick<
  Partial<WireUsage>,
  'cache_creation'
>

/**
 * Usage as totals. A stream tells the split of cache writes by lifetime only at its start, so `before` lends it when
 * later events repeat the total alone. Missing fields (other servers) keep their earlier value.
 */
export function toUsage(wire: AnyUsage | null | undefined, before: Usage = NO_USAGE): Usage {
  if (!wire) return before
  const split = wire.cache_creation
  const written = wire.cache_creation_input_tokens ?? before.cacheWrite5m + before.cacheWrite1h
  const hour = split ? (split.ephemeral_1h_input_tokens ?? 0) : Math.min(before.cacheWrite1h, written)
  return {
    input: wire.input_tokens ?? before.input,
    cacheRead: wire.cache_read_input_tokens ?? before.cacheRead,
    cacheWrite1h: hour,
    cacheWrite5m: written - hour,
    output: wire.output_tokens ?? before.output,
    thinking: wire.output_tokens_details?.thinking_tokens ?? before.thinking,
  }
}

/** Rate limits from response headers; fields the server does not send are absent. @param at when they came */
export function toLimits(headers: Headers, at: Ms): Limits {
  // By the server's own clock, which may be minutes off ours.
  const sentMs = Date.parse(headers.get('date') ?? '') || Date.now()
  const read = (name: string): Limit | undefined => {
    const prefix = `anthropic-ratelimit-${name}`
    const limit = Number(headers.get(`${prefix}-limit`) ?? Number.NaN)
    const remaining = Number(headers.get(`${prefix}-remaining`) ?? Number.NaN)
    if (Number.isNaN(limit) || Number.isNaN(remaining)) return undefined
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
  blocks: Map<number, string>
}

/**
 * A translator for one stream: wire event in, at most one of our events out.
 * Unknown events and deltas give `alive`: the API may add some at any time.
 * @param prefill what the request began the answer with: it is part of it
 */
export function translator(prefill = ''): (event: RawMessageStreamEvent, at: Ms) => TurnEvent {
  const heard: Heard = { usage: NO_USAGE, prefill, stopReason: null, explanation: null, blocks: new Map() }
  return (event, at) => translate(event, at, heard)
}

function translate(event: RawMessageStreamEvent, at: Ms, heard: Heard): TurnEvent {
  const alive: TurnEvent = { type: 'alive', at }
  switch (event.type) {
    case 'message_start': {
      const { message } = event
      heard.usage = toUsage(message.usage)
      return began(message, heard.usage, at)
    }
    case 'content_block_start':
      heard.blocks.set(event.index, event.content_block.type)
      if (event.content_block.type === 'thinking' || event.content_block.type === 'redacted_thinking') {
        return { type: 'thinking', at, phase: 'start', text: '' }
      }
      return event.content_block.type === 'text' && event.content_block.text
        ? { type: 'delta', at, text: begun(event.content_block.text, heard) }
        : alive
    case 'content_block_delta': {
      const { delta } = event
      if (delta.type === 'text_delta') return delta.text ? { type: 'delta', at, text: begun(delta.text, heard) } : alive
      if (delta.type === 'thinking_delta') return { type: 'thinking', at, phase: 'more', text: delta.thinking }
      return alive
    }
    case 'content_block_stop': {
      const kind = heard.blocks.get(event.index)
      return kind === 'thinking' || kind === 'redacted_thinking'
        ? { type: 'thinking', at, phase: 'end', text: '' }
        : alive
    }
    case 'message_delta':
      heard.usage = toUsage(event.usage, heard.usage)
      heard.stopReason = event.delta.stop_reason ?? heard.stopReason
      heard.explanation = event.delta.stop_details?.explanation ?? heard.explanation
      return { type: 'usage', at, usage: heard.usage }
    case 'message_stop':
      return { type: 'finished', at, stopReason: heard.stopReason ?? 'end_turn', explanation: heard.explanation }
    default:
      return alive
  }
}

/** The first piece of an answer with what it was begun with: a person, or a parser, wants all of it. */
function begun(text: string, heard: Pick<Heard, 'prefill'>): string {
  const whole = heard.prefill + text
  heard.prefill = ''
  return whole
}

function began(message: WireMessage, usage: Usage, at: Ms): TurnEvent {
  const cacheMiss = message.diagnostics?.cache_miss_reason?.type ?? null
  const factor = priceFactor(message.usage)
  const dearer = factor === 1 ? {} : { priceFactor: factor }
  return { type: 'began', at, model: message.model, messageId: message.id, usage, cacheMiss, ...dearer }
}

/** Multiples of the card's prices that the server says it has used (source: pricing page, 2026-10-08). */
const FACTORS = { fast: 2, batch: 0.5, us: 1.1 } as const

/** Fast mode costs twice the card, a batch half of it, inference in the US alone a tenth more; all kinds alike. */
function priceFactor(usage: Partial<WireUsage> | null | undefined): number {
  const fast = usage?.speed === 'fast' ? FACTORS.fast : 1
  const batch = usage?.service_tier === 'batch' ? FACTORS.batch : 1
  return fast * batch * (usage?.inference_geo === 'us' ? FACTORS.us : 1)
}

/** The events of an answer that came in one piece (`stream: false`). */
export function wholeMessage(message: WireMessage, at: Ms, prefill = ''): readonly TurnEvent[] {
  const heard = { prefill }
  const usage = toUsage(message.usage)
  const events: TurnEvent[] = [began(message, usage, at)]
  for (const block of message.content ?? []) {
    if (block.type === 'thinking') {
      events.push({ type: 'thinking', at, phase: 'start', text: block.thinking })
      events.push({ type: 'thinking', at, phase: 'end', text: '' })
    } else if (block.type === 'text' && block.text) events.push({ type: 'delta', at, text: begun(block.text, heard) })
  }
  events.push({ type: 'usage', at, usage })
  const explanation = message.stop_details?.explanation ?? null
  events.push({ type: 'finished', at, stopReason: message.stop_reason ?? 'end_turn', explanation })
  return events
}
