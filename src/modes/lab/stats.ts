/** What the ledger tells of a span of time: gathered from the history once, for the chat and for the shell. */

import { readingPace } from '../../core/figures/pace.ts'
import { type LookBack, lookBack } from '../../core/lab/tally/look-back.ts'
import { plotDays } from '../../core/lab/tally/plots.ts'
import { BYS, type By, statsReport } from '../../core/lab/tally/report.ts'
import { limitOf } from '../../core/lab/tally/slo.ts'
import { dayAt, dayNamed } from '../../core/lab/tally/tally.ts'
import type { Models } from '../../core/models.ts'
import { budgetsOf } from '../../core/money/budget.ts'
import type { Settings } from '../../core/settings.ts'
import type { Remark } from '../../core/text/remark.ts'
import type { History } from '../../io/history.ts'
import { dayStart } from '../../io/process/wall-clock.ts'
import type { ThriftParts } from '../thrift.ts'
import { type Span, sinceOf, wholeDays } from './since.ts'

/** How far back it looks when nothing else is said. */
export const USUAL_SPAN = '30d'
/** Days that a forecast of the month may rest on. */
const LATELY = 31
/** Conversations that are named. */
const SESSIONS = 20

/** Answers of a model that its reading pace rests on: pairs of them are compared, each with each. */
const PACED = 60

export interface StatsParts {
  readonly history: Pick<History, 'days' | 'clock' | 'oddEnds' | 'unfinished' | 'dearest' | 'past'>
  readonly settings: Settings
  readonly models: Models
  readonly nowMs: number
}

export function gathered({ history, settings, models, nowMs }: StatsParts, fromMs: Span['fromMs']): LookBack {
  const latelyMs = dayStart(nowMs, LATELY - 1)
  const firstMs = Math.min(fromMs ?? 0, latelyMs)
  const since = fromMs === null ? 0 : dayAt(fromMs)
  const known = history.days(fromMs === null ? 0 : dayAt(firstMs) * 100)
  return lookBack({
    since: fromMs === null ? null : dayNamed(since),
    today: dayNamed(dayAt(nowMs)),
    days: known.filter(({ day }) => day >= since),
    lately: known.filter(({ day }) => day >= dayAt(latelyMs)),
    clock: history.clock(since * 100),
    odd: history.oddEnds(fromMs ?? 0),
    unfinished: history.unfinished(fromMs ?? 0),
    sessions: history.dearest(fromMs ?? 0, SESSIONS),
    limits: { ttft: limitOf(settings.sloTtft, models), total: limitOf(settings.sloTotal, models) },
    paceOf: (model) => readingPace(history.past(PACED, model)),
  })
}

/** @param columns of the terminal the report is drawn on; null: it is none, and words take the place of pictures */
export function inWords(
  look: LookBack,
  { settings, models }: Pick<StatsParts, 'settings' | 'models'>,
  by: By | null,
  columns: number | null,
  isSpoken: boolean,
): Remark {
  if (look.all.answers === 0)
    return `Nothing was answered ${look.since === null ? 'yet' : `since ${look.since}`}. A longer span: --since 90d, or all.`
  const days = look.byDay.map(({ day, costUsd }) => ({ day, usd: costUsd }))
  const plot = columns === null ? null : plotDays(days, columns)
  return statsReport(look, { models, budgets: budgetsOf(settings), by, plot, hasBars: columns !== null, isSpoken })
}

/** `/stats [span] [day|model|session|hour]` */
export async function tellStats(parts: ThriftParts, argument: string, say: (remark: Remark) => void): Promise<void> {
  const { settings } = parts.setup()
  const { models } = parts.runtime.state
  const words = argument.split(/\s+/).filter((word) => word !== '' && word !== 'by')
  const by = words.find((word): word is By => (BYS as readonly string[]).includes(word)) ?? null
  const [span, ...more] = words.filter((word) => word !== by)
  const nowMs = Date.now()
  const since =
    more.length > 0 ? `one span; "${more.join(' ')}" came behind it` : wholeDays(sinceOf(span ?? USUAL_SPAN, nowMs))
  if (typeof since === 'string') return say(`/stats takes ${since}. A table alone: ${BYS.join(', ')}.`)
  const open = await parts.history()
  if (!open)
    return say(
      'No history is kept, so there is nothing to look back at. The setting history, or --no-session, says so.',
    )
  const look = gathered({ history: open.history, settings, models, nowMs }, since.fromMs)
  say(
    inWords(
      look,
      { settings, models },
      by,
      parts.isInLines ? null : (process.stdout.columns ?? 80),
      parts.isInLines === true,
    ),
  )
}
