/**
 * Files beside the history that hold what it could not take, one for each program: `claude-tui import` reads them, and
 * the next program that can write the history takes them in. Every line of one is whole, whatever happens.
 */

import {
  appendFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Event } from '../core/conversation.ts'
import { type BytesOf, EVENTS_HEAD, linesOf } from '../core/history/export/events.ts'
import { makeFolder } from './files/private-folder.ts'
import { isGone, ownerName } from './history/owner.ts'
import { isRunning } from './process/process-name.ts'

/** The end of a conversation, behind the rows of it that are in the history. */
export interface Unsaved {
  readonly uid: string
  readonly kind: string
  /** Milliseconds since 1970; null: with its first event. */
  readonly createdMs: number | null
  readonly after: number
  readonly events: readonly Event[]
}

export interface Aside {
  /** Where it lies, once there is something to keep. */
  readonly path: string
  /** Puts these in the place of what was there. @throws on I/O errors; what was there stays */
  write(conversations: readonly Unsaved[]): void
  /** Adds to the last conversation. @throws on I/O errors; what was there stays */
  add(events: readonly Event[]): void
  /** Everything in it has found its place. */
  drop(): void
}

const stemOf = (history: string) => basename(history, '.db').replace(/^history/, 'unsaved')

/**
 * @param history the path of the history
 * @param bytesOf of attachments: what the history did not take goes along
 */
export function createAside(history: string, bytesOf: BytesOf = () => null): Aside {
  const stem = join(dirname(history), `${stemOf(history)}-${process.pid}`)
  const owner = ownerName()
  let path = `${stem}.jsonl`
  let bytes: number | null = null
  let told = new Set<string>()

  /** One that an earlier program of the same number left is not ours to write over. */
  const settleName = () => {
    for (let n = 2; statSync(path, { throwIfNoEntry: false }); n++) path = `${stem}-${n}.jsonl`
  }
  return {
    get path() {
      return path
    },
    write(conversations) {
      makeFolder(dirname(path))
      if (bytes === null) settleName()
      const lines = conversations.flatMap(({ uid, kind, createdMs: created, after, events }) => {
        told = new Set()
        const head = { ...EVENTS_HEAD, unsaved: true, uid, kind, created, after, owner }
        return [`${JSON.stringify(head)}\n`, ...linesOf(events, bytesOf, told)]
      })
      const text = lines.join('')
      const fresh = `${path}.new`
      try {
        // Renamed into its place: whenever the end comes, one of the two is there in full.
        writeFileSync(fresh, text, { mode: 0o600 })
        renameSync(fresh, path)
      } catch (error) {
        quietly(() => rmSync(fresh, { force: true }))
        throw error
      }
      bytes = Buffer.byteLength(text)
    },
    add(events) {
      const text = [...linesOf(events, bytesOf, told)].join('')
      try {
        appendFileSync(path, text, { mode: 0o600 })
      } catch (error) {
        quietly(() => truncateSync(path, bytes ?? 0))
        throw error
      }
      bytes = (bytes ?? 0) + Buffer.byteLength(text)
    },
    drop() {
      if (bytes === null) return
      bytes = null
      quietly(() => rmSync(path, { force: true }))
    },
  }
}

/** What cannot be tidied up lies there until somebody else does. */
function quietly(deed: () => void): void {
  try {
    deed()
  } catch {}
}

/** What programs that are gone have left beside this history, oldest first. */
export function leftAside(history: string): readonly string[] {
  const stem = `${stemOf(history)}-`
  const isOne = (name: string) => name.startsWith(stem) && /^(\d+)(-\d+)?\.jsonl$/.test(name.slice(stem.length))
  return namesIn(dirname(history))
    .filter(isOne)
    .map((name) => join(dirname(history), name))
    .map((path) => ({ path, at: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .filter(({ path, at }) => isLeft(path, stem, Date.now() - at))
    .sort((a, b) => a.at - b.at)
    .map(({ path }) => path)
}

/** Its first line names the program; where none can be read, the file's own name has at least its number. */
function isLeft(path: string, stem: string, quietMs: number): boolean {
  try {
    const owner: unknown = JSON.parse(readFileSync(path, 'utf8').split('\n', 1)[0]!).owner
    if (typeof owner === 'string') return isGone(owner, quietMs)
  } catch {
    // Whoever takes it in says what is wrong with it.
  }
  return !isRunning(Number.parseInt(basename(path).slice(stem.length), 10), '')
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
