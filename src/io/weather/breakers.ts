/**
 * What is known of models that were limited or overloaded, in a small file that all our programs share, so that calls in a
 * loop stop knocking together. It is a courtesy and never in the way: what cannot be read is taken for nothing, what
 * cannot be written is known to this program alone.
 */

import type { Shape } from '../../core/schema/shape.ts'
import { type Breaker, isOver } from '../../core/weather/breaker.ts'
import { readRows, writeRows } from './shared-rows.ts'

export interface Breakers {
  of(name: string): Breaker | null
  /** All that are known, by name. */
  all(): ReadonlyMap<string, Breaker>
  /** null: it answers, and nothing is known against it. */
  set(name: string, breaker: Breaker | null): void
}

const time: Shape = { type: 'number', minimum: 0 }
const BREAKER: Shape = {
  type: 'object',
  required: ['failures', 'kind', 'atMs', 'untilMs', 'opened', 'probedMs'],
  properties: {
    failures: { type: 'integer', minimum: 1, maximum: 1e6 },
    kind: { enum: ['rate', 'overload'] },
    atMs: time,
    untilMs: { ...time, type: ['number', 'null'] },
    opened: { type: 'integer', minimum: 0, maximum: 1e6 },
    probedMs: { ...time, type: ['number', 'null'] },
  },
}

/** @param path null: nothing is kept on disk */
export function openBreakers(path: string | null, nowMs: () => number): Breakers {
  const own = new Map<string, Breaker>()
  /** The file was tried in vain: what it would hold is in `own`. */
  let isAlone = path === null

  const known = (): Map<string, Breaker> => {
    if (isAlone) return own
    return new Map([...readRows<Breaker>(path!, BREAKER)].filter(([, breaker]) => !isOver(breaker, nowMs())))
  }
  return {
    of: (name) => known().get(name) ?? null,
    all: known,
    set(name, breaker) {
      const all = known()
      if (breaker) all.set(name, breaker)
      else if (!all.delete(name)) return
      if (isAlone) return
      try {
        writeRows(path!, all)
      } catch {
        isAlone = true
        for (const [key, value] of all) own.set(key, value)
      }
    },
  }
}
