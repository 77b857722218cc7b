/** The rate limits of a server: those of its answer, else those that were heard last, and which of them are nearly used up. */

import type { Told } from '../doctor.ts'
import { ago, count, duration, percent } from '../figures/words.ts'
import type { Limit, Limits } from '../turn.ts'
import { ALERT_FROM } from '../weather/limits.ts'
import type { ServerFacts } from './server.ts'

const COUNTED: Readonly<Record<keyof Limits, string>> = {
  requests: 'request',
  inputTokens: 'input token',
  outputTokens: 'output token',
  tokens: 'token',
}

/** What does not say when it is full again is, after this long: limits are limits of a minute. In ms. */
const REFILLS_MS = 60_000

interface Row {
  readonly says: string
  /** Nearly used up, and when it is full again, in ms; null: it is not, or not any more. */
  readonly low: { readonly fullInMs: number | null } | null
}

/** How much is left of each, as it was told. @param nowMs by the server's clock */
const rowsOf = (all: Limits, nowMs: number, ageMs = 0): readonly Row[] =>
  (Object.keys(COUNTED) as (keyof Limits)[]).flatMap((kind) => {
    const one = all[kind]
    if (!one || !(one.limit > 0)) return []
    const left = one.remaining / one.limit
    const says = `${percent(left)} of ${count(one.limit, COUNTED[kind])}`
    if (1 - left < ALERT_FROM) return [{ says, low: null }]
    const fullInMs = fullIn(one, nowMs)
    const isFull = fullInMs === null ? ageMs >= REFILLS_MS : fullInMs <= 0
    return [isFull && ageMs > 0 ? { says: `${says} (full again since)`, low: null } : { says, low: { fullInMs } }]
  })

/** In ms; null: the server did not say. */
function fullIn({ reset }: Limit, nowMs: number): number | null {
  const resetMs = Date.parse(reset ?? '')
  return Number.isNaN(resetMs) ? null : resetMs - nowMs
}

/** What to do about those that are nearly used up. */
function wayOut(rows: readonly Row[]): { readonly todo: string } | null {
  const low = rows.flatMap((row) => row.low ?? [])
  if (low.length === 0) return null
  const known = low.flatMap(({ fullInMs }) => fullInMs ?? [])
  const when = known.length > 0 ? `, in ${duration(Math.max(0, ...known))}` : ''
  return { todo: `Send less at once, or wait for the reset${when}.` }
}

/** An age in words; limits refill within seconds, so these are told. */
const aged = (ms: number) => (ms < 60_000 ? `${Math.round(ms / 1000)} s` : ago(ms))

/** @param nowMs wall clock */
export function limitsFindings({ http, heard = [] }: ServerFacts, nowMs: number): readonly Told[] {
  const topic = 'limits'
  const answer = http === null || 'trouble' in http ? null : http
  const all = answer?.limits ?? {}
  const theirs = nowMs - (answer?.aheadMs ?? 0)
  const rows = rowsOf(all, theirs)
  if (rows.length > 0) {
    const out = wayOut(rows)
    const says = `Left of the limits: ${rows.map((one) => one.says).join(', ')}.`
    return [{ topic, mark: out ? 'look' : 'ok', says, facts: { ...all }, ...out }]
  }
  const earlier = heard.flatMap(({ model, atMs, limits }) => {
    const ageMs = Math.max(1, nowMs - atMs)
    const left = rowsOf(limits, theirs, ageMs)
    if (left.length === 0) return []
    return [{ left, says: `of ${model} ${aged(ageMs)} ago ${left.map((one) => one.says).join(', ')} were left` }]
  })
  if (earlier.length > 0) {
    const out = wayOut(earlier.flatMap(({ left }) => left))
    const says = `The limits heard last: ${earlier.map((one) => one.says).join('; ')}.`
    return [{ topic, mark: out ? 'look' : 'ok', says, facts: { heard }, ...out }]
  }
  if (answer === null) return []
  const says = 'No limits were heard from it yet: they come with answers; /limits shows them in the chat.'
  return [{ topic, mark: 'unasked', says }]
}
