/** What `/stats` and `claude-tui stats` say: spend, budgets, times and speeds, the cache, what went wrong, the promises. */

import { count, duration, money, percent, tokens } from '../../figures/words.ts'
import { type Models, shortName } from '../../models.ts'
import type { Budgets } from '../../money/budget.ts'
import { BESIDE } from '../../money/cost-report.ts'
import type { Remark, Tabled } from '../../text/remark.ts'
import type { Cell, TableRow } from '../../text/remark-table.ts'
import { clip } from '../../text/wrap.ts'
import { sayBurn } from './burn.ts'
import type { LookBack, Timed, Told } from './look-back.ts'
import { sayDays, sparkline } from './plots.ts'
import { saySlo } from './slo.ts'
import type { SessionSum, Spread, Sums } from './tally.ts'

export type By = 'day' | 'model' | 'session' | 'hour'
export const BYS: readonly By[] = ['day', 'model', 'session', 'hour']

export interface StatsWords {
  readonly models: Models
  readonly budgets: Budgets
  /** One table alone; null: the whole report. */
  readonly by: By | null
  /** The plot of days; null: there is none to be seen, and words take its place. */
  readonly plot: string | null
  /** Small bars can be seen. */
  readonly hasBars: boolean
  /** It is read aloud: a figure without its table has to say what it is. */
  readonly isSpoken: boolean
}

export function statsReport(look: LookBack, words: StatsWords): Remark {
  const { by, models } = words
  if (by === 'day') return daysTable(look)
  if (by === 'model') return [modelsTable(look, models), ...speeds(look, words)]
  if (by === 'session') return sessionsTable(look.sessions)
  if (by === 'hour') return hoursTable(look)
  const days = look.byDay.map(({ day, costUsd }) => ({ day, usd: costUsd }))
  const picture = words.plot ?? sayDays(days)
  const dearest = look.sessions[0]?.costUsd ?? null
  return [
    summary(look),
    '',
    { list: [...sayBurn(look.burn, words.budgets, dearest), ...promises(look, models)] },
    ...(picture === null ? [] : ['', picture]),
    ...(look.byModel.length > 1 ? ['', modelsTable(look, models)] : []),
    ...speeds(look, words),
    ...byHourLines(look, words.hasBars),
    ...dearestFew(look.sessions),
    ...unpriced(look.all),
  ]
}

const promises = ({ slos }: LookBack, models: Models) => slos.map((slo) => ['promise', saySlo(slo, models)] as const)

function summary(look: LookBack): Tabled {
  const { today, all, since, batchRetries } = look
  const span = since === null ? 'in all' : `since ${since}`
  const both = (write: (told: Told) => Cell): readonly Cell[] => [write(today), write(all)]
  const rows: TableRow[] = [
    { name: 'answers', cells: both(({ answers }) => whole(answers)) },
    { name: 'spent', cells: both(spent), look: 'strong' },
    { name: 'tokens in', cells: both(({ promptTokens }) => tokens(promptTokens)) },
    { name: 'tokens out', cells: both(({ output }) => tokens(output)) },
    { name: ' of it thinking', cells: both(({ thinking }) => tokens(thinking)), look: 'dim' },
    { name: 'read from cache', cells: both(({ cacheRatio }) => (cacheRatio === null ? '-' : percent(cacheRatio))) },
    { name: 'saved by cache', cells: both(({ savedUsd }) => money(Math.abs(savedUsd) < 1e-9 ? 0 : savedUsd)) },
    ...(look.savedMs > 0 ? [{ name: 'waiting saved', cells: ['', `~${duration(look.savedMs)}`] }] : []),
    ...shownRows(
      'stalls',
      both(({ stalls, stalledMs }) => (stalls > 0 ? `${whole(stalls)}, ${duration(stalledMs)}` : '')),
    ),
    ...shownRows('retries', [some(today.retries - batchRetries.today), some(all.retries - batchRetries.all)]),
    ...shownRows('retries in batches', [some(batchRetries.today), some(batchRetries.all)]),
    ...shownRows(
      'other models',
      both(({ instead }) => some(instead)),
    ),
    ...look.ends
      .filter(({ end }) => end !== 'end_turn')
      .map(({ end, answers }) => ({ name: `ended: ${END_WORDS[end] ?? end}`, cells: ['', whole(answers)] })),
    ...look.byPurpose.filter(({ purpose }) => purpose !== 'turn').map((one) => beside(one)),
  ]
  return { table: { columns: ['today', span], rows } }
}

const shownRows = (name: string, cells: readonly Cell[]): readonly TableRow[] =>
  cells.every((cell) => cell === '') ? [] : [{ name, cells }]

const END_WORDS: Readonly<Record<string, string>> = {
  max_tokens: 'cut at the limit',
  refusal: 'declined',
  stopped: 'stopped',
  model_context_window_exceeded: 'window full',
  overload: 'overloaded',
  rate: 'rate limit',
}

function beside(one: Sums & { readonly purpose: string }): TableRow {
  const name = BESIDE[one.purpose as keyof typeof BESIDE] ?? one.purpose
  return { name: ` beside: ${name}`, cells: ['', `${whole(one.answers)}, ${spent(one)}`], look: 'dim' }
}

const whole = (n: number) => count(n, '', '').trim()
const some = (n: number) => (n > 0 ? whole(n) : '')

export function spent({
  costUsd,
  estimates,
  unpriced,
  answers,
}: Pick<Sums, 'costUsd' | 'estimates' | 'unpriced' | 'answers'>): string {
  if (answers > 0 && unpriced === answers) return '?'
  return `${estimates > 0 ? '~' : ''}${money(costUsd)}${unpriced > 0 ? ' + ?' : ''}`
}

const spendCells = (told: Told): readonly Cell[] => [
  whole(told.answers),
  spent(told),
  told.cacheRatio === null ? '-' : percent(told.cacheRatio),
  money(Math.abs(told.savedUsd) < 1e-9 ? 0 : told.savedUsd),
]
const SPEND = ['answers', 'spent', 'cache', 'saved'] as const

function daysTable({ byDay }: LookBack): Tabled {
  return { table: { columns: SPEND, rows: byDay.map((told) => ({ name: told.day, cells: spendCells(told) })) } }
}

function modelsTable({ byModel }: LookBack, models: Models): Tabled {
  const rows = byModel.map((told) => ({ name: shortName(told.model, models), cells: spendCells(told) }))
  return { table: { columns: SPEND, rows } }
}

/** Conversations that the whole report names. */
const FEW = 3

function dearestFew(sessions: readonly SessionSum[]): readonly (Tabled | string)[] {
  if (sessions.length === 0) return []
  const table = sessionsTable(sessions.slice(0, FEW))
  return ['', ...(sessions.length > FEW ? [`The ${FEW} dearest conversations (more of them by session):`] : []), table]
}

/** Columns of a title in a table. */
const TITLE = 36

function sessionsTable(sessions: readonly SessionSum[]): Tabled {
  const rows = sessions.map(({ title, answers, costUsd, isEstimate, unpriced }) => ({
    name: clip(title.replace(/\s+/g, ' '), TITLE),
    cells: [whole(answers), spent({ answers, costUsd, unpriced, estimates: isEstimate ? 1 : 0 })],
  }))
  return { table: { columns: ['answers', 'spent'], rows } }
}

function hoursTable({ byHour }: LookBack): Tabled {
  const rows = byHour.map(({ hour, answers, ttftMs, otps, ...told }) => ({
    name: `${String(hour).padStart(2, '0')}:00`,
    cells: [
      ...[whole(answers), spent({ answers, ...told })],
      ...[ttftMs ? duration(ttftMs.p50) : '', ttftMs ? duration(ttftMs.p95) : '', otps ? speed(otps.p50) : ''],
    ],
  }))
  return { table: { columns: ['answers', 'spent', 'first word', 'p95', 'tok/s'], rows } }
}

const speed = (perSecond: number) => (perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond)))

/** Times and speeds of the models, a table each; a line for each model where they are read aloud. */
function speeds({ all, byModel }: LookBack, { models, isSpoken }: StatsWords): readonly (Tabled | string)[] {
  const named = byModel.map((told) => ({ name: shortName(told.model, models), told }))
  const lines = named.length > 1 ? [...named, { name: 'all', told: all }] : named
  const one = (
    head: string,
    pick: (told: Timed) => Spread | null,
    write: (value: number) => string,
    [p90, p95, p99]: readonly [string, string, string] = ['p90', 'p95', 'p99'],
  ) => {
    const rows = lines.flatMap(({ name, told }) => {
      const spread = pick(told)
      if (!spread) return []
      return [{ name, cells: [whole(spread.n), ...[spread.p50, spread.p90, spread.p95, spread.p99].map(write)] }]
    })
    if (rows.length === 0) return []
    if (!isSpoken) return ['', head, { table: { columns: ['turns', 'p50', p90, p95, p99], rows } }]
    return [
      '',
      head,
      ...rows.map(
        ({ name, cells: [n, ...cells] }) =>
          `${name}: ${['p50', p90, p95, p99].map((column, i) => `${column} ${cells[i]}`).join(', ')}, of ${n} turns.`,
      ),
    ]
  }
  return [
    ...one('To the first word (turns only):', ({ ttftMs }) => ttftMs, duration),
    ...one('To the end (turns only):', ({ ttltMs }) => ttltMs, duration),
    ...one('Tokens a second (turns only; the slowest 10%, 5% and 1% were no faster than):', ({ otps }) => otps, speed, [
      'slowest 10%',
      'slowest 5%',
      'slowest 1%',
    ]),
  ]
}

/** Hours of the day that were measured, so that a course can be seen. */
const COURSE = 3

function byHourLines({ byHour }: LookBack, hasBars: boolean): readonly string[] {
  const known = byHour.filter(({ ttftMs }) => ttftMs !== null)
  if (known.length < COURSE) return []
  const slowest = known.reduce((most, one) => (one.ttftMs!.p50 > most.ttftMs!.p50 ? one : most))
  const fastest = known.reduce((least, one) => (one.ttftMs!.p50 < least.ttftMs!.p50 ? one : least))
  const at = ({ hour, ttftMs }: (typeof known)[number]) =>
    `${duration(ttftMs!.p50)} at ${String(hour).padStart(2, '0')}:00`
  const row = Array.from({ length: 24 }, (_, hour) => known.find((one) => one.hour === hour)?.ttftMs?.p50 ?? null)
  const words = `First word (median) by hour of the day: ${at(fastest)} at best, ${at(slowest)} at worst.`
  return ['', hasBars ? `${words}\n00 ${sparkline(row)} 23` : words]
}

const unpriced = (all: Told): readonly string[] =>
  all.unpriced === 0
    ? []
    : [
        '',
        `The price of ${count(all.unpriced, 'answer')} is unknown: what they cost is in no sum (+ ?). The setting "models" takes prices of your own.`,
      ]
