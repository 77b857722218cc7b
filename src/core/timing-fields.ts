/**
 * Every figure of a turn as a plain named value: for scripts, which format them as they like. The unit stands in the
 * name; null is unknown, or never happened.
 */

import { otps, thinkingMs, totalMs, ttftMs, ttltMs } from './metrics.ts'
import { promptTokens } from './turn.ts'
import { outputTokens, type Turn } from './turns.ts'

/** `first_byte_ms`, `first_thinking_ms`, `ttft_ms`, `ttlt_ms` count from the request; `total_ms` from the question. */
export function timingFields(turn: Turn): Readonly<Record<string, number | string | null>> {
  const { times, usage, end } = turn
  const since = (at: number | null) => (at === null || times.sent === null ? null : at - times.sent)
  return {
    model: turn.model,
    request_id: turn.requestId,
    message_id: turn.messageId,
    stop_reason: end?.type === 'finished' ? end.stopReason : null,
    failure: end?.type === 'failed' ? end.failure.kind : null,
    attempts: times.sent === null ? 0 : turn.attempt,
    first_byte_ms: fine(since(times.heard)),
    first_thinking_ms: fine(since(times.firstThinking)),
    ttft_ms: fine(ttftMs(times)?.value),
    ttlt_ms: fine(ttltMs(times)?.value),
    total_ms: fine(totalMs(times)?.value),
    thinking_ms: fine(thinkingMs(times)?.value),
    otps: fine(otps(turn)?.value),
    stalls: times.stalls,
    stalled_ms: fine(times.stalledMs),
    prompt_tokens: usage ? promptTokens(usage) : null,
    input_tokens: usage?.input ?? null,
    cache_read_tokens: usage?.cacheRead ?? null,
    cache_write_tokens: usage ? usage.cacheWrite5m + usage.cacheWrite1h : null,
    output_tokens: outputTokens(turn)?.value ?? null,
    thinking_tokens: usage?.thinking ?? null,
    cost_usd: turn.cost?.value ?? null,
  }
}

/** Three places are a microsecond; more would be noise of the clock's own arithmetic. */
const fine = (value: number | null | undefined): number | null =>
  typeof value === 'number' ? Math.round(value * 1000) / 1000 : null
