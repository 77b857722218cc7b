/** Opens the history file: makes it, brings it up to date, and refuses politely what is not ours or not for us. */

import { chmodSync, closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { makeFolder } from '../files/private-folder.ts'
import { unwarned } from '../process/unwarned.ts'
import { rollBack } from './access.ts'
import { APPLICATION_ID, MIGRATIONS } from './schema.ts'
import { HistoryTrouble, say, understood } from './trouble.ts'

/** How long a call may wait, in ms, for another program that writes: the chat's thread stands still meanwhile. */
const PATIENCE_MS = 10

/**
 * How often a path is open here. Closing any descriptor of a file takes the locks away that this process holds on it
 * (POSIX), so an open database must not be looked at but by SQLite.
 */
const inUse = new Map<string, number>()

/**
 * The database at `path`, made when it is not there, readable by the owner alone.
 * @param steps the schema's migrations; a test brings its own
 * @param address the path as SQLite takes it, perhaps with a way of locking
 * @throws HistoryTrouble the file is left as it was
 */
export async function openDatabase(
  path: string,
  steps: readonly string[] = MIGRATIONS,
  address = path,
): Promise<DatabaseSync> {
  const { DatabaseSync } = await sqlite()
  let db: DatabaseSync | null = null
  try {
    makeFolder(dirname(path))
    const isNew = !inUse.has(path) && inspect(path, steps.length)
    db = new DatabaseSync(address)
    db.exec(`pragma busy_timeout = ${PATIENCE_MS}`)
    // Its first bytes say whose it is: whatever interrupts the making of it, and whoever looks at it meanwhile.
    if (isNew) db.exec(`begin; pragma auto_vacuum = incremental; pragma application_id = ${APPLICATION_ID}; commit`)
    // With WAL readers never wait for a writer. Where the file system cannot do it, SQLite stays with its journal. NORMAL:
    // a killed process loses nothing, a power cut the last moments. A checkpoint waits for the disk: `rest` says when.
    db.exec(
      `pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 0;
       pragma journal_size_limit = 4194304; pragma secure_delete = fast; pragma foreign_keys = on;
       pragma cache_size = -400`,
    )
    migrate(db, path, steps)
    inUse.set(path, (inUse.get(path) ?? 0) + 1)
    return db
  } catch (error) {
    db?.close()
    throw understood(error, path)
  }
}

/**
 * The database at `path` as it is, to be looked into where nothing can be written. Nothing is changed.
 * @param tracelessly makes no side file either, where nobody has one open
 * @throws HistoryTrouble
 */
export async function openDatabaseToRead(
  path: string,
  steps: readonly string[] = MIGRATIONS,
  tracelessly = false,
): Promise<DatabaseSync> {
  const { DatabaseSync } = await sqlite()
  const opened = (address: string) => {
    const db = new DatabaseSync(address, { readOnly: true })
    try {
      db.exec(`pragma busy_timeout = ${PATIENCE_MS}`)
      if (pragma(db, 'user_version') === steps.length) return db
      const why = 'it is of an older claude-tui, and would have to be brought up to date first'
      throw new HistoryTrouble('unwritable', say('unwritable', path, why))
    } catch (error) {
      db.close()
      throw error
    }
  }
  try {
    if (!inUse.has(path)) look(path, steps.length)
    const isAlone = tracelessly && !existsSync(`${path}-wal`)
    const db = isAlone ? opened(asItIs(path)) : openedAnyhow(path, opened)
    inUse.set(path, (inUse.get(path) ?? 0) + 1)
    return db
  } catch (error) {
    throw understood(error, path)
  }
}

/**
 * With WAL even readers write, into a side file. Where none can be made, and none holds anything, nobody is writing, and
 * SQLite is told so (sqlite.org/wal.html#read_only_databases).
 */
function openedAnyhow(path: string, opened: (address: string) => DatabaseSync): DatabaseSync {
  try {
    return opened(path)
  } catch (error) {
    const isBeside = (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
    if (isBeside || understood(error, path).kind !== 'unwritable' || error instanceof HistoryTrouble) throw error
    return opened(asItIs(path))
  }
}

const asItIs = (path: string) => `${pathToFileURL(path).href}?immutable=1`

/** Closes what was opened here. */
export function closeDatabase(db: DatabaseSync, path: string): void {
  const others = (inUse.get(path) ?? 1) - 1
  if (others > 0) inUse.set(path, others)
  else inUse.delete(path)
  db.close()
}

const sqlite = (): Promise<typeof import('node:sqlite')> => unwarned('SQLite', () => import('node:sqlite'))

/** Where a SQLite file says what it is (sqlite.org/fileformat2.html#the_database_header). */
const HEADER = { bytes: 100, magic: 'SQLite format 3\0', userVersion: 60, applicationId: 68 } as const

/**
 * Looks at the file without SQLite, which might already change it, and makes it when there is none.
 * @returns whether it is new
 * @throws HistoryTrouble when it is somebody else's, from a later version, or no database at all
 */
function inspect(path: string, version: number): boolean {
  // Made here, so that it is nobody else's to read from its first byte on; SQLite's side files take after it.
  const file = openSync(path, 'a+', 0o600)
  try {
    // In this order: a program that makes the file just now fills it before it puts anything beside it.
    const beside = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
    const { size, mode } = fstatSync(file)
    const isOpenToOthers = (mode & 0o077) !== 0
    if (size === 0) {
      if (isOpenToOthers) chmodSync(path, 0o600)
      // SQLite would throw away what lies beside an empty file, and it may be all there is.
      if (beside > 0) throw new HistoryTrouble('damaged', say('damaged', path, 'it is empty, its side file is not'))
      return true
    }
    checkHeader(file, path, version)
    // Such as after it was put back from a backup.
    if (isOpenToOthers) chmodSync(path, 0o600)
    return false
  } finally {
    closeSync(file)
  }
}

/**
 * The same look at a file that is there and cannot be written.
 * @returns the number of migrations it has been through
 * @throws HistoryTrouble
 */
export function look(path: string, version: number): number {
  const file = openSync(path, 'r')
  try {
    return checkHeader(file, path, version)
  } finally {
    closeSync(file)
  }
}

function checkHeader(file: number, path: string, version: number): number {
  const header = Buffer.alloc(HEADER.bytes)
  readSync(file, header, 0, HEADER.bytes, 0)
  if (header.toString('latin1', 0, HEADER.magic.length) !== HEADER.magic)
    throw new HistoryTrouble('damaged', say('damaged', path, 'it is not a database'))
  if (header.readUInt32BE(HEADER.applicationId) !== APPLICATION_ID)
    throw new HistoryTrouble('foreign', say('foreign', path))
  const reached = header.readUInt32BE(HEADER.userVersion)
  if (reached > version) throw new HistoryTrouble('newer', say('newer', path))
  return reached
}

const pragma = (db: DatabaseSync, name: string): number =>
  Number(Object.values(db.prepare(`pragma ${name}`).get() ?? {})[0] ?? 0)

/** Takes the steps that are missing, each whole or not at all. Two programs may come to this at once. */
function migrate(db: DatabaseSync, path: string, steps: readonly string[]): void {
  if (pragma(db, 'user_version') === steps.length) return
  db.exec('begin immediate')
  try {
    // Another program may have been first, and may even be newer.
    const from = pragma(db, 'user_version')
    if (from > steps.length) throw new HistoryTrouble('newer', say('newer', path))
    for (const step of steps.slice(from)) db.exec(step)
    db.exec(`pragma user_version = ${steps.length}; commit`)
  } catch (error) {
    rollBack(db)
    throw error
  }
  // Into the file itself, where an older program sees it before it opens it.
  db.exec('pragma wal_checkpoint(passive)')
}
