/** Removes conversations that have had their time, quietly, at most once a day: for whoever has the history open. */

import { binEnd, keptSince } from '../core/retention.ts'
import type { History } from '../io/history.ts'

/** A sweep takes a few ms; somebody who types between two of them should not notice. */
const SWEEP_EVERY_MS = 100

/**
 * To be called when nothing else is going on. Never throws.
 * @param keepDays the setting; null: only the bin is emptied of what has lain there too long
 * @returns how many were removed
 */
export function tidyHistory(
  history: Pick<History, 'daily' | 'discard' | 'sweep' | 'list'>,
  keepDays: number | null,
  nowMs: number,
): number {
  try {
    sweepSlowly(history)
    if (!history.daily('retention', nowMs)) return 0
    const before = keptSince(keepDays, nowMs)
    const last = [...history.list({ limit: 1 }), ...history.list({ limit: 1, deleted: true })]
    const latest = Math.max(0, ...last.map(({ updatedMs, deletedMs }) => Math.max(updatedMs, deletedMs ?? 0)))
    // A clock that has jumped ahead would make everything old at once. Whoever uses the history has a younger one soon.
    if (latest < Math.max(before ?? 0, binEnd(nowMs))) return 0
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
