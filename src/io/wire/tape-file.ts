/**
 * The file of a recording: made anew, readable by its owner alone, written while the session goes on. Nobody ever waits
 * for the disk, and what is written last is there when the program ends.
 */

import { closeSync, existsSync, openSync, readFileSync, write, writeSync } from 'node:fs'
import { quote } from '../../core/problem.ts'
import { Ending, EXIT } from '../../core/turn/outcome.ts'
import { readStdin } from '../terminal/whole-stdin.ts'

export interface TapeFile {
  /** Cheap. Never throws: a disk that takes no more is told once, and nothing is written after that. */
  write(lines: readonly string[]): void
  /** Everything is in the file when this returns. */
  close(): void
}

/** Why a file cannot be had, in words. */
const WHY: Readonly<Record<string, string>> = {
  EEXIST: 'there is a file by that name already, and a recording never takes the place of another file',
  ENOENT: 'there is no such folder',
  ENOTDIR: 'a part of its path is no folder',
  EISDIR: 'it is a folder',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left',
  EDQUOT: 'the quota is used up',
  EFBIG: 'the file would be larger than is allowed',
  ENAMETOOLONG: 'no file has so long a name',
}

export const whyNot = (error: unknown): string => {
  const { code = '', message } = error as NodeJS.ErrnoException
  return WHY[code] ?? (code || message)
}

/** @throws the system's error; `whyNot` says it in words */
export function createTapeFile(path: string, onTrouble: (why: string) => void): TapeFile {
  const fd = openSync(path, 'wx', 0o600)
  /** Where the next bytes go. Each write names its place, so that the last ones need not wait for those before. */
  let at = 0
  let waiting: string[] = []
  let writing: { readonly bytes: Buffer; readonly at: number } | null = null
  let isAsked = false
  /** Nothing is written any more. */
  let isOver = false
  let isClosed = false

  const fail = (error: unknown) => {
    if (isOver) return
    isOver = true
    waiting = []
    onTrouble(whyNot(error))
  }

  const next = () => {
    isAsked = false
    if (isOver || writing || waiting.length === 0) return
    const bytes = Buffer.from(waiting.join(''))
    waiting = []
    writing = { bytes, at }
    put(bytes, at)
    at += bytes.length
  }

  const put = (bytes: Buffer, place: number) => {
    write(fd, bytes, 0, bytes.length, place, (error, written) => {
      if (isClosed) return closeSync(fd)
      if (error) {
        writing = null
        return fail(error)
      }
      if (written < bytes.length) return put(bytes.subarray(written), place + written)
      writing = null
      next()
    })
  }

  const putNow = (bytes: Buffer, place: number) => {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, place + done)
  }

  const close = () => {
    if (isClosed) return
    isClosed = true
    if (!isOver) {
      try {
        // The same bytes in the same place: whether the system had come to it does not matter.
        if (writing) putNow(writing.bytes, writing.at)
        putNow(Buffer.from(waiting.join('')), at)
      } catch (error) {
        fail(error)
      }
    }
    isOver = true
    // A write that is still on its way must not end in another file that is given the same number.
    if (!writing) closeSync(fd)
  }
  return {
    write(lines) {
      if (isOver) return
      waiting.push(...lines)
      if (isAsked || writing) return
      isAsked = true
      setImmediate(next)
    },
    close,
  }
}

/** Why a file cannot be read, in words. */
const WHY_UNREAD: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder; name the file in it',
  ENAMETOOLONG: 'no file has so long a name',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GB',
}

/**
 * @param path `-`: stdin
 * @param command the one that wants it
 * @throws Ending in words
 */
export async function readTapeFile(path: string, command: string): Promise<Uint8Array> {
  if (path === '-') return readStdin(process.stdin, `${command} -`)
  try {
    return readFileSync(path)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    throw new Ending(EXIT.usage, `${quote(path, 200)} cannot be read: ${WHY_UNREAD[code] ?? whyNot(error)}.`)
  }
}

export const exists = (path: string): boolean => existsSync(path)
