/** Looks at what the program runs on: Node, its SQLite, the image library. */

import type { ProgramFacts } from '../../core/doctor/program.ts'
import { rounded } from '../../core/figures/rounded.ts'
import { VERSION } from '../../version.ts'
import { unwarned } from '../process/unwarned.ts'

export async function lookAtProgram(): Promise<ProgramFacts> {
  return {
    version: VERSION,
    node: process.versions.node,
    nodePath: process.execPath,
    platform: `${process.platform} ${process.arch}`,
    ...(await lookAtSqlite()),
    sharp: await loadedSharp(),
  }
}

async function lookAtSqlite(): Promise<Pick<ProgramFacts, 'sqlite' | 'hasSearch'>> {
  try {
    const { DatabaseSync } = await unwarned('SQLite', () => import('node:sqlite'))
    const db = new DatabaseSync(':memory:')
    const { version } = db.prepare('select sqlite_version() as version').get() as { version: string }
    try {
      db.exec('create virtual table words using fts5 (text)')
      return { sqlite: version, hasSearch: true }
    } catch {
      return { sqlite: version, hasSearch: false }
    } finally {
      db.close()
    }
  } catch {
    return { sqlite: null, hasSearch: false }
  }
}

async function loadedSharp(): Promise<ProgramFacts['sharp']> {
  const startedAt = performance.now()
  try {
    const { default: sharp } = await import('sharp')
    return { version: sharp.versions.sharp ?? sharp.versions.vips, ms: rounded(performance.now() - startedAt, 3) }
  } catch (error) {
    // What it says is long: a list of ways to install it. The first line names the trouble.
    const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return { trouble: first }
  }
}
