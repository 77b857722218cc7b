/** Removes conversations that have had their time, quietly, at most once a day: for whoever has the history open. */

import { binEnd, keptSince } from '../../core/history/retention.ts'
import { RETENTION } from '../../io/history/tending.ts'
import type { History } from '../../io/history.ts'

/** A sweep takes a few ms; somebody who types between two of them should not notice. */
const SWEEP_EVERY_MS = 100
/** How long a program that is about to end may sweep, in ms. */
const BRIEFLY_MS = 8

type Tended = Pick<History, 'daily' | 'discard' | 'sweep' | 'list'>

/**
 * To be called when nothing else is going on. Never throws.
 * @param keepDays the setting; null: only the bin is emptied of what has lain there too long
 * @returns how many were removed
 */
export function tidyHistory(history: Tended, keepDays: number | null, nowMs: number): number {
  sweepSlowly(history)
  return discarded(history, keepDays, nowMs, null)
}

/**
 * The same for a program that is about to end: what a few ms do not sweep away is left to the next one.
 * @param own a conversation that was touched just now, and says nothing of the clock
 */
export function tidyBriefly(history: Tended, keepDays: number | null, nowMs: number, own: number | null): number {
  const removed = discarded(history, keepDays, nowMs, own)
  const until = performance.now() + BRIEFLY_MS
  try {
    while (performance.now() < until && history.sweep());
  } catch {
    // Another program holds it: the next one sweeps.
  }
  return removed
}

function discarded(history: Tended, keepDays: number | null, nowMs: number, own: number | null): number {
  try {
    if (!history.daily(RETENTION, nowMs)) return 0
    const before = keptSince(keepDays, nowMs)
    const last = [...history.list({ limit: 2 }), ...history.list({ limit: 2, deleted: true })]
    const times = last
      .filter(({ id }) => id !== own)
      .map(({ updatedMs, deletedMs }) => Math.max(updatedMs, deletedMs ?? 0))
    // A clock that has jumped ahead would make everything old at once. Whoever uses the history has a younger one soon.
    if (Math.max(0, ...times) < Math.max(before ?? 0, binEnd(nowMs))) return 0
    return history.discard(before, binEnd(nowMs))
  } catch {
    // It is tried again tomorrow; trouble with the file is told by whoever saves something.
    return 0
  }
}

/** Sweeps away what was discarded, now or by a program that ended meanwhile, a little at a time: somebody may be typing. */
function sweepSlowly(history: Pick<History, 'sweep'>): void {
  const sweeping = setTimeout(() => {
    try {
      if (history.sweep()) sweepSlowly(history)
    } catch {
      // The history was closed, or another program holds it: the next day is early enough.
    }
  }, SWEEP_EVERY_MS)
  sweeping.unref()
}
