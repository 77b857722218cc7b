/** One row per answer that was paid for: everything measured about it, as plain fields. */

import type { Purpose, SideCall } from '../conversation/side-calls.ts'
import { firstByteMs, firstThinkingMs, otps, ttftMs, ttltMs, visibleOtps } from '../figures/metrics.ts'
import { type Phases, phasesOf } from '../figures/phases.ts'
import type { EffortLevel } from '../models/catalogue.ts'
import type { ModelCard } from '../models.ts'
import { outputTokens, type Turn, type Wasted } from '../turn/turns.ts'
import { NO_USAGE } from '../turn.ts'

export type LedgerPurpose = 'turn' | 'retry' | 'unheard' | 'hedge' | 'recalled' | 'cascade' | 'batch' | Purpose

export interface LedgerRow {
  readonly turn: number | null
  /**
   * `retry`: an attempt that began, failed, and was made again; `unheard`: one given up before the server told its usage;
   * `hedge`: one that ran beside another, which was faster; `recalled`: an earlier answer, from the history; `cascade`:
   * an answer that was not good enough, so that the next model was asked; `batch`: one of `claude-tui batch`.
   */
  readonly purpose: LedgerPurpose
  readonly model: string
  /** The first choice, in whose place this model was asked; null: it is the first choice. */
  readonly insteadOf: string | null
  readonly effort: EffortLevel | null
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
  readonly output: number
  readonly outputIsEstimate: boolean
  /** Thinking's share of `output`; null: not said. */
  readonly thinking: number | null
  /** The price card it was billed by; null: unknown, and so is the cost. */
  readonly prices: ModelCard['prices']
  readonly costUsd: number | null
  readonly ttftMs: number | null
  readonly ttltMs: number | null
  readonly otps: number | null
  readonly firstByteMs: number | null
  readonly firstThinkingMs: number | null
  readonly visibleOtps: number | null
  /** What its time went to; null: nobody knows, as in rows of older versions. */
  readonly phases: Phases | null
  readonly stalls: number
  readonly stalledMs: number
  readonly attempts: number
  /** `running`: as far as it has come; such a row is shown, never saved. */
  readonly ended: 'finished' | 'failed' | 'stopped' | 'running'
  readonly stopReason: string | null
  readonly requestId: string | null
  readonly messageId: string | null
  /** Whether it fits the schema it was asked for; null: it was asked for none, or is not whole. */
  readonly formatOk: boolean | null
}

/** What a row says of times when nobody knows them. */
export const UNTIMED = {
  ...{ ttftMs: null, ttltMs: null, otps: null, firstByteMs: null, firstThinkingMs: null, visibleOtps: null },
  ...{ phases: null, stalls: 0, stalledMs: 0, attempts: 1 },
  formatOk: null,
} as const

/** The rows of a turn, over or not: of every attempt that was billed, or must be taken to have been. */
export function rowsOfTurn(turn: Turn): readonly LedgerRow[] {
  const row = turn.recalled ? rowOfRecalled(turn) : rowOfTurn(turn)
  return [...turn.wasted.map((one) => rowOfWasted(turn, one)), ...(row ? [row] : [])]
}

function rowOfWasted(
  { number, effort, instead }: Turn,
  { failure, cost, usage, isUnheard, isHedge, isGivenUp, ...one }: Wasted,
): LedgerRow {
  return {
    ...{
      turn: number,
      purpose: isGivenUp ? 'cascade' : isHedge ? 'hedge' : isUnheard ? 'unheard' : 'retry',
      effort,
      ...one,
      ...usage,
      insteadOf: firstChoice({ instead }) === one.model ? null : firstChoice({ instead }),
      outputIsEstimate: isGivenUp !== 'server',
      costUsd: cost?.value ?? null,
    },
    ...{
      ...UNTIMED,
      ended: failure ? 'failed' : isGivenUp === 'server' ? 'finished' : 'stopped',
      stopReason: failure?.kind ?? null,
    },
  }
}

/** The row of a turn; null: it has not begun, so there is nothing to bill. */
export function rowOfTurn(turn: Turn): LedgerRow | null {
  const { usage, end, times, effort } = turn
  const output = outputTokens(turn)
  if (!usage || !output) return null
  return {
    ...{ turn: turn.number, purpose: 'turn', model: turn.model, insteadOf: firstChoice(turn), effort },
    ...usage,
    output: output.value,
    outputIsEstimate: output.from === 'estimate',
    prices: turn.prices,
    costUsd: turn.cost?.value ?? null,
    ttftMs: ttftMs(times)?.value ?? null,
    ttltMs: ttltMs(times)?.value ?? null,
    otps: otps(turn)?.value ?? null,
    firstByteMs: firstByteMs(times)?.value ?? null,
    firstThinkingMs: firstThinkingMs(times)?.value ?? null,
    visibleOtps: visibleOtps(turn)?.value ?? null,
    phases: end ? phasesOf(turn) : null,
    ...{ stalls: times.stalls, stalledMs: times.stalledMs, attempts: turn.attempt, ended: end?.type ?? 'running' },
    stopReason: end?.type === 'finished' ? end.stopReason : end?.type === 'failed' ? end.failure.kind : null,
    requestId: turn.requestId,
    messageId: turn.messageId,
    formatOk: end?.type === 'finished' ? (end.fits ?? null) : null,
  }
}

/** An earlier answer in the place of one that could not be had: nothing was asked, and nothing is paid. */
function rowOfRecalled(turn: Turn): LedgerRow {
  const { number, model, effort, end, attempt } = turn
  return {
    ...{
      turn: number,
      purpose: 'recalled',
      model,
      insteadOf: firstChoice(turn),
      effort,
      ...NO_USAGE,
      outputIsEstimate: false,
    },
    ...{ prices: null, costUsd: 0, ...UNTIMED, attempts: attempt, ended: end?.type ?? 'running' },
    ...{ stopReason: null, requestId: null, messageId: null },
  }
}

const firstChoice = ({ instead }: { readonly instead?: Turn['instead'] | undefined }) => instead?.[0]?.from ?? null

/** The row of a call beside the turns. */
export function rowOfSideCall({ purpose, model, usage, prices, cost, requestId }: SideCall): LedgerRow {
  return {
    ...{
      turn: null,
      purpose,
      model,
      insteadOf: null,
      effort: null,
      ...usage,
      outputIsEstimate: cost?.from === 'estimate',
      prices,
    },
    costUsd: cost?.value ?? null,
    ...{ ...UNTIMED, ended: 'finished', stopReason: null, requestId, messageId: null },
  }
}
