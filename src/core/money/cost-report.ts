/** What `/cost` and `claude-tui cost` say: the bill of some spans of time, by kind, by model, and what the cache saved. */

import { onceEach, type PaceOf, savedMs } from '../figures/pace.ts'
import { count, duration, money, percent, tokens } from '../figures/words.ts'
import { type Figure, withMark } from '../figures.ts'
import { type Models, priceFor, shortName } from '../models.ts'
import type { Remark } from '../text/remark.ts'
import type { Cell, TableRow } from '../text/remark-table.ts'
import { promptTokens } from '../turn.ts'
import { type Amount, type Bill, billOf, type Charge, isFree, type Kind, savedUsd } from './bill.ts'
import type { LedgerPurpose } from './ledger.ts'

/** What was paid for within a turn, a conversation, a day. */
export interface Scope {
  readonly name: string
  readonly charges: readonly Charge[]
}

const KIND_NAMES: Readonly<Record<Kind, string>> = {
  input: 'input',
  cacheWrite5m: 'cache write 5m',
  cacheWrite1h: 'cache write 1h',
  cacheRead: 'cache read',
  output: 'output',
}

export const BESIDE: Readonly<Record<Exclude<LedgerPurpose, 'turn'>, string>> = {
  title: 'titles',
  summary: 'summaries',
  warm: 'kept warm',
  probe: 'probes',
  split: 'parts of long texts',
  bench: 'benches',
  recalled: 'earlier answers',
  retry: 'failed attempts',
  unheard: 'stopped unheard',
  hedge: 'second requests',
  batch: 'batches',
  race: 'races',
  cascade: 'not good enough',
  judge: 'judging',
}

/** @param notes sentences to stand at the end */
export function costReport(
  scopes: readonly Scope[],
  models: Models,
  pace: PaceOf,
  notes: readonly string[] = [],
): Remark {
  const paceOf = onceEach(pace)
  const bills = scopes.map(({ charges }) => billOf(charges))
  const columns = scopes.map(({ name }) => name)
  const rows = [
    ...kindRows(bills),
    { name: 'total', cells: bills.map((bill) => totalCell(bill) || pair('', '$0')), look: 'strong' as const },
    ...besideRows(scopes),
    ...section(modelRows(scopes, models)),
    ...section(cacheRows(scopes, bills, paceOf)),
  ]
  const costs = bills.some((bill) => bill.kinds.cacheRead.tokens + written(bill.kinds) > 0 && savedUsd(bill) < -1e-9)
  const below = costs
    ? ['Saved below zero: writing into the cache has cost more so far than reading from it saved.']
    : []
  const more = [...below, ...unpricedNotes(scopes, bills, models), ...paceNotes(scopes, models, paceOf), ...notes]
  return [{ table: { columns, rows } }, ...more.flatMap((note) => ['', note])]
}

/** Several days, a row each, the earliest first. */
export function daysReport(days: readonly Scope[]): Remark {
  const rows = days.map(({ name, charges }) => ({ name, cells: [totalCell(billOf(charges))] }))
  return { table: { columns: ['by day'], rows } }
}

function kindRows(bills: readonly Bill[]): readonly TableRow[] {
  return (Object.keys(KIND_NAMES) as Kind[]).flatMap((kind): readonly TableRow[] => {
    const amounts = bills.map(({ kinds, known, promptsFrom }) => ({
      ...kinds[kind],
      from: kind === 'output' ? known.from : promptsFrom,
    }))
    if (kind !== 'input' && kind !== 'output' && amounts.every((amount) => amount.tokens === 0)) return []
    const row = {
      name: KIND_NAMES[kind],
      cells: amounts.map((amount) => cell(amount, amount.from)),
    }
    const thought = bills.map(({ thinking }) => thinking)
    if (kind !== 'output' || thought.every((one) => one.tokens === 0)) return [row]
    const cells = thought.map((one) => cell(one, 'server'))
    return [row, { name: ' of it thinking', cells, look: 'dim' }]
  })
}

function besideRows(scopes: readonly Scope[]): readonly TableRow[] {
  const rows = rowsBy(
    scopes.map(({ charges }) => charges.filter(({ purpose }) => purpose !== 'turn')),
    ({ purpose }) => purpose,
  )
  return rows.map(({ key, bills }) => ({
    name: ` of it ${BESIDE[key as keyof typeof BESIDE] ?? key}`,
    cells: bills.map(totalCell),
    look: 'dim',
  }))
}

/** Only worth a row each where there are several. */
function modelRows(scopes: readonly Scope[], models: Models): readonly TableRow[] {
  const rows = rowsBy(
    scopes.map(({ charges }) => charges),
    ({ model }) => model,
  )
  if (rows.length < 2) return []
  return rows.map(({ key, bills }) => ({ name: shortName(key, models), cells: bills.map(totalCell) }))
}

function cacheRows(scopes: readonly Scope[], bills: readonly Bill[], paceOf: PaceOf): readonly TableRow[] {
  if (bills.every(({ kinds }) => kinds.cacheRead.tokens + written(kinds) === 0)) return []
  const usd = bills.map((bill): Cell => {
    if (isUnknown(bill)) return pair('', '?')
    const saved = savedUsd(bill)
    const share = bill.uncachedUsd > 0 && saved > 0 ? percent(saved / bill.uncachedUsd) : ''
    return pair(share, money(Math.abs(saved) < 1e-9 ? 0 : saved))
  })
  const ms = scopes.map(({ charges }): Cell => {
    const saved = savedMs(charges, paceOf)
    return saved > 0 ? pair('', `~${duration(saved)}`) : pair('', '0')
  })
  const without = bills.map(({ uncachedUsd, known, calls, unpriced }) =>
    pair('', isUnknown({ calls, unpriced }) ? '?' : plus(withMark({ ...known, value: uncachedUsd }, money), unpriced)),
  )
  return [
    { name: 'without cache', cells: without },
    { name: 'saved by it', cells: usd },
    { name: 'waiting saved', cells: ms },
  ]
}

function unpricedNotes(scopes: readonly Scope[], bills: readonly Bill[], models: Models): readonly string[] {
  const widest = bills.reduce((most, { unpriced }, i) => (unpriced > bills[most]!.unpriced ? i : most), 0)
  const unpriced = bills[widest]?.unpriced ?? 0
  if (unpriced === 0) return []
  const names = new Set(
    scopes[widest]!.charges.filter((one) => !isFree(one) && priceFor(one, promptTokens(one)) === null).map(
      ({ model }) => model,
    ),
  )
  return [
    `The price of ${[...names].map((name) => shortName(name, models)).join(', ')} is unknown: ${count(unpriced, 'answer')} of ${scopes[widest]!.name} cost something that is in no sum (+ ?). The setting "models" takes prices of your own.`,
  ]
}

/** What the time that was saved rests on. */
function paceNotes(scopes: readonly Scope[], models: Models, paceOf: PaceOf): readonly string[] {
  const read = new Set(
    scopes.flatMap(({ charges }) =>
      charges.filter(({ purpose, cacheRead }) => purpose === 'turn' && cacheRead > 0).map(({ model }) => model),
    ),
  )
  if (read.size === 0) return []
  const words = [...read].map((model) => {
    const { msPerToken, answers } = paceOf(model)
    const pace = `~${duration(msPerToken * 10_000)} for 10k tokens`
    const from = answers === 0 ? 'a usual figure: too few answers here yet' : `from ${answers} answers of yours`
    return `${shortName(model, models)} ${pace} (${from})`
  })
  return [`Waiting saved is what reading the same anew would have taken: ${words.join('; ')}.`]
}

/** A row for each kind of charge, with its bill in every scope; the dearest first. */
function rowsBy<K>(of: readonly (readonly Charge[])[], keyOf: (charge: Charge) => K) {
  const groups = of.map((charges) => Map.groupBy(charges, keyOf))
  const rows = [...new Set(groups.flatMap((group) => [...group.keys()]))].map((key) => ({
    key,
    bills: groups.map((group) => billOf(group.get(key) ?? [])),
  }))
  const inAll = (bills: readonly Bill[], what: (bill: Bill) => number) => bills.reduce((sum, one) => sum + what(one), 0)
  return rows.sort(
    ({ bills: a }, { bills: b }) =>
      inAll(b, ({ known }) => known.value) - inAll(a, ({ known }) => known.value) ||
      inAll(b, ({ calls }) => calls) - inAll(a, ({ calls }) => calls),
  )
}

const written = (kinds: Bill['kinds']) => kinds.cacheWrite5m.tokens + kinds.cacheWrite1h.tokens

/** Empty where nothing was paid. */
function totalCell({ calls, kinds, known, unpriced }: Bill): Cell {
  if (calls === 0) return ''
  const all = Object.values(kinds).reduce((sum, amount) => sum + amount.tokens, 0)
  if (isUnknown({ calls, unpriced })) return pair(tokens(all), '?', ' tokens')
  return pair(tokens(all), plus(withMark(known, money), unpriced), ' tokens')
}

/** What has no price is not taken for nothing. */
function cell({ tokens: n, usd, unpriced }: Amount, from: Figure['from']): Cell {
  if (n === 0) return pair('', '-')
  return pair(tokens(n), unpriced === n ? '?' : plus(withMark({ value: usd, from }, money), unpriced), ' tokens')
}

/** Nothing in it has a price. */
const isUnknown = ({ calls, unpriced }: Pick<Bill, 'calls' | 'unpriced'>) => calls > 0 && unpriced === calls

/** A sum, and that something is in it whose price is unknown. */
const plus = (sum: string, unpriced: number) => (unpriced > 0 ? `${sum} + ?` : sum)

/** Columns for tokens and for money: what most figures need. */
const TOKENS = 5
const MONEY = 8

/** @param unit what the left figure counts */
const pair = (left: string, right: string, unit = ''): Cell => [
  `${left.padStart(TOKENS)} ${right.padStart(MONEY)}`,
  right,
  left === '' ? right : `${right}, ${left}${unit}`,
]

/** A section of its own, when there is anything in it. */
const section = (rows: readonly TableRow[]): readonly TableRow[] =>
  rows.length === 0 ? [] : [{ name: '', cells: [] }, ...rows]
