/** What lies beside the answers of a batch: its memory of itself, and the lock that lets only one program write them. */

import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type RunFile, runFileIn } from '../../core/batch/run-file.ts'
import { isGone, ownerName } from '../history/owner.ts'

const stem = (out: string) => out.replace(/\.jsonl$/, '')
export const runPath = (out: string) => `${stem(out)}.batch.json`
const lockPath = (out: string) => `${stem(out)}.lock`

/** null: there is none; `damaged`: it is none of ours. */
export function readRun(out: string): RunFile | null | 'damaged' {
  let text: string
  try {
    text = readFileSync(runPath(out), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  return runFileIn(text) ?? 'damaged'
}

/** Renamed into its place: whenever the end comes, one of the two is there in full. @throws the system's error */
export function writeRun(out: string, run: RunFile): void {
  const fresh = `${runPath(out)}.new`
  writeFileSync(fresh, `${JSON.stringify(run)}\n`, { mode: 0o600, flush: true })
  renameSync(fresh, runPath(out))
}

/** @returns how to let go of it; null: another program writes there. @throws the system's error */
export function lock(out: string): (() => void) | null {
  const path = lockPath(out)
  for (let tries = 0; tries < 2; tries++) {
    try {
      const file = openSync(path, 'wx', 0o600)
      writeFileSync(file, ownerName())
      closeSync(file)
      return () => rmSync(path, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const { mtimeMs = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {}
    if (!isGone(readFileSync(path, 'utf8'), Date.now() - mtimeMs)) return null
    rmSync(path, { force: true })
  }
  return null
}
