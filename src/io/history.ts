/**
 * The history: one SQLite file in the data folder that holds what was said, what it cost, and where to find it. What is
 * worth saving, and when, is known to `modes/recorder`.
 */

import { hostname } from 'node:os'
import { join } from 'node:path'
import { folders } from './folders.ts'
import { openDatabase } from './history/database.ts'
import { type Reading, reading } from './history/reading.ts'
import { type Tending, tending } from './history/tending.ts'
import { understood } from './history/trouble.ts'
import { type Writing, writing } from './history/writing.ts'
import { isRunning, ownName } from './process-name.ts'

export { COMMAND_PATIENCE_MS } from './history/database.ts'
export type { Listed, Row } from './history/reading.ts'
export { HistoryTrouble } from './history/trouble.ts'
export type { Brought, Newcomer } from './history/writing.ts'

export interface History extends Reading, Writing, Tending {
  readonly path: string
  /** Moves what was written from the side file into the file itself; may take as long as a disk does. */
  rest(): void
  close(): void
}

/** Where the history lies. What is said to the demo is no part of it, and has a file of its own. */
export function historyPath(env: Readonly<Record<string, string | undefined>>, isDemo = false): string {
  return join(folders(env).data, isDemo ? 'history-demo.db' : 'history.db')
}

/** @throws HistoryTrouble */
export async function openHistory(path: string, patienceMs?: number): Promise<History> {
  const db = await openDatabase(path, undefined, patienceMs)
  const owner = `${hostname()}:${ownName()}`
  // A checkpoint waits for the disk: it is done between turns, not in the middle of a word.
  db.exec('pragma wal_autocheckpoint = 0')
  return {
    path,
    ...reading(db, path),
    ...writing(db, path, owner),
    ...tending(db, path, { owner, isGone }),
    rest() {
      try {
        db.exec('pragma wal_checkpoint(passive)')
      } catch (error) {
        throw understood(error, path)
      }
    },
    close() {
      if (db.isOpen) db.close()
    },
  }
}

/** Whether the process that had this name is known to be gone; one on another machine never is. */
function isGone(owner: string): boolean {
  const [, host, pid, start] = /^(.*):(\d+)-(\d*)$/.exec(owner) ?? []
  return pid !== undefined && host === hostname() && !isRunning(Number(pid), start ?? '')
}
