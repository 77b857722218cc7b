/** Looks at settings, history and folders, and leaves all of them as they are: nothing is made, moved or brought up to date. */

import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { FolderFacts, HistoryFacts, SettingsFacts } from '../../core/doctor/disk.ts'
import { resolveSettings } from '../../core/settings.ts'
import { lookAtSettingsFile } from '../config.ts'
import { closeDatabase, look, openDatabaseToRead } from '../history/database.ts'
import { MIGRATIONS } from '../history/schema.ts'
import { understood } from '../history/trouble.ts'

type Layers = Parameters<typeof resolveSettings>[0]

/** Bytes up to which every row and index is checked; above, pages alone: a gigabyte would take half a minute. */
const WHOLE_CHECK = 64 * 1024 * 1024

/** The settings that hold, and what is to be said about their file. */
export function lookAtSettings(path: string, env: Layers['env'], flags: Layers['flags']) {
  const { values, problem } = lookAtSettingsFile(path)
  const resolved = resolveSettings({ flags, env, file: values })
  const facts: SettingsFacts = { path, ...seenAt(path), problem, values: resolved.problems }
  return { ...resolved, facts }
}

function seenAt(path: string): Pick<SettingsFacts, 'isThere' | 'mode'> {
  const found = statSync(path, { throwIfNoEntry: false })
  return { isThere: found !== undefined, mode: found ? modeOf(found.mode) : null }
}

/** Permission bits; null where they mean nothing. */
const modeOf = (mode: number): number | null => (process.platform === 'win32' ? null : mode & 0o777)

export async function lookAtHistory(path: string): Promise<HistoryFacts> {
  const newest = MIGRATIONS.length
  const nothing = { path, newest, size: null, mode: null, version: null, integrity: null, conversations: null }
  const facts: HistoryFacts = { ...nothing, check: 'whole', trouble: null }
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (!found) return facts
    const beside = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
    const seen = { ...facts, size: found.size + beside, mode: modeOf(found.mode) }
    // A file that was only just made.
    if (found.size === 0 && beside === 0) return { ...seen, version: 0, integrity: 'ok' }
    return await read(path, seen).catch((error) => ({ ...seen, trouble: understood(error, path).fact }))
  } catch (error) {
    return { ...facts, trouble: understood(error, path).fact }
  }
}

async function read(path: string, seen: HistoryFacts): Promise<HistoryFacts> {
  const version = look(path, seen.newest)
  const db = await openDatabaseToRead(path, MIGRATIONS.slice(0, version), true)
  try {
    const check = (seen.size ?? 0) > WHOLE_CHECK ? 'quick' : 'whole'
    const first = (sql: string) => Object.values(db.prepare(sql).get() ?? {})[0]
    const integrity = String(first(check === 'quick' ? 'pragma quick_check(1)' : 'pragma integrity_check(1)'))
    const conversations =
      version === seen.newest ? Number(first('select count(*) from conversations where deleted_ms is null')) : null
    return { ...seen, version, check, integrity, conversations }
  } finally {
    closeDatabase(db, path)
  }
}

export function lookAtFolder(path: string): FolderFacts {
  const isThere = existsSync(path)
  const nearest = nearestFolder(path)
  return { path, isThere, isWritable: isWritable(nearest), free: freeAt(nearest) }
}

/** The folder itself, or the one it would be made in. */
function nearestFolder(path: string): string {
  for (let here = path; ; here = dirname(here)) if (existsSync(here) || here === dirname(here)) return here
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK)
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

function freeAt(path: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize
  } catch {
    return null
  }
}
