/** What a run of a batch has come to: counts, money, and what the shared prefix has saved. */

import { count, duration, money } from '../figures/words.ts'
import { billOf, savedUsd } from '../money/bill.ts'
import type { LedgerRow } from '../money/ledger.ts'
import { type Failure, promptTokens } from '../turn.ts'
import { type Progress, ratePerSecond, sayUsd } from './progress.ts'

export interface Tally {
  /** Answered and failed in this run. */
  answered: number
  failed: number
  /** Answers that were declined, and those without any text: they are among the failed. */
  refused: number
  empty: number
  /** Answers that ended for want of room: they are among the answered. */
  cut: number
  /** Requests that were sent, and those that the server limited. */
  requests: number
  limited: number
  /** Rows that wait just now to be sent again. */
  resting: number
  usd: number
  /** Prices are known of all of it. */
  isPriced: boolean
  isEstimate: boolean
  /** US dollars against the same prompts without the cache. */
  savedUsd: number
  promptTokens: number
  cacheRead: number
  cacheWritten: number
  outputTokens: number
}

export const newTally = (): Tally => ({
  ...{ answered: 0, failed: 0, refused: 0, empty: 0, cut: 0, requests: 0, limited: 0, resting: 0 },
  ...{ usd: 0, isPriced: true, isEstimate: false, savedUsd: 0 },
  ...{ promptTokens: 0, cacheRead: 0, cacheWritten: 0, outputTokens: 0 },
})

const whole = (n: number) => n.toLocaleString('en-US')

/** Adds what was paid for. */
export function addPaid(tally: Tally, rows: readonly LedgerRow[]): void {
  for (const row of rows) {
    const bill = billOf([row])
    if (bill.unpriced > 0) tally.isPriced = false
    if (row.outputIsEstimate) tally.isEstimate = true
    tally.usd += bill.known.value
    tally.savedUsd += bill.unpriced > 0 ? 0 : savedUsd(bill)
    tally.promptTokens += promptTokens(row)
    tally.cacheRead += row.cacheRead
    tally.cacheWritten += row.cacheWrite5m + row.cacheWrite1h
    tally.outputTokens += row.output
  }
}

/** Cents with their fractions: rows cost less than one. */
const finely = (usd: number) => (usd >= 0.01 && usd < 1 ? `$${usd.toFixed(4).replace(/0{1,2}$/, '')}` : money(usd))

/** Counts an answer that answers nothing. */
export function countVain(tally: Tally, { kind }: Pick<Failure, 'kind'>): void {
  tally.failed++
  if (kind === 'refused') tally.refused++
  else tally.empty++
}

/** What is said at the end, in sentences. */
export function sayTally(tally: Tally, progress: Progress, failedFile: string): readonly string[] {
  const { rows, answered, failed, elapsedMs } = progress
  const rate = ratePerSecond(progress)
  const speed = rate === null ? '' : ` (${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s)`
  const left = rows - answered - failed
  const vain = [
    ...(tally.refused > 0 ? [`${whole(tally.refused)} declined by the model`] : []),
    ...(tally.empty > 0 ? [`${whole(tally.empty)} without any text`] : []),
  ].join(', ')
  return [
    `${answered.toLocaleString('en-US')} of ${count(rows, 'row')} answered, ${tally.answered.toLocaleString('en-US')} of them now, in ${duration(elapsedMs)}${speed} for ${sayUsd(tally.isEstimate, tally.isPriced ? tally.usd : null, finely)}.`,
    ...(tally.cut > 0
      ? [
          `${count(tally.cut, 'answer was', 'answers were')} cut short at the limit of output tokens (stopReason max_tokens), and ${tally.cut === 1 ? 'stands' : 'stand'} among them: raise --max-tokens for whole ones.`,
        ]
      : []),
    ...(tally.cacheRead > 0 && tally.savedUsd > 0
      ? [`What the rows share was read from the cache: ${money(tally.savedUsd)} saved.`]
      : []),
    ...(failed > 0
      ? [
          `${count(failed, 'row')} failed${vain === '' ? '' : ` (${vain})`}: ${failedFile} says why, and can be fed in again as it is.`,
        ]
      : []),
    ...(left > 0 ? [`${count(left, 'row')} left: the same command again goes on with them.`] : []),
  ]
}
