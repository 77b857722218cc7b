/**
 * How the history's file is read and written: with prepared statements, whole transactions, and errors that are
 * understood. What is asked of it is known to `reading`, `writing` and `tending`.
 */

import { statSync } from 'node:fs'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { HistoryTrouble, say, understood } from './trouble.ts'

export interface Access {
  /** A statement, prepared once. */
  sql(text: string): StatementSync
  /** Statements that are run once, such as settings of the connection. @throws HistoryTrouble */
  exec(text: string): void
  /** @throws HistoryTrouble */
  read<T>(deed: () => T): T
  /**
   * In one transaction, whole or not at all; one inside another is part of it.
   * @throws HistoryTrouble then nothing was written, and the same may be tried again
   */
  write<T>(deed: () => T): T
}

/** @param version the number of migrations this program knows */
export function accessTo(db: DatabaseSync, path: string, version: number): Access {
  const statements = new Map<string, StatementSync>()
  const file = identityOf(path)
  let isWriting = false
  let damage: HistoryTrouble | null = null

  const sql = (text: string): StatementSync => {
    const known = statements.get(text)
    if (known) return known
    const made = db.prepare(text)
    statements.set(text, made)
    return made
  }
  const told = (error: unknown): HistoryTrouble => {
    const trouble = understood(error, path)
    // Whoever goes on writing into a damaged file may damage what could still be saved.
    if (trouble.kind === 'damaged') damage = trouble
    return trouble
  }
  /** What others may have done to the file while it was in use. */
  const check = () => {
    if (damage) throw damage
    // A file that was moved or deleted can still be written, and nobody would ever find it again.
    if (identityOf(path) !== file) throw new HistoryTrouble('moved', say('moved', path))
    // A newer program may have been started beside this one, and has brought the tables up to its own date.
    const { user_version: now } = sql('pragma user_version').get() as { user_version: number }
    if (now > version) throw new HistoryTrouble('newer', say('newer', path))
  }

  const read = <T>(deed: () => T): T => {
    try {
      return deed()
    } catch (error) {
      throw told(error)
    }
  }

  return {
    sql,
    exec: (text) => read(() => db.exec(text)),
    read,
    write(deed) {
      if (isWriting) return deed()
      let isBegun = false
      try {
        isWriting = true
        db.exec('begin immediate')
        isBegun = true
        check()
        const result = deed()
        db.exec('commit')
        return result
      } catch (error) {
        if (isBegun) rollBack(db)
        throw told(error)
      } finally {
        isWriting = false
      }
    },
  }
}

/** Undoes a transaction, if there still is one. */
export function rollBack(db: DatabaseSync): void {
  try {
    db.exec('rollback')
  } catch {
    // Some errors (a full disk among them) have ended the transaction by themselves.
  }
}

function identityOf(path: string): string {
  const { dev, ino } = statSync(path, { throwIfNoEntry: false }) ?? {}
  return `${dev}:${ino}`
}
