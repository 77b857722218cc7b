/** A file as a source, when it is one: not a folder, a device or a pipe, and not larger than can ever be sent. */

import { lstat, open } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Refusal, Source } from '../../core/attachments/prepared.ts'
import { titled } from './ready.ts'

/** Larger originals are not even read: no image or text worth sending is. */
const MOST_SOURCE_BYTES = 200_000_000

/** @throws the signal's reason when it was stopped */
export async function readSource(path: string, signal: AbortSignal): Promise<Source | Refusal> {
  const name = titled(basename(path) || path)
  const shown = titled(path)
  signal.throwIfAborted()
  try {
    // Non-blocking, as opening a pipe waits for somebody who writes to it. Windows has neither.
    const { O_RDONLY, O_NONBLOCK = 0 } = (await import('node:fs')).constants
    const file = await open(path, O_RDONLY | O_NONBLOCK)
    try {
      const facts = await file.stat()
      if (facts.isDirectory())
        return { refused: `${shown} is a folder. Attach files of it, as in ${shown.replace(/\/$/, '')}/*.png.` }
      if (!facts.isFile())
        return { refused: `${shown} is a device or a pipe, not a file. Pipe its output in, or attach a file.` }
      if (facts.size > MOST_SOURCE_BYTES) {
        return {
          refused: `${shown} has ${Math.round(facts.size / 1e6)} MB; files of up to ${MOST_SOURCE_BYTES / 1e6} MB are read. Attach the part you mean.`,
        }
      }
      return { name, path, bytes: await file.readFile({ signal }) }
    } finally {
      await file.close()
    }
  } catch (error) {
    signal.throwIfAborted()
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && (await isLink(path)))
      return { refused: `${shown} is a link to a file that is not there. Attach the file that is meant.` }
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return { refused: `There is no file ${shown}. Look at its spelling and at the folder you are in.` }
    if (code === 'EISDIR') return { refused: `${shown} is a folder. Attach files of it.` }
    if (code === 'EACCES' || code === 'EPERM')
      return { refused: `${shown} may not be read by you. Change its rights, or attach a copy.` }
    if (code === 'ELOOP')
      return { refused: `${shown} is a link that leads back to itself. Attach the file that is meant.` }
    return { refused: `${shown} could not be read: ${code ?? (error as Error).message}.` }
  }
}

const isLink = (path: string): Promise<boolean> =>
  lstat(path).then(
    (facts) => facts.isSymbolicLink(),
    () => false,
  )
