/** The figures of one turn by name, for `--timing` and `--metrics-fd`: milliseconds, tokens, dollars, tokens a second. */

import { otps, thinkingMs, totalMs, ttftMs, ttltMs } from './metrics.ts'
import { NO_USAGE, promptTokens } from './turn.ts'
import { outputTokens, type Turn } from './turns.ts'

/** null: nobody knows. */
export function timingFields(turn: Turn): Readonly<Record<string, number | string | null>> {
  const { times, usage, end } = turn
  const since = (at: number | null) => (at === null || times.sent === null ? null : at - times.sent)
  return {
    model: turn.model,
    first_byte: since(times.heard),
    message_start: since(times.began),
    first_thinking: since(times.firstThinking),
    ttft: ttftMs(times)?.value ?? null,
    ttlt: ttltMs(times)?.value ?? null,
    total: totalMs(times)?.value ?? null,
    thinking: thinkingMs(times)?.value ?? null,
    otps: otps(turn)?.value ?? null,
    stalls: times.stalls,
    stalled: times.stalledMs,
    attempts: turn.attempt,
    input_tokens: usage && promptTokens(usage),
    cache_read_tokens: usage?.cacheRead ?? null,
    cache_write_tokens: usage && usage.cacheWrite5m + usage.cacheWrite1h,
    output_tokens: outputTokens(turn)?.value ?? null,
    thinking_tokens: (usage ?? NO_USAGE).thinking,
    cost: turn.cost?.value ?? null,
    ended: end?.type ?? null,
    stop_reason: end?.type === 'finished' ? end.stopReason : end?.type === 'failed' ? end.failure.kind : null,
    request_id: turn.requestId,
  }
}
