/**
 * A conversation as one JSON document, for programs. Figures carry where they come from (`server`, `measured`,
 * `estimate`), times are ISO 8601, and those in `times` milliseconds since 1970.
 */

import { withAttachments } from '../../attachments.ts'
import type { SideCall } from '../../conversation/side-calls.ts'
import { firstByteMs, firstThinkingMs, otps, thinkingMs, ttftMs, ttltMs, visibleOtps } from '../../figures/metrics.ts'
import { phasesOf } from '../../figures/phases.ts'
import { outputTokens, type Turn } from '../../turn/turns.ts'
import { iso, type Told } from './told.ts'

/** `format` changes when a field changes its meaning or goes; new fields may come at any time. */
export const JSON_HEAD = { type: 'claude-tui conversation', format: 1 } as const

export function* asJsonDocument({ head, survey, all }: Told): Generator<string> {
  const { uid, title, titleBy, kind, createdMs, updatedMs } = head
  const { model, turns, others, choices, sideCalls, summaries, marks, cost } = survey
  const fields = {
    ...JSON_HEAD,
    ...{ uid, title, titleBy, kind, created: iso(createdMs), updated: iso(updatedMs), model, choices },
    // null: nothing was billed, or no price is known. With `unpriced` above 0 it is a part of the whole.
    costUsd: cost.billed === cost.unknown ? null : cost.known,
    unpriced: cost.unknown,
    counts: { shown: turns, others },
    sideCalls: sideCalls.map(callInJson),
    // What stands for turns when the conversation is sent; the turns themselves are all below.
    summaries: summaries.map(({ at, sentFrom: _, ...summary }) => ({ at: iso(at), ...summary })),
    marks: Object.entries(marks).map(([turn, as]) => ({ turn: Number(turn), as })),
  }
  yield `${JSON.stringify(fields).slice(0, -1)},"turns":[`
  let isFirst = true
  for (const turn of all()) {
    yield `${isFirst ? '' : ','}\n${JSON.stringify(turnInJson(turn))}`
    isFirst = false
  }
  yield '\n]}\n'
}

const callInJson = ({ at, purpose, model, usage, requestId, prices, cost }: SideCall): object => ({
  ...{ at: iso(at), purpose, model, usage, requestId, prices, cost },
})

function turnInJson(turn: Turn & { readonly isShown: boolean }): object {
  const { number, parent, isShown: shown, question, attachments, answer, thinking, model, times, end } = turn
  const { usage, prices, cost, attempt, cacheMiss, requestId, messageId } = turn
  return {
    ...{ number, parent, shown, question, ...withAttachments(attachments), answer, thinking, model },
    ...{ asked: iso(times.asked), ended: iso(times.ended) },
    end: end && { ...end, at: undefined },
    usage,
    outputTokens: outputTokens(turn),
    ...{ costUsd: cost, prices, ttftMs: ttftMs(times), ttltMs: ttltMs(times), otps: otps(turn) },
    ...{ firstByteMs: firstByteMs(times), firstThinkingMs: firstThinkingMs(times), visibleOtps: visibleOtps(turn) },
    ...{ thinkingMs: thinkingMs(times), attempts: attempt, cacheMiss, requestId, messageId, times },
    ...{ phases: phasesOf(turn), wire: turn.wire ?? null },
  }
}
