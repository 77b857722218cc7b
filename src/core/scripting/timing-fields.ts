/**
 * Every figure of a turn as a plain named value: for scripts, which format them as they like. The unit stands in the
 * name; null is unknown, or never happened.
 */

import {
  firstByteMs,
  firstThinkingMs,
  otps,
  thinkingMs,
  totalMs,
  ttftMs,
  ttltMs,
  visibleOtps,
} from '../figures/metrics.ts'
import { finely, PHASES, phasesOf } from '../figures/phases.ts'
import { rounded } from '../figures/rounded.ts'
import { costIn } from '../money/unbilled.ts'
import { outputTokens, type Turn } from '../turn/turns.ts'
import { promptTokens } from '../turn.ts'

/**
 * - `first_byte_ms`, `first_thinking_ms`, `ttft_ms`, `ttlt_ms` count from the request; `total_ms` from the question.
 * - `phase_NAME_ms`, one for each of `PHASES`, are one after the other and add up to `total_ms`; 0: it took no time.
 * - `parse_ms` and `draw_ms` are this program's own work within them.
 */
export function timingFields(turn: Turn): Readonly<Record<string, number | string | null>> {
  const { times, usage, end } = turn
  const phases = finely(phasesOf(turn), PLACES)
  const isTimed = Object.keys(phases).length > 0
  const own = end?.own
  return {
    model: turn.model,
    request_id: turn.requestId,
    message_id: turn.messageId,
    stop_reason: end?.type === 'finished' ? end.stopReason : null,
    failure: end?.type === 'failed' ? end.failure.kind : null,
    attempts: times.sent === null ? 0 : turn.attempt + (turn.escalations?.length ?? 0),
    first_byte_ms: fine(firstByteMs(times)?.value),
    first_thinking_ms: fine(firstThinkingMs(times)?.value),
    ttft_ms: fine(ttftMs(times)?.value),
    ttlt_ms: fine(ttltMs(times)?.value),
    total_ms: fine(totalMs(times)?.value),
    thinking_ms: fine(thinkingMs(times)?.value),
    otps: fine(otps(turn)?.value),
    visible_otps: fine(visibleOtps(turn)?.value),
    stalls: times.stalls,
    stalled_ms: fine(times.stalledMs),
    ...Object.fromEntries(PHASES.map((name) => [`phase_${name}_ms`, isTimed ? (phases[name] ?? 0) : null])),
    parse_ms: fine(own?.parseMs),
    draw_ms: fine(own?.drawMs),
    prompt_tokens: usage ? promptTokens(usage) : null,
    input_tokens: usage?.input ?? null,
    cache_read_tokens: usage?.cacheRead ?? null,
    cache_write_tokens: usage ? usage.cacheWrite5m + usage.cacheWrite1h : null,
    output_tokens: outputTokens(turn)?.value ?? null,
    thinking_tokens: usage?.thinking ?? null,
    cost_usd: costIn(turn)?.value ?? null,
  }
}

/** Places behind the point: a microsecond; more would be noise of the clock's own arithmetic. */
const PLACES = 3

const fine = (value: number | null | undefined): number | null => rounded(value ?? null, PLACES)
