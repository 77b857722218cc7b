/** Opens the history file: makes it, brings it up to date, and refuses politely what is not ours or not for us. */

import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { APPLICATION_ID, MIGRATIONS } from './schema.ts'
import { HistoryTrouble, say, understood } from './trouble.ts'

export type { DatabaseSync } from 'node:sqlite'

/** How long a call may wait, in ms, for another program that writes: the chat's thread stands still meanwhile. */
const PATIENCE_MS = 40
/** The same for a command that has nothing else to do. */
export const COMMAND_PATIENCE_MS = 3_000

/**
 * The database at `path`, made when it is not there, readable by the owner alone.
 * @param steps the schema's migrations; a test brings its own
 * @throws HistoryTrouble the file is left as it was
 */
export async function openDatabase(
  path: string,
  steps: readonly string[] = MIGRATIONS,
  patienceMs = PATIENCE_MS,
): Promise<DatabaseSync> {
  const { DatabaseSync } = await sqlite()
  let db: DatabaseSync | null = null
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    // Made here, so that it is nobody else's to read from its first byte on; SQLite's side files take after it.
    closeSync(openSync(path, 'a', 0o600))
    db = new DatabaseSync(path, { timeout: patienceMs })
    const isNew = inspect(db, path, steps.length)
    // A file that cannot be written is found out now, not when a word would be lost.
    if (isNew) db.exec('pragma auto_vacuum = incremental')
    // With WAL readers never wait for a writer. NORMAL: a killed process loses nothing, a power cut the last moments.
    db.exec(
      'pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on; pragma cache_size = -2000',
    )
    migrate(db, path, steps)
    return db
  } catch (error) {
    db?.close()
    throw understood(error, path)
  }
}

/** Node 22 calls SQLite experimental on stderr, in the middle of whatever is on the screen. */
async function sqlite(): Promise<typeof import('node:sqlite')> {
  const { emitWarning } = process
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    if (!String(warning).includes('SQLite')) emitWarning.call(process, warning, ...rest)
  }) as typeof emitWarning
  try {
    return await import('node:sqlite')
  } finally {
    process.emitWarning = emitWarning
  }
}

const pragma = (db: DatabaseSync, name: string): number =>
  Number(Object.values(db.prepare(`pragma ${name}`).get() ?? {})[0] ?? 0)

/** Whether the file is new. @throws HistoryTrouble when it is somebody else's, or from a later version */
function inspect(db: DatabaseSync, path: string, version: number): boolean {
  const isEmpty = pragma(db, 'page_count') === 0
  if (isEmpty) return true
  if (pragma(db, 'application_id') !== APPLICATION_ID) throw new HistoryTrouble('foreign', say('foreign', path))
  if (pragma(db, 'user_version') > version) throw new HistoryTrouble('newer', say('newer', path))
  return false
}

/** Takes the steps that are missing, each whole or not at all. Two programs may come to this at once. */
function migrate(db: DatabaseSync, path: string, steps: readonly string[]): void {
  if (pragma(db, 'user_version') === steps.length) return
  db.exec('begin immediate')
  try {
    // Another program may have been first, and may even be newer.
    const from = pragma(db, 'user_version')
    if (from > steps.length) throw new HistoryTrouble('newer', say('newer', path))
    for (const step of steps.slice(from)) db.exec(step)
    db.exec(`pragma application_id = ${APPLICATION_ID}; pragma user_version = ${steps.length}`)
    db.exec('commit')
  } catch (error) {
    db.exec('rollback')
    throw error
  }
}
