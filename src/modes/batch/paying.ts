/**
 * The ledger of a batch. Rows are written together, some at a time: the file of answers is the truth, and what a killed
 * program has not written any more is made up for from there by the next one.
 */

import { type AnswerLine, ledgerRowOf } from '../../core/batch/answer.ts'
import type { Models } from '../../core/models.ts'
import type { LedgerRow } from '../../core/money/ledger.ts'
import { type History, HistoryTrouble, historyPath } from '../../io/history.ts'
import type { Setup } from '../../setup.ts'
import { openPatiently, troubleInWords } from '../sessions/found.ts'

/** Rows that are written together, and how long they may wait for others, in ms. */
const TOGETHER = 200
const WITHIN_MS = 1_000
/** A clock may have been set since, in ms. */
const MARGIN_MS = 24 * 60 * 60 * 1_000

export interface Paying {
  /** Notes answers found in the files, as far as the ledger does not have them. */
  catchUp(lines: readonly AnswerLine[]): void
  pay(rows: readonly LedgerRow[]): void
  /** What waits is written now. */
  flush(): void
  /** US dollars spent from a moment on, by all programs. */
  spentSince(fromMs: number): number
  close(): void
}

/** @param startedMs when the batch was begun, in ms since 1970 */
export async function openPaying(
  { settings, isDemo }: Pick<Setup, 'settings' | 'isDemo'>,
  {
    startedMs,
    models,
    note,
  }: { readonly startedMs: number; readonly models: Models; readonly note: (line: string) => void },
): Promise<Paying> {
  let history: History | null = null
  try {
    history = settings.history === 'on' ? await openPatiently(historyPath(process.env, isDemo)) : null
  } catch (error) {
    if (!(error instanceof HistoryTrouble)) throw error
    note(`What this costs is not kept in the ledger: ${troubleInWords(error)}`)
  }
  let waiting: { readonly row: LedgerRow; readonly wallMs: number }[] = []
  let isTold = false
  const flush = () => {
    if (!history || waiting.length === 0) return
    try {
      history.together(() => {
        for (const { row, wallMs } of waiting) history!.pay(row, wallMs)
      })
      waiting = []
    } catch (error) {
      if (!(error instanceof HistoryTrouble)) throw error
      // They wait for the next time.
      if (!isTold) note(`What this costs could not be noted in the ledger yet: ${troubleInWords(error)}`)
      isTold = true
    }
  }
  const timer = setInterval(flush, WITHIN_MS)
  timer.unref()
  const pay = (rows: readonly LedgerRow[]) => {
    if (!history) return
    for (const row of rows) waiting.push({ row, wallMs: Date.now() })
    // No file would tell of an attempt in vain.
    if (waiting.length >= TOGETHER || rows.some(({ purpose }) => purpose !== 'batch')) flush()
  }
  return {
    catchUp(lines) {
      if (!history || lines.length === 0) return
      const known = history.paidMessages(startedMs - MARGIN_MS)
      pay(lines.filter(({ messageId }) => !known.has(messageId ?? '')).map((line) => ledgerRowOf(line, models)))
      flush()
    },
    pay,
    flush,
    spentSince: (fromMs) => history?.spentSince(fromMs) ?? 0,
    close() {
      clearInterval(timer)
      flush()
      history?.close()
    },
  }
}
