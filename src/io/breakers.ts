/**
 * What is known of models that were limited or overloaded, in a small file that all our programs share, so that calls in a
 * loop stop knocking together. It is a courtesy and never in the way: what cannot be read is taken for nothing, what
 * cannot be written is known to this program alone.
 */

import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Breaker, isOver } from '../core/breaker.ts'
import { misfit, type Shape } from '../core/shape.ts'
import { makeFolder } from './private-folder.ts'

export interface Breakers {
  of(name: string): Breaker | null
  /** All that are known, by name. */
  all(): ReadonlyMap<string, Breaker>
  /** null: it answers, and nothing is known against it. */
  set(name: string, breaker: Breaker | null): void
}

/** Larger than it ever gets, in bytes: what is larger is not ours. */
const LARGEST = 64 * 1024
/** More of them than anybody asks within the minutes they are known. */
const MOST = 100

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
    return new Map([...read(path!)].filter(([, breaker]) => !isOver(breaker, nowMs())))
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
        write(path!, all)
      } catch {
        isAlone = true
        for (const [key, value] of all) own.set(key, value)
      }
    },
  }
}

function read(path: string): Map<string, Breaker> {
  try {
    if (statSync(path).size > LARGEST) return new Map()
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const rows = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []
    return new Map(rows.filter((row): row is [string, Breaker] => misfit(BREAKER, row[1]) === null).slice(-MOST))
  } catch {
    return new Map()
  }
}

/** Renamed into its place, so that nobody reads half of it. Without anything to say there is no file. @throws I/O errors */
function write(path: string, all: Map<string, Breaker>): void {
  if (all.size === 0) {
    rmSync(path, { force: true })
    return
  }
  makeFolder(dirname(path))
  const fresh = `${path}.${process.pid}.new`
  try {
    writeFileSync(fresh, `${JSON.stringify(Object.fromEntries(all))}\n`, { mode: 0o600 })
    renameSync(fresh, path)
  } catch (error) {
    try {
      rmSync(fresh, { force: true })
    } catch {
      // What could not be written is not there.
    }
    throw error
  }
}
