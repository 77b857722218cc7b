/**
 * Files that only grow by whole lines. A line is handed to the system the moment it is written, so a program that is
 * killed loses none; the disk is asked to keep them once a second and at the end, so a power cut may lose the last second,
 * which is then asked for again.
 */

import { closeSync, fstatSync, fsync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'

const SYNC_EVERY_MS = 1_000
const LF = 10

export interface Appending {
  /** @returns where the line begins, in bytes. @throws the system's error; what was there stays whole */
  add(line: string): number
  /** A line as it was written. */
  read(at: number, bytes: number): string
  empty(): void
  close(): void
}

/** @param bytes what is behind them is cut off: a line that was torn */
export function appendTo(path: string, bytes?: number): Appending {
  const file = openSync(path, 'a+', 0o600)
  if (bytes !== undefined) ftruncateSync(file, bytes)
  let end = fstatSync(file).size
  // Whoever has looked at it in an editor may have saved it without its last line end.
  if (end > 0 && lastByte(file, end) !== LF) end += writeSync(file, '\n')
  let isDirty = false
  let isSyncing = false
  const timer = setInterval(() => {
    if (!isDirty || isSyncing) return
    isDirty = false
    isSyncing = true
    // A file system that cannot do it loses no more than it would have.
    fsync(file, () => {
      isSyncing = false
    })
  }, SYNC_EVERY_MS)
  timer.unref()
  return {
    add(line) {
      const at = end
      const whole = Buffer.from(`${line}\n`)
      try {
        for (let done = 0; done < whole.length; ) done += writeSync(file, whole, done)
      } catch (error) {
        ftruncateSync(file, at)
        throw error
      }
      end += whole.length
      isDirty = true
      return at
    },
    read(at, length) {
      const whole = Buffer.alloc(length)
      readSync(file, whole, 0, length, at)
      return whole.toString('utf8')
    },
    empty() {
      ftruncateSync(file, 0)
      end = 0
    },
    close() {
      clearInterval(timer)
      try {
        if (isDirty) fsyncSync(file)
      } catch {
        // As above.
      }
      closeSync(file)
    },
  }
}

function lastByte(file: number, size: number): number {
  const byte = Buffer.alloc(1)
  readSync(file, byte, 0, 1, size - 1)
  return byte[0]!
}
