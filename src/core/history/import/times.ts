/** The times that may stand in what comes from elsewhere. */

import { describe, type Problem } from '../../problem.ts'
import type { Ms } from '../../turn.ts'
import { iso } from '../export/told.ts'
import { type Arrival, type Flaw, Unreadable } from './arrival.ts'

/** The end of the year 9999: whatever is later was never read from a clock. */
const LAST_MS = Date.UTC(10_000, 0, 1) - 1

/** As `JSON.stringify` and most other programs write it. */
const DATE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?$/

/** What is wrong with a time in ms since 1970; null: nothing. @param field its name, for people */
export function timeFlaw(at: Ms, field: string): Flaw | null {
  if (at >= 0 && at <= LAST_MS) return null
  const date = iso(at)
  return { expected: `${field}: a time from 1970 on, in milliseconds`, came: date ? `${at} (${date})` : describe(at) }
}

/** A date in ISO 8601 as ms since 1970, or what is wrong with it. */
export function dateOf(value: unknown, field: string): Ms | Flaw {
  const at = typeof value === 'string' && DATE.test(value) ? Date.parse(value) : Number.NaN
  if (!Number.isNaN(at) && timeFlaw(at, field) === null) return at
  return { expected: `${field}: a date from 1970 on, such as 2026-11-21T12:00:00Z`, came: describe(value) }
}

/** The same where there is no way around it. @throws Unreadable */
export function dateOrThrow(value: unknown, field: string): Ms {
  const at = dateOf(value, field)
  if (typeof at === 'number') return at
  throw new Unreadable({ where: '', ...at, wayOut: '' })
}

/** Clocks differ, and zones are mistaken for each other: so much, in ms, is nothing to talk about. */
const AHEAD_MS = 24 * 60 * 60 * 1000

/** What to say of a conversation that was held in the future; null: it was not. */
export function fromTheFuture({ events, createdMs, updatedMs }: Arrival, nowMs: Ms): Problem | null {
  let last = Math.max(createdMs ?? 0, updatedMs ?? 0)
  for (const event of events) if ('at' in event && event.at > last) last = event.at
  if (last <= nowMs + AHEAD_MS) return null
  return {
    ...{ where: '', expected: 'times until now', came: iso(last) ?? String(last) },
    wayOut: 'they are kept, and in lists it stands as of today',
  }
}
