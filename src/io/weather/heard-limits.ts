/**
 * The rate limits that servers told last, by model, in a small file that all our programs share: so that `doctor` can tell
 * them, with their age. A courtesy: what cannot be written is not known there.
 */

import type { Shape } from '../../core/schema/shape.ts'
import type { Limit, Limits } from '../../core/turn.ts'
import type { HeardLimits } from '../../core/weather/limits.ts'
import { readRows, writeRows } from './shared-rows.ts'

const LIMIT: Shape = {
  type: 'object',
  required: ['limit', 'remaining'],
  properties: { limit: { type: 'number', minimum: 0 }, remaining: { type: 'number', minimum: 0 } },
}
const HEARD: Shape = {
  type: 'object',
  required: ['atMs', 'limits'],
  properties: {
    atMs: { type: 'number', minimum: 0 },
    limits: {
      type: 'object',
      properties: { requests: LIMIT, inputTokens: LIMIT, outputTokens: LIMIT, tokens: LIMIT },
    },
  },
}

/** Those of some servers' models, by the names they were kept under. */
export const heardLimits = (path: string): ReadonlyMap<string, HeardLimits> => readRows<HeardLimits>(path, HEARD)

/** Calls in a loop need not write what hardly differs from what another has just written: within so many ms, and so much. */
const SAME_MS = 10_000
const SAME_SHARE = 0.01

/** Keeps them beside those of other models. @param all by name @param atMs when they were heard, in ms since 1970 */
export function keepLimits(path: string, all: ReadonlyMap<string, Limits>, atMs: number): void {
  const told = [...all].filter(([, limits]) => Object.keys(limits).length > 0)
  if (told.length === 0) return
  try {
    const rows = new Map<string, HeardLimits>(heardLimits(path))
    const news = told.filter(([name, limits]) => isNews(rows.get(name), limits, atMs))
    if (news.length === 0) return
    for (const [name, limits] of news) {
      // The latest come last, and stay when there are too many.
      rows.delete(name)
      rows.set(name, { atMs, limits: bare(limits) })
    }
    writeRows(path, rows)
  } catch {
    // Then the next one keeps its own.
  }
}

function isNews(known: HeardLimits | undefined, limits: Limits, atMs: number): boolean {
  if (!known || Math.abs(atMs - known.atMs) >= SAME_MS) return true
  const kinds = Object.keys({ ...known.limits, ...limits }) as (keyof Limits)[]
  return kinds.some((kind) => {
    const [was, is] = [known.limits[kind], limits[kind]]
    if (!was || !is || was.limit !== is.limit) return true
    // Used up or not is no small difference.
    if (was.remaining === 0 || is.remaining === 0) return was.remaining !== is.remaining
    return Math.abs(was.remaining - is.remaining) >= is.limit * SAME_SHARE
  })
}

/** Without what belongs to the clock of one program. */
const bare = (limits: Limits): Limits =>
  Object.fromEntries(
    Object.entries(limits).map(([kind, { limit, remaining, reset }]: [string, Limit]) => [
      kind,
      { limit, remaining, reset },
    ]),
  )
