/** `claude-tui cost`: what the ledger says was spent, today and in the last days, by kind, by model and by day. */

import { type Args, UsageError } from '../../args.ts'
import { readingPace } from '../../core/figures/pace.ts'
import { count } from '../../core/figures/words.ts'
import { CATALOGUE } from '../../core/models.ts'
import { type Amount, type Bill, billOf, billsBy, type Charge, savedUsd } from '../../core/money/bill.ts'
import { costReport, daysReport } from '../../core/money/cost-report.ts'
import { type Remark, remarkRows } from '../../core/text/remark.ts'
import { theme } from '../../core/text/theme.ts'
import { EXIT } from '../../core/turn/outcome.ts'
import type { Paid } from '../../io/history.ts'
import { dayStart } from '../../io/process/wall-clock.ts'
import type { SessionsIo } from '../sessions/call.ts'
import { openIfThere } from '../sessions/found.ts'
import { inShell } from './frame.ts'
import { asJson } from './sink.ts'

const DAYS = 30
/** Answers of a model that the time to read a token is taken from. */
const PAST_ANSWERS = 200
/** Columns of a page that is no terminal. */
const PAGE = 100

interface Day {
  /** Its date here: `2026-11-21`. */
  readonly day: string
  readonly charges: readonly Paid[]
}

/** Resolves to the exit code. */
export const runCost = (args: Args, io: SessionsIo): Promise<number> =>
  inShell(args, io, { name: 'cost', asIn: 'claude-tui cost --days 7', work: () => tellCost(args, io) })

async function tellCost({ flags }: Args, io: SessionsIo): Promise<number> {
  const days = daysOf(flags.days)
  const now = io.nowMs()
  const history = await openIfThere(io.path)
  try {
    const charges = history?.charges(dayStart(now, days - 1)) ?? []
    const pace = (model: string) => readingPace(history?.past(PAST_ANSWERS, model) ?? [])
    const byDay = apart(charges)
    if (flags.json === true) await io.write(`${asJson(inJson(charges, byDay, days))}\n`)
    else if (charges.length === 0) await io.write(`${await nothing(io, days)}\n`)
    else {
      const today = charges.filter(({ wallMs }) => wallMs >= dayStart(now))
      const scopes = [{ name: 'today', charges: today }, ...(days > 1 ? [{ name: `${days} days`, charges }] : [])]
      const report = costReport(scopes, CATALOGUE, pace)
      await io.write(written([report, ...(byDay.length > 1 ? [daysReport(byDay.map(asScope))] : [])], io))
    }
    return EXIT.ok
  } finally {
    history?.close()
  }
}

/** Nothing was paid for: says so, and where there is something to be seen instead. */
async function nothing({ demoPath, nowMs }: SessionsIo, days: number): Promise<string> {
  const when = days === 1 ? 'today' : `in the last ${days} days`
  if (demoPath === undefined) return `The demo has answered nothing ${when}.`
  const demo = await openIfThere(demoPath)
  const has = demo?.charges(dayStart(nowMs(), days - 1)).length ?? 0
  demo?.close()
  const there = `What ${count(has, 'answer')} of the demo would have cost: claude-tui cost --demo`
  return [`Nothing was spent ${when}.`, ...(has > 0 ? [there] : [])].join('\n')
}

function daysOf(given: string | true | undefined): number {
  if (given === undefined) return DAYS
  const days = Number(given)
  if (Number.isInteger(days) && days >= 1 && days <= 36_500) return days
  throw new UsageError(`--days takes a whole number from 1; "${given}" came.`)
}

const asScope = ({ day, charges }: Day) => ({ name: day, charges })

/** The days on which something was paid, in order. */
function apart(charges: readonly Paid[]): readonly Day[] {
  const days = Map.groupBy(charges, ({ wallMs }) => dateOf(wallMs))
  return [...days].map(([day, paid]) => ({ day, charges: paid }))
}

function dateOf(wallMs: number): string {
  const date = new Date(wallMs)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

function written(reports: readonly Remark[], { terminal }: SessionsIo): string {
  const { columns, theme: look } = terminal?.() ?? { columns: PAGE, theme: theme({ colour: 'none', links: false }) }
  return `${reports.map((report) => remarkRows(report, columns, look).join('\n')).join('\n\n')}\n`
}

function inJson(charges: readonly Charge[], byDay: readonly Day[], days: number) {
  const by = (keyOf: (charge: Charge) => string) =>
    Object.fromEntries(billsBy(charges, keyOf).map(({ key, bill }) => [key, billInJson(bill)]))
  return {
    ...{ type: 'cost', days, ...billInJson(billOf(charges)) },
    byModel: by(({ model }) => model),
    byPurpose: by(({ purpose }) => purpose),
    byDay: byDay.map(({ day, charges: paid }) => ({ day, ...billInJson(billOf(paid)) })),
  }
}

function billInJson(bill: Bill) {
  const { calls, kinds, thinking, known, unpriced, uncachedUsd } = bill
  const rounded = (amount: Amount) => ({ ...amount, usd: exact(amount.usd) })
  return {
    costUsd: { ...known, value: exact(known.value) },
    ...{ unpriced, answers: calls },
    kinds: Object.fromEntries(Object.entries(kinds).map(([kind, amount]) => [kind, rounded(amount)])),
    thinking: rounded(thinking),
    ...{ uncachedUsd: exact(uncachedUsd), savedUsd: exact(savedUsd(bill)) },
  }
}

/** A billionth of a dollar is far below any price of a token: what is left of a sum behind it is noise. */
const exact = (usd: number) => Math.round(usd * 1e9) / 1e9 || 0
