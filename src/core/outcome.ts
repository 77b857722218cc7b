/** How a turn ended, as a script sees it: an exit code, and a result that holds everything measured. */

import type { Turn } from './conversation.ts'
import type { Figure } from './figures.ts'
import { otps, thinkingMs, ttftMs, ttltMs } from './metrics.ts'
import type { FailureKind, Usage } from './turn.ts'

/** Exit codes of the program. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  key: 3,
  limited: 4,
  refused: 5,
  cut: 6,
  tooLarge: 9,
  sigint: 130,
  sigterm: 143,
} as const

const OF_FAILURE: Readonly<Record<FailureKind, number>> = {
  key: EXIT.key,
  alien: EXIT.key,
  spend: EXIT.limited,
  rate: EXIT.limited,
  overload: EXIT.limited,
  refused: EXIT.refused,
  cut: EXIT.cut,
  stalled: EXIT.cut,
  'too-long': EXIT.tooLarge,
  missing: EXIT.usage,
  server: EXIT.unexpected,
  offline: EXIT.unexpected,
  invalid: EXIT.unexpected,
}

/** The exit code of a turn that is over. */
export function exitCode({ end, answer }: Turn): number {
  // Once text is out, what matters to a script is that it is not the whole of it, whatever broke it off.
  if (end?.type === 'failed') return answer.trim() === '' ? OF_FAILURE[end.failure.kind] : EXIT.cut
  if (end?.type !== 'finished') return EXIT.sigint
  if (end.stopReason === 'refusal') return EXIT.refused
  return answer.trim() === '' || cutShort(end.stopReason) ? EXIT.cut : EXIT.ok
}

/** Whether the answer ended for want of room and not because it was done. */
export function cutShort(stopReason: string): boolean {
  return stopReason === 'max_tokens' || stopReason === 'model_context_window_exceeded'
}

/** One sentence on an end that is not simply the end of the answer; null when there is nothing to say. */
export function endNote({ end, answer }: Turn): string | null {
  if (end?.type === 'failed') return [sentence(end.failure.reason), end.failure.remedy].filter(Boolean).join(' ')
  if (end?.type === 'stopped') return 'Stopped. What came is kept.'
  if (end?.type !== 'finished') return null
  if (end.stopReason === 'refusal') {
    return `The model declined${end.explanation ? `: ${end.explanation}` : '.'} The exchange is left out of what is sent next.`
  }
  if (end.stopReason === 'max_tokens') {
    return answer.trim() === ''
      ? 'The limit of output tokens was used up before any text came: raise --max-tokens or lower --effort.'
      : 'Cut short at the limit of output tokens. Ask it to go on, or raise --max-tokens.'
  }
  if (end.stopReason === 'model_context_window_exceeded')
    return 'Cut short: the context window is full. Start afresh with /clear.'
  return answer.trim() === '' ? 'The model answered without any text.' : null
}

/** A server's words rarely end with a full stop; what follows them needs one. */
const sentence = (text: string) => (/[.!?…]$/.test(text) ? text : `${text}.`)

export interface Result {
  readonly type: 'result'
  readonly ok: boolean
  readonly text: string
  readonly model: string
  readonly stopReason: string | null
  readonly error: object | null
  readonly usage: Usage | null
  /** Each figure with where it comes from: measured, server, or estimate. null: unknown. */
  readonly costUsd: Figure | null
  readonly ttftMs: Figure | null
  readonly ttltMs: Figure | null
  readonly thinkingMs: Figure | null
  readonly otps: Figure | null
  readonly attempts: number
  readonly requestId: string | null
  readonly messageId: string | null
  readonly exitCode: number
}

export function resultOf(turn: Turn): Result {
  const { end, times } = turn
  const code = exitCode(turn)
  return {
    type: 'result',
    ok: code === EXIT.ok,
    text: turn.answer,
    model: turn.model,
    stopReason: end?.type === 'finished' ? end.stopReason : null,
    error: end?.type === 'failed' ? end.failure : null,
    usage: turn.usage,
    costUsd: turn.cost,
    ttftMs: ttftMs(times),
    ttltMs: ttltMs(times),
    thinkingMs: thinkingMs(times),
    otps: otps(times, turn.answer + turn.thinking, turn.usage),
    attempts: turn.attempt,
    requestId: turn.requestId,
    messageId: turn.messageId,
    exitCode: code,
  }
}
