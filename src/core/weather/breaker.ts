/**
 * The circuit breaker of a model: after failures in a row that say "too much" it is left alone for a while, then asked for
 * a few tokens, and asked again as ever once those came. Times are milliseconds since 1970: programs share it.
 *
 *     closed -5 failures-> open -time-> half-open -probe answered-> closed
 *                           ^---- probe failed, twice as long ----'
 */

import type { Limiting } from './resilience.ts'

/** What is known of a model that has failed; nothing is known of one that answers. */
export interface Breaker {
  /** Rate limits and overloads in a row, no answer between them. */
  readonly failures: number
  /** Which of them came last, and when. */
  readonly kind: Limiting
  readonly atMs: number
  /** Until when it is left alone; null: it is not. */
  readonly untilMs: number | null
  /** How often it was opened without an answer since. */
  readonly opened: number
  /** When somebody began to probe; null: nobody has since it was opened. */
  readonly probedMs: number | null
}

/** Failures in a row that open it. */
export const OPENS_AFTER = 5
/** How long it is left alone at first; each time in vain doubles that. */
export const REST_MS = 30_000
const LONGEST_REST_MS = 5 * 60_000
/** A server that asks for more is believed up to here. */
const LONGEST_ASKED_MS = 15 * 60_000
/** Failures longer ago than this are forgotten. */
export const FORGET_MS = 10 * 60_000
/** A probe that was not heard of for so long was that of a program that is gone. */
const PROBE_MS = 30_000

export type Gate =
  | { readonly type: 'closed' }
  | { readonly type: 'open'; readonly untilMs: number }
  /** Its time is over: a few tokens are asked for first. */
  | { readonly type: 'half-open' }

/** What stands in the way of a request; null: nothing is known against the model. */
export function gate(breaker: Breaker | null, nowMs: number): Gate {
  if (!breaker || breaker.untilMs === null || isOver(breaker, nowMs)) return { type: 'closed' }
  if (nowMs < breaker.untilMs) return { type: 'open', untilMs: breaker.untilMs }
  const { probedMs } = breaker
  const isProbed = probedMs !== null && probedMs <= nowMs && nowMs < probedMs + PROBE_MS
  return isProbed ? { type: 'open', untilMs: probedMs + PROBE_MS } : { type: 'half-open' }
}

/**
 * Whether it says nothing any more: it is too old, from a time that has not come yet, so that the clock was set back, or
 * was never written by us.
 */
export function isOver({ atMs, untilMs }: Breaker, nowMs: number): boolean {
  const until = untilMs ?? atMs
  const isPast = nowMs >= Math.max(atMs, until) + FORGET_MS
  return isPast || atMs > nowMs + FORGET_MS || until > atMs + LONGEST_ASKED_MS
}

/** After a rate limit or an overload. @param retryAfterMs what the server asked for; null: it did not say */
export function failed(before: Breaker | null, kind: Limiting, retryAfterMs: number | null, nowMs: number): Breaker {
  const known = before && !isOver(before, nowMs) ? before : null
  const failures = (known?.failures ?? 0) + 1
  const opened = known?.opened ?? 0
  const opens = failures >= OPENS_AFTER
  const restMs = Math.min(LONGEST_REST_MS, REST_MS * 2 ** Math.min(opened, 10))
  const untilMs = opens ? nowMs + Math.max(restMs, Math.min(retryAfterMs ?? 0, LONGEST_ASKED_MS)) : null
  return { failures, kind, atMs: nowMs, untilMs, opened: opens ? opened + 1 : opened, probedMs: null }
}

/** After somebody has begun to probe. */
export const probing = (breaker: Breaker, nowMs: number): Breaker => ({ ...breaker, probedMs: nowMs })

/** After a probe that told nothing: no connection, or it was given up. The next one may try. */
export const unprobed = (breaker: Breaker): Breaker => ({ ...breaker, probedMs: null })
