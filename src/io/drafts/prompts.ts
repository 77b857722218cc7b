/**
 * Earlier messages in a file, one JSON object a line, only ever appended to but for a thinning out when it has grown
 * too long. Several programs may use it at once. What a message is, is known to `core/composer`.
 */

import { appendFileSync, closeSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Sheet } from '../../core/composer/chips.ts'
import { makeFolder } from '../files/private-folder.ts'
import { untilBroken } from './until-broken.ts'

/** How much is read and kept: the newest entries, up to so many and so many bytes. */
const ENTRIES = 5000
const BYTES = 4_000_000
/** The file is thinned out when it is this much longer, so that it does not happen at every start. */
const SLACK = 1.25
/** A lock older than this was left behind, in ms: nobody holds it for more than a moment. */
const STALE_MS = 5000
const RETRY_MS = 20

export interface Prompts {
  /** Entries of the file, oldest first; lines that are none are passed over. Thins the file out when it is too long. */
  read(): Promise<readonly Sheet[]>
  /** Adds entries; soon, not at once. */
  append(sheets: readonly Sheet[]): void
  /** Adds what still waits, now. */
  close(): void
}

/** @param onTrouble told once when the file cannot be written; nothing more is tried then */
export function openPrompts(path: string, onTrouble: (message: string) => void): Prompts {
  const lock = `${path}.lock`
  let waiting: string[] = []
  let timer: NodeJS.Timeout | undefined

  const guarded = untilBroken(onTrouble)
  const write = () => {
    const lines = waiting.join('')
    waiting = []
    if (lines !== '') appendFileSync(path, lines, { mode: 0o600 })
  }
  const flush = () => {
    timer = undefined
    guarded(() => {
      makeFolder(dirname(path))
      // While another program thins the file out, a line added to the old one would be lost.
      if (!hold(lock, write)) timer = setTimeout(flush, RETRY_MS)
    })
  }

  return {
    async read() {
      const found = await lines(path)
      const kept = newest(found.lines)
      if (found.lines.length > ENTRIES * SLACK || found.bytes > BYTES * SLACK)
        guarded(() => thinOut(path, lock, found.bytes, kept))
      return kept.map(({ sheet }) => sheet)
    },
    append(sheets) {
      for (const { text, pastes } of sheets) {
        const line = `${JSON.stringify({ text, ...(pastes.length > 0 ? { pastes } : {}) })}\n`
        if (line.length <= BYTES / 4) waiting.push(line)
      }
      if (waiting.length > 0) timer ??= setTimeout(flush)
    },
    close() {
      if (!timer) return
      clearTimeout(timer)
      guarded(() => {
        makeFolder(dirname(path))
        if (!hold(lock, write)) write()
      })
    },
  }
}

/** Does it while no other program may touch the file; false: another one holds it. */
function hold(lock: string, deed: () => void): boolean {
  try {
    closeSync(openSync(lock, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs
    // A clock that was set back makes the past look like the future.
    if (since !== undefined && Math.abs(Date.now() - since) > STALE_MS) rmSync(lock, { force: true })
    return false
  }
  try {
    deed()
  } finally {
    rmSync(lock, { force: true })
  }
  return true
}

interface Line {
  readonly line: string
  readonly sheet: Sheet
}

async function lines(path: string): Promise<{ readonly lines: readonly Line[]; readonly bytes: number }> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0))
  const read = bytes
    .toString()
    .split('\n')
    .map((line) => ({ line, sheet: sheetOn(line) }))
  return { lines: read.filter((one): one is Line => one.sheet !== null), bytes: bytes.length }
}

function newest(all: readonly Line[]): readonly Line[] {
  let from = all.length
  let room = BYTES
  while (from > 0 && all.length - from < ENTRIES && room > 0) room -= all[--from]!.line.length
  return all.slice(from)
}

/** Writes the newest entries in the place of all, unless somebody else is at it or was meanwhile. */
function thinOut(path: string, lock: string, bytes: number, kept: readonly Line[]): void {
  hold(lock, () => {
    if (statSync(path).size !== bytes) return
    const fresh = `${path}.${process.pid}`
    writeFileSync(fresh, kept.map(({ line }) => `${line}\n`).join(''), { mode: 0o600 })
    renameSync(fresh, path)
  })
}

function sheetOn(line: string): Sheet | null {
  if (line === '') return null
  try {
    const { text, pastes } = JSON.parse(line)
    if (typeof text !== 'string') return null
    const isRange = (one: unknown) => Array.isArray(one) && one.length === 2 && one.every(Number.isInteger)
    return { text, pastes: Array.isArray(pastes) && pastes.every(isRange) ? pastes : [] }
  } catch {
    return null
  }
}
