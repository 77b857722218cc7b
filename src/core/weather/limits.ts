/**
 * Rate limits as gauges: how much of each a minute has taken, when it is full again, and how many requests fit beside
 * each other. Figures are the server's of its last answer; between two answers the buckets refill, so they are an upper
 * bound of what is used.
 */

import type { Limit, Limits, Ms } from '../turn.ts'

export type GaugeName = keyof Limits

/** Limits as they were told once. */
export interface HeardLimits {
  /** Milliseconds since 1970. */
  readonly atMs: number
  readonly limits: Limits
}

/** What a gauge counts, in the order in which they are told. `tokens` only repeats the tighter of the other two. */
const GAUGES: readonly (readonly [name: GaugeName, counts: string])[] = [
  ['requests', 'requests'],
  ['inputTokens', 'input tokens'],
  ['outputTokens', 'output tokens'],
  ['tokens', 'tokens'],
]

/** From this share on the status bar shows a limit, and from that on it is said. */
export const SHOWN_FROM = 0.5
export const ALERT_FROM = 0.8

export interface Gauge {
  readonly name: GaugeName
  /** What is counted, as people say it. */
  readonly counts: string
  readonly limit: number
  readonly remaining: number
  /** Share of the limit that is used, 0 to 1. */
  readonly used: number
  /** Until it is full again, in ms; null: the server did not say. */
  readonly fullInMs: Ms | null
}

/** The gauges of some limits, as they stand at a moment: one that has had the time to refill is full. */
export function gauges(limits: Limits, now: Ms): readonly Gauge[] {
  return GAUGES.flatMap(([name, counts]) => {
    const limit = limits[name]
    const isRepeated = name === 'tokens' && (limits.inputTokens ?? limits.outputTokens) !== undefined
    if (!limit || isRepeated || !(limit.limit > 0)) return []
    const remaining = remainingOf(limit, now)
    const fullInMs = limit.refillsAt == null ? null : Math.max(0, limit.refillsAt - now)
    return [{ name, counts, limit: limit.limit, remaining, used: 1 - remaining / limit.limit, fullInMs }]
  })
}

function remainingOf({ limit, remaining, refillsAt }: Limit, now: Ms): number {
  if (refillsAt != null && refillsAt <= now) return limit
  return Math.min(limit, Math.max(0, remaining))
}

/** The gauge that is used most; null: there is none. */
export function tightest(limits: Limits, now: Ms): Gauge | null {
  return gauges(limits, now).reduce<Gauge | null>((most, one) => (most && most.used >= one.used ? most : one), null)
}

/** What one more request takes, as far as it is limited: what is read from the prompt cache is not. */
export interface Need {
  readonly inputTokens: number
  readonly outputTokens: number
}

export interface Fit {
  /** So many requests fit at once. */
  readonly requests: number
  /** The limit that lets no more through; null: none does. */
  readonly by: Gauge | null
}

/**
 * How many requests of a size fit beside each other now, at most `most`. A request that is larger than a whole limit
 * fits once that limit is full, as it does on the server. Where nothing is known nothing holds back.
 * @param spare share of each limit that is left alone, for what is asked meanwhile
 */
export function parallel(limits: Limits, need: Need, now: Ms, most: number, spare = 0): Fit {
  const amounts: Readonly<Record<GaugeName, number>> = {
    requests: 1,
    inputTokens: need.inputTokens,
    outputTokens: need.outputTokens,
    tokens: need.inputTokens + need.outputTokens,
  }
  let fit: Fit = { requests: Math.max(0, Math.floor(most)), by: null }
  for (const gauge of gauges(limits, now)) {
    const amount = Math.max(1, amounts[gauge.name])
    const left = Math.max(0, gauge.remaining - gauge.limit * spare)
    const isLargerThanAll = amount > gauge.limit * (1 - spare)
    const requests = isLargerThanAll ? (gauge.used === 0 ? 1 : 0) : Math.floor(left / amount)
    if (requests < fit.requests) fit = { requests, by: gauge }
  }
  return fit
}

/** Gauges that have been told of, and are told of no more until they have come down. */
export type Told = ReadonlySet<GaugeName>

/** What has passed the line and was not told yet. One that falls below half of its limit is told of anew. */
export function alertsOf(
  limits: Limits,
  now: Ms,
  told: Told,
): { readonly told: Told; readonly fresh: readonly Gauge[] } {
  const all = gauges(limits, now)
  const fresh = all.filter(({ name, used }) => used >= ALERT_FROM && !told.has(name))
  const kept = all.filter(({ name, used }) => told.has(name) && used >= SHOWN_FROM)
  return { told: new Set([...kept, ...fresh].map(({ name }) => name)), fresh }
}
