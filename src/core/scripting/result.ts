/** The result of a call, as `--output-format json` writes it: the answer, and everything that was measured about it. */

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
import { finely, type Phases, phasesOf } from '../figures/phases.ts'
import { rounded } from '../figures/rounded.ts'
import type { Figure } from '../figures.ts'
import { costIn } from '../money/unbilled.ts'
import { EXIT, inAScript } from '../turn/outcome.ts'
import { type Escalation, outputTokens, type Turn } from '../turn/turns.ts'
import type { Ms, Own, Usage } from '../turn.ts'

export interface Result {
  readonly type: 'result'
  readonly ok: boolean
  readonly text: string
  readonly model: string | null
  readonly stopReason: string | null
  /** Why the model declined, in its own words; null when it did not, or did not say. */
  readonly explanation: string | null
  readonly error: object | null
  readonly usage: Usage | null
  /** Whether `usage.output` is the server's final count or, after a stop or a failure, an estimate. */
  readonly usageFrom: Figure['from'] | null
  /** Each figure with where it comes from: measured, server, or estimate. null: unknown. */
  readonly costUsd: Figure | null
  readonly ttftMs: Figure | null
  readonly ttltMs: Figure | null
  /** From asking to the end: the attempts that failed and the waits between them included. */
  readonly totalMs: Figure | null
  readonly thinkingMs: Figure | null
  readonly otps: Figure | null
  readonly firstByteMs: Figure | null
  readonly firstThinkingMs: Figure | null
  readonly visibleOtps: Figure | null
  /** What the time went to, in ms: they add up to `totalMs`; null: nothing was sent. */
  readonly phases: Phases | null
  /** What this program itself did within them; null: nobody measured. */
  readonly own: Own | null
  readonly attempts: number
  /** The model that was chosen, where another one answered in its place; null: it answered itself. */
  readonly insteadOf: string | null
  /** Steps up a cascade, in order; absent: there was none. */
  readonly escalations?: readonly Escalation[]
  /** When an earlier answer was given that stands for one now, in ms since 1970; null: the answer is of now. */
  readonly recalledFromMs: number | null
  readonly requestId: string | null
  readonly messageId: string | null
  readonly exitCode: number
}

/** Places behind the point: a microsecond, a thousandth of a token; more is noise of the clock's own arithmetic. */
const PLACES = 3

const fine = (figure: Figure | null): Figure | null => figure && { ...figure, value: rounded(figure.value, PLACES) }

/** Each number of some, as fine as it was measured. */
const allFine = <T extends object>(all: T): T =>
  Object.fromEntries(Object.entries(all).map(([name, ms]) => [name, rounded(ms as Ms, PLACES)])) as T

/** What a turn came to. Times are told to the microsecond, moments to the millisecond. */
export function resultOf(turn: Turn, code: number): Result {
  const { end, times, usage } = turn
  const failed = end?.type === 'failed' ? end.failure : null
  const output = outputTokens(turn)
  return {
    type: 'result',
    ok: code === EXIT.ok,
    text: turn.answer,
    model: turn.model,
    stopReason: end?.type === 'finished' ? end.stopReason : null,
    explanation: end?.type === 'finished' ? end.explanation : null,
    error: failed && inAScript(failed),
    usage: usage && output ? { ...usage, output: output.value } : null,
    usageFrom: output?.from ?? null,
    costUsd: costIn(turn),
    ttftMs: fine(ttftMs(times)),
    ttltMs: fine(ttltMs(times)),
    totalMs: fine(totalMs(times)),
    thinkingMs: fine(thinkingMs(times)),
    otps: fine(otps(turn)),
    firstByteMs: fine(firstByteMs(times)),
    firstThinkingMs: fine(firstThinkingMs(times)),
    visibleOtps: fine(visibleOtps(turn)),
    phases: times.sent === null ? null : finely(phasesOf(turn), PLACES),
    own: end?.own ? allFine(end.own) : null,
    attempts: turn.attempt + (turn.escalations?.length ?? 0),
    insteadOf: turn.instead?.[0]?.from ?? null,
    ...(turn.escalations && { escalations: turn.escalations }),
    recalledFromMs: turn.recalled ? Math.round(turn.recalled.saidMs) : null,
    requestId: turn.requestId ?? failed?.requestId ?? turn.vain?.requestId ?? null,
    messageId: turn.messageId,
    exitCode: code,
  }
}

/** The result of a call that ended before anything was sent. */
export function resultOfEnding({ message, code }: { readonly message: string; readonly code: number }): Result {
  const nothing = {
    usage: null,
    usageFrom: null,
    costUsd: null,
    ttftMs: null,
    ttltMs: null,
    totalMs: null,
    thinkingMs: null,
    otps: null,
    firstByteMs: null,
    firstThinkingMs: null,
    visibleOtps: null,
    phases: null,
    own: null,
  }
  return {
    ...nothing,
    type: 'result',
    ok: false,
    text: '',
    model: null,
    stopReason: null,
    explanation: null,
    error: { reason: message },
    attempts: 0,
    insteadOf: null,
    recalledFromMs: null,
    requestId: null,
    messageId: null,
    exitCode: code,
  }
}
