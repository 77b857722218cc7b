/** Removes conversations that have had their time, quietly, at most once a day: for whoever has the history open. */

import { binEnd, keptSince } from '../core/retention.ts'
import type { History } from '../io/history.ts'

/**
 * To be called when nothing else is going on. Never throws.
 * @param keepDays the setting; null: only the bin is emptied of what has lain there too long
 * @returns how many were removed
 */
export function tidyHistory(
  history: Pick<History, 'daily' | 'prune' | 'list'>,
  keepDays: number | null,
  nowMs: number,
): number {
  try {
    if (!history.daily('retention', nowMs)) return 0
    const before = keptSince(keepDays, nowMs)
    const last = [...history.list({ limit: 1 }), ...history.list({ limit: 1, deleted: true })]
    const latest = Math.max(0, ...last.map(({ updatedMs, deletedMs }) => Math.max(updatedMs, deletedMs ?? 0)))
    // A clock that has jumped ahead would make everything old at once. Whoever uses the history has a younger one soon.
    if (latest < Math.max(before ?? 0, binEnd(nowMs))) return 0
    return history.prune(before, binEnd(nowMs))
  } catch {
    // It is tried again tomorrow; trouble with the file is told by whoever saves something.
    return 0
  }
}
