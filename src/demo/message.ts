/**
 * An answer in the API's shapes: the message, its usage, and the events of its stream. Knows spelling only, no time.
 */

import type {
  Diagnostics,
  Message,
  MessageDeltaUsage,
  RawMessageStreamEvent,
  Usage,
} from '@anthropic-ai/sdk/resources/messages/messages'
import type { AnswerPlan } from './answers/answer-plan.ts'
import type { CacheUse } from './prompt-cache.ts'

export interface MessageHead {
  readonly id: string
  readonly model: string
  readonly use: CacheUse
  readonly diagnostics: Diagnostics | null
  readonly fast: boolean
}

/** `message_start`: the prompt's tokens are known, the answer's are not. */
export function startEvent(head: MessageHead): RawMessageStreamEvent {
  return { type: 'message_start', message: message(head, 1) }
}

function message({ id, model, use, diagnostics, fast }: MessageHead, outputTokens: number): Message {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    container: null,
    diagnostics,
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    usage: usage(use, outputTokens, fast),
  }
}

function usage(use: CacheUse, outputTokens: number, fast: boolean): Usage {
  return {
    input_tokens: use.input,
    cache_creation_input_tokens: use.write5m + use.write1h,
    cache_read_input_tokens: use.read,
    cache_creation: { ephemeral_5m_input_tokens: use.write5m, ephemeral_1h_input_tokens: use.write1h },
    output_tokens: outputTokens,
    output_tokens_details: null,
    server_tool_use: null,
    service_tier: 'standard',
    speed: fast ? 'fast' : 'standard',
    inference_geo: 'global',
  }
}

const details = ({ thinking, thinkingTokens }: AnswerPlan) => (thinking ? { thinking_tokens: thinkingTokens } : null)

/** `message_delta`: why it stopped, and totals; the split of cache writes by lifetime is not repeated. */
export function endEvent({ use }: MessageHead, plan: AnswerPlan): RawMessageStreamEvent {
  const { reason, sequence, details: stopDetails } = plan.stop
  const totals: MessageDeltaUsage = {
    input_tokens: use.input,
    cache_creation_input_tokens: use.write5m + use.write1h,
    cache_read_input_tokens: use.read,
    output_tokens: plan.outputTokens,
    output_tokens_details: details(plan),
    server_tool_use: null,
  }
  const delta = { stop_reason: reason, stop_sequence: sequence, stop_details: stopDetails, container: null }
  return { type: 'message_delta', delta, usage: totals }
}

export const thinkingStart = (index: number): RawMessageStreamEvent => ({
  type: 'content_block_start',
  index,
  content_block: { type: 'thinking', thinking: '', signature: '' },
})
export const textStart = (index: number): RawMessageStreamEvent => ({
  type: 'content_block_start',
  index,
  content_block: { type: 'text', text: '', citations: null },
})
export const thinkingDelta = (index: number, thinking: string): RawMessageStreamEvent => ({
  type: 'content_block_delta',
  index,
  delta: { type: 'thinking_delta', thinking } as Extract<
    RawMessageStreamEvent,
    { type: 'content_block_delta' }
  >['delta'],
})
export const textDelta = (index: number, text: string): RawMessageStreamEvent => ({
  type: 'content_block_delta',
  index,
  delta: { type: 'text_delta', text },
})
export const signatureDelta = (index: number, messageId: string): RawMessageStreamEvent => ({
  type: 'content_block_delta',
  index,
  delta: { type: 'signature_delta', signature: signatureOf(messageId) },
})
export const blockStop = (index: number): RawMessageStreamEvent => ({ type: 'content_block_stop', index })

/** Opaque to a client, and plainly not a real one. */
const signatureOf = (messageId: string) => Buffer.from(`demo signature of ${messageId}`).toString('base64')

/** The whole answer in one piece, as a request without `stream` gets it. */
export function wholeMessage(head: MessageHead, plan: AnswerPlan): Message {
  const { thinking, text, stop } = plan
  const thought = thinking && {
    type: 'thinking' as const,
    thinking: thinking.visible ? thinking.pieces.join('') : '',
    signature: signatureOf(head.id),
  }
  const said = text && { type: 'text' as const, text: text.join(''), citations: null }
  const start = message(head, plan.outputTokens)
  return {
    ...start,
    content: [...(thought ? [thought] : []), ...(said ? [said] : [])],
    stop_reason: stop.reason,
    stop_sequence: stop.sequence,
    stop_details: stop.details,
    usage: { ...start.usage, output_tokens_details: details(plan) },
  }
}
