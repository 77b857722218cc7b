/** What a row becomes: a line of the answers or of the failures, and rows of the ledger. */

import { ttftMs, ttltMs } from '../figures/metrics.ts'
import { rounded } from '../figures/rounded.ts'
import { costUsd, type Models, modelCard, scaledPrices } from '../models.ts'
import type { LedgerRow } from '../money/ledger.ts'
import { rowsOfTurn, UNTIMED } from '../money/ledger.ts'
import { endNote } from '../turn/outcome.ts'
import { outputTokens, type Turn } from '../turn/turns.ts'
import { type Failure, NO_USAGE, type Usage } from '../turn.ts'
import { failure } from '../weather/failures.ts'
import { type Row, rowAsInput } from './row.ts'

/** A line of the file of answers. */
export interface AnswerLine {
  readonly id: string
  /** The row's place in the input, from 1. */
  readonly index: number
  readonly answer: string
  readonly model: string
  readonly usage: Usage
  /** US dollars, attempts in vain not counted; null: the price is unknown. */
  readonly costUsd: number | null
  readonly ttftMs: number | null
  readonly ttltMs: number | null
  readonly stopReason: string
  readonly requestId: string | null
  readonly messageId: string | null
  readonly attempts: number
  /** What the card's prices were multiplied by, as 0.5 in a batch of the server's own; absent: 1. */
  readonly priceFactor?: number
}

/** @param turn one that has finished */
export function answerLine({ id, index }: Pick<Row, 'id' | 'index'>, turn: Turn, priceFactor = 1): AnswerLine {
  const { model, answer, usage, cost, times, end, requestId, messageId, attempt } = turn
  return {
    ...{ id, index, answer, model, usage: usage ?? NO_USAGE, costUsd: rounded(cost?.value ?? null, 9) },
    ...{ ttftMs: rounded(ttftMs(times)?.value ?? null, 3), ttltMs: rounded(ttltMs(times)?.value ?? null, 3) },
    stopReason: end?.type === 'finished' ? end.stopReason : 'end_turn',
    ...{ requestId, messageId: messageId === '' ? null : messageId, attempts: attempt },
    ...(priceFactor === 1 ? {} : { priceFactor }),
  }
}

/** Why an answer that came to its end answers nothing: it was declined, or has no text; null: it has. */
export function inVain(turn: Turn): Failure | null {
  const { end, answer, requestId } = turn
  if (end?.type !== 'finished') return null
  const isDeclined = end.stopReason === 'refusal'
  if (!isDeclined && answer.trim() !== '') return null
  const reason = endNote(turn, 'script')!
  return failure(isDeclined ? 'refused' : 'cut', reason, { requestId })
}

/** A line of the file of failures: the row as it can be fed in again, and why it has no answer. */
export function failedLine(row: Row, { kind, reason, status, requestId }: Failure, attempts: number): object {
  return { ...rowAsInput(row), index: row.index, error: { kind, reason, status, requestId, attempts } }
}

/** The ledger of a row so far: attempts in vain, the first ones first, and its answer. */
export const paidFor = (turn: Turn): readonly LedgerRow[] =>
  rowsOfTurn(turn).map((row) => ({ ...row, turn: null, purpose: row.purpose === 'turn' ? 'batch' : row.purpose }))

/** US dollars of a row so far, attempts in vain included; null: the price is unknown. */
export function spentOn(turn: Turn): number | null {
  const parts = [...turn.wasted.map(({ cost }) => cost), ...(outputTokens(turn) ? [turn.cost] : [])]
  return parts.some((cost) => cost === null) ? null : parts.reduce((sum, cost) => sum + cost!.value, 0)
}

/** The ledger's row of an answer that stands in the file, and did not get into the ledger any more. */
export function ledgerRowOf(line: AnswerLine, models: Models): LedgerRow {
  const { model, usage, stopReason, requestId, messageId, attempts } = line
  const prices = scaledPrices(modelCard(model, models).prices, line.priceFactor)
  return {
    ...{
      turn: null,
      purpose: 'batch',
      model,
      insteadOf: null,
      effort: null,
      ...usage,
      outputIsEstimate: false,
      prices,
    },
    ...{ ...UNTIMED, ttftMs: line.ttftMs, ttltMs: line.ttltMs, costUsd: line.costUsd ?? costUsd({ prices }, usage) },
    ...{ attempts, ended: 'finished', stopReason, requestId, messageId },
  }
}

const COUNTS = ['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'output'] as const

/** A line of the file of answers, read back; null: it is none of ours. */
export function answerLineIn(text: string): AnswerLine | null {
  try {
    const value = JSON.parse(text) as Partial<AnswerLine> | null
    if (typeof value !== 'object' || value === null) return null
    const { id, index, answer, model, usage } = value
    const isOurs = typeof id === 'string' && Number.isInteger(index) && typeof answer === 'string'
    const isPriced = typeof model === 'string' && COUNTS.every((kind) => Number.isFinite(usage?.[kind]))
    return isOurs && isPriced ? (value as AnswerLine) : null
  } catch {
    return null
  }
}
