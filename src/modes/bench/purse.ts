/** The money of a bench: what it has spent, what is left of its budgets, and its rows in the ledger. */

import { expectedFrom, USUAL_OUTPUT } from '../../core/figures/pace.ts'
import { type Figure, reported } from '../../core/figures.ts'
import type { Run } from '../../core/lab/bench/run.ts'
import { budgetsOf, hasBudget, leftOf } from '../../core/money/budget.ts'
import { rowOfSideCall } from '../../core/money/ledger.ts'
import { historyPath } from '../../io/history.ts'
import { dayStart, wallOrigin } from '../../io/process/wall-clock.ts'
import type { Setup } from '../../setup.ts'
import { telemetryFor } from '../late/telemetry.ts'
import { openPatiently } from '../sessions/found.ts'
import type { Billed } from './conduct.ts'

export interface Purse {
  left(): number
  doubt(usd: number): void
  paid(one: Billed, run: Run | null): void
  spentUsd(): number
  /** The same with where it comes from; null: the price of some of it is unknown. */
  spent(): Figure | null
  readonly hasBudget: boolean
  /** Tokens of a likely answer of this model, by its last ones here. */
  usualOutput(model: string): number
  close(): Promise<void>
}

/** Answers that what is usual rests on. */
const PAST_ANSWERS = 200

/** @throws HistoryTrouble */
export async function openPurse(setup: Setup, note: (line: string) => void): Promise<Purse> {
  const { settings, isDemo } = setup
  const budgets = budgetsOf(settings)
  const history = settings.history === 'on' ? await openPatiently(historyPath(process.env, isDemo)) : null
  if (!history && budgets.day !== undefined)
    note('Nothing is kept of this bench: what else was spent today is not known.')
  const before = history && budgets.day !== undefined ? history.spentSince(dayStart(Date.now())) : 0
  const telemetry = await telemetryFor(setup, note)
  const origin = wallOrigin()
  let spent = 0
  let doubtful = 0
  let isKnown = true
  let from: Figure['from'] = 'server'
  return {
    hasBudget: hasBudget(settings),
    left: () =>
      leftOf(budgets, {
        turn: reported(0),
        session: reported(spent + doubtful),
        day: reported(before + spent + doubtful),
      }),
    doubt(usd) {
      doubtful += usd
    },
    paid({ call }, run) {
      spent += call.cost?.value ?? 0
      isKnown &&= call.cost !== null
      if (call.cost?.from === 'estimate') from = 'estimate'
      const times = run && run.attempts === 1 ? { ttftMs: run.ttftMs, ttltMs: run.ttltMs, otps: run.otps } : {}
      const ended = run ? { ended: run.end, stopReason: run.stopReason, attempts: run.attempts } : {}
      const row = { ...rowOfSideCall(call), ...times, ...ended }
      history?.pay(row, origin + call.at)
      telemetry?.paid([row])
    },
    spentUsd: () => spent,
    spent: () => (isKnown ? { value: spent, from } : null),
    usualOutput: (model) => expectedFrom(history?.past(PAST_ANSWERS, model) ?? [])?.outputTokens.median ?? USUAL_OUTPUT,
    async close() {
      history?.close()
      await telemetry?.close()
    },
  }
}
