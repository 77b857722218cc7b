/**
 * The history: one SQLite file in the data folder that holds what was said, what it cost, and where to find it. What is
 * worth saving, and when, is known to `modes/history/recorder`.
 */

import { close, fsync, open, statSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { folders } from './files/folders.ts'
import { accessTo } from './history/access.ts'
import { type Advising, advising } from './history/advising.ts'
import { type Blobs, blobs } from './history/blobs.ts'
import { type Bringing, bringing } from './history/bringing.ts'
import { type Contests, contests } from './history/contests.ts'
import { closeDatabase, openDatabase, openDatabaseToRead } from './history/database.ts'
import { isGone, ownerName } from './history/owner.ts'
import { type Quality, quality } from './history/quality.ts'
import { type Reading, reading } from './history/reading.ts'
import { MIGRATIONS } from './history/schema.ts'
import { cardReader, type Spending, spending } from './history/spending.ts'
import { type Tallying, tallying } from './history/tallying.ts'
import { type Tending, tending } from './history/tending.ts'
import { HistoryTrouble, isFull, say } from './history/trouble.ts'
import { type Unfinished, unfinished } from './history/unfinished.ts'
import { type Writing, writing } from './history/writing.ts'

export { type Brought, type Newcomer, uidFrom } from './history/bringing.ts'
export type { Found, Listed, Row } from './history/reading.ts'
export type { Sequel } from './history/sequels.ts'
export type { Hold, Paid } from './history/spending.ts'
export type { Flight } from './history/tending.ts'
export { HistoryTrouble } from './history/trouble.ts'

export interface History
  extends Reading,
    Writing,
    Blobs,
    Bringing,
    Tending,
    Unfinished,
    Spending,
    Tallying,
    Advising,
    Quality,
    Contests {
  readonly path: string
  /** @throws HistoryTrouble when there is no room for a turn: what is begun should come to its end */
  makeSure(): void
  /** A moment in which nothing happens: what was written is brought safely onto the disk. Takes a few ms, seldom more. */
  rest(): void
  /** How long a call may wait, in ms, for another program that writes. At a screen a few ms; in a script, much more. */
  wait(patienceMs: number): void
  close(): void
}

/** Where the history lies. What is said to the demo is no part of it, and has a file of its own. */
export function historyPath(env: Readonly<Record<string, string | undefined>>, isDemo = false): string {
  return join(folders(env).data, isDemo ? 'history-demo.db' : 'history.db')
}

/** How often, and with which pause in ms, a file that another program holds is tried before it is a trouble. */
const TRIES = { count: 20, pauseMs: 50 } as const

/** What a short turn takes of the disk, in bytes, from its question to its end. */
const TURN_BYTES = 96 * 1024

/** Size of the side file, in bytes, from which on a rest is used to move what is in it into the file itself. */
const FULL_SIDE_FILE = 4 * 1024 * 1024

/** @throws HistoryTrouble */
export async function openHistory(path: string): Promise<History> {
  return historyIn(await opened(path), path)
}

/** For somebody who only looks: also where nothing can be written. @throws HistoryTrouble */
export async function openHistoryToRead(path: string): Promise<History> {
  try {
    return await openHistory(path)
  } catch (error) {
    if (!(error instanceof HistoryTrouble) || error.kind !== 'unwritable') throw error
    return historyIn(await openDatabaseToRead(path), path)
  }
}

function historyIn(db: DatabaseSync, path: string): History {
  const access = accessTo(db, path, MIGRATIONS.length)
  const owner = ownerName()
  const write = writing(access, owner)
  const bytes = blobs(access)
  let isOpen = true
  return {
    path,
    ...reading(access, { isGone, now: Date.now }),
    ...write,
    ...bytes,
    ...bringing(access, write.copy, bytes.shelve),
    ...unfinished(access),
    ...tending(access, { owner, isGone, now: Date.now }),
    ...spending(access, owner),
    ...tallying(access),
    ...advising(access, cardReader()),
    ...quality(access),
    ...contests(access),
    makeSure() {
      if (isFull(path, TURN_BYTES)) throw new HistoryTrouble('full', say('full', path))
    },
    rest() {
      const size = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
      if (size > 0 && size < FULL_SIDE_FILE) return settleOnDisk(`${path}-wal`)
      if (size > 0) access.exec('pragma wal_checkpoint(passive)')
      // The first write into an empty side file waits for the disk. It is this one, and not the one of the next question.
      access.write(() => access.exec(`pragma user_version = ${MIGRATIONS.length}`))
    },
    wait: (patienceMs) => db.exec(`pragma busy_timeout = ${Number(patienceMs)}`),
    close() {
      if (isOpen) closeDatabase(db, path)
      isOpen = false
    },
  }
}

/** Two programs that start at once, or one that tidies up, hold the file for a moment. */
async function opened(path: string): Promise<DatabaseSync> {
  for (let tried = 1; ; tried++) {
    try {
      return await openDatabase(path)
    } catch (error) {
      const isHeld = error instanceof HistoryTrouble && error.kind === 'busy'
      if (!isHeld || tried === TRIES.count) throw error
      await sleep(TRIES.pauseMs)
    }
  }
}

/** Lets the disk take what was written to a file, while the program goes on. SQLite holds no lock on its side file. */
function settleOnDisk(path: string): void {
  open(path, 'r+', (error, file) => {
    // Without it a power cut may take the last turn; there is nothing better to do about it.
    if (!error) fsync(file, () => close(file, () => {}))
  })
}
