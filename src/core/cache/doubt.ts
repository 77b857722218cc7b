/**
 * Whether an hour's mark keeps what was written for five minutes before it. The API's pages say that a breakpoint caches
 * the whole prefix up to it, and bill it so; they do not say how long the part lives that was only read. It is taken at
 * its word until an answer shows otherwise.
 */

import type { Turn } from '../turn/turns.ts'
import { cachedIn } from './entries.ts'
import { isLong } from './pauses.ts'

/** Turns looked at. */
const LOOKED_AT = 100

/** What the latest long pause of these turns has shown; true before there was one. */
export function hourKeepsAll(path: readonly Turn[]): boolean {
  const turns = path.slice(-LOOKED_AT)
  for (let i = turns.length - 1; i > 0; i--) {
    const [before, turn] = [turns[i - 1]!, turns[i]!]
    const pause = (turn.times.sent ?? 0) - (before.times.sent ?? 0)
    if (!turn.usage || !isLong(pause)) continue
    const at = turns
      .slice(0, i)
      .findLastIndex(({ usage }) => usage && usage.cacheWrite1h > 0 && usage.cacheWrite5m === 0)
    const hour = turns[at]
    if (!hour?.usage || !isAlike(hour, turn)) continue
    // Only an entry that stands on what was written for five minutes is in question.
    if (!turns.slice(0, at).some(({ usage }) => usage !== null && usage.cacheWrite5m > 0)) continue
    return turn.usage.cacheRead >= cachedIn(hour.usage)
  }
  return true
}

/** Whether nothing was chosen or summarised between two turns that could explain a miss. */
const isAlike = (a: Turn, b: Turn) =>
  a.model === b.model &&
  a.basis !== undefined &&
  a.basis.choices === b.basis?.choices &&
  a.basis.summaries === b.basis.summaries &&
  a.basis.marks === b.basis.marks
