/** Node, the database within it, and the image library: whether they are what the program needs. */

import type { Told } from '../doctor.ts'

export interface ProgramFacts {
  readonly version: string
  /** Of Node, as `24.21.0`. */
  readonly node: string
  /** Where that Node lies. */
  readonly nodePath: string
  /** `linux x64` */
  readonly platform: string
  /** Of SQLite; null: it could not be loaded. */
  readonly sqlite: string | null
  /** Whether SQLite brings its full-text search along. */
  readonly hasSearch: boolean
  /** The image library's version and how long it took to load; or why it could not be. */
  readonly sharp: { readonly version: string; readonly ms: number } | { readonly trouble: string }
}

/** The oldest Node that runs this program, and the oldest one whose SQLite can search. */
const LEAST_NODE = '22.13.0'
const SEARCHING_NODE = '22.16.0'

/** Whether a version is at least another one; both as `24.21.0`. */
export function isAtLeast(version: string, least: string): boolean {
  const [have, need] = [version, least].map((text) => text.split('.').map((part) => Number.parseInt(part, 10)))
  for (let i = 0; i < 3; i++) {
    const difference = (have?.[i] ?? 0) - (need?.[i] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}

export function programFindings(facts: ProgramFacts): readonly Told[] {
  const { version, node, nodePath, platform, sqlite, hasSearch, sharp } = facts
  const newer = 'Install a newer Node from https://nodejs.org'
  const isNewEnough = isAtLeast(node, LEAST_NODE)
  const nodeSays = `claude-tui ${version} on Node ${node} (${nodePath}), ${platform}.`
  return [
    isNewEnough
      ? { topic: 'node', mark: 'ok', says: nodeSays, facts: { version, node, nodePath, platform } }
      : {
          ...{ topic: 'node', mark: 'broken', says: `${nodeSays} It needs Node 22.13 or newer.`, todo: newer },
          facts: { version, node, nodePath, platform },
        },
    sqlite !== null && hasSearch
      ? { topic: 'sqlite', mark: 'ok', says: `SQLite ${sqlite} with full-text search.`, facts: { sqlite, hasSearch } }
      : {
          topic: 'sqlite',
          mark: isAtLeast(node, SEARCHING_NODE) ? 'broken' : 'look',
          says: `SQLite ${sqlite ?? 'cannot be loaded, or'} has no full-text search: conversations are not kept.`,
          todo: `${newer}: 22.16 or later has it.`,
          facts: { sqlite, hasSearch },
        },
    'version' in sharp
      ? {
          topic: 'sharp',
          mark: 'ok',
          says: `sharp ${sharp.version} prepares images; it loaded in ${Math.round(sharp.ms)} ms.`,
          facts: sharp,
        }
      : {
          topic: 'sharp',
          mark: 'look',
          says: `sharp, which prepares images, cannot be loaded: ${sharp.trouble}`,
          todo: 'Text, PDF and chat work without it. `npm install sharp` in the folder of claude-tui brings it back.',
          facts: sharp,
        },
  ]
}
