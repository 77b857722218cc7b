/** A file that is written piece by piece and is there only once it is whole. It takes no other file's place unasked. */

import { closeSync, existsSync, linkSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

export interface NewFile {
  write(text: string): void
  /** @throws Error when it could not be put into its place (code EEXIST: another file is there by now) */
  done(): void
  /** Leaves no trace of it. */
  drop(): void
}

/**
 * @param replaces whether a file of that name may be replaced
 * @throws Error with a system code; EEXIST: there is one
 */
export function newFile(path: string, replaces = false): NewFile {
  // A pipe or a device takes what is written to it, and stays what it is.
  if (existsSync(path) && !statSync(path).isFile()) return existing(path)
  if (!replaces && existsSync(path)) throw Object.assign(new Error(`${path} exists`), { code: 'EEXIST' })
  const part = join(dirname(path), `.${basename(path)}.${process.pid}.part`)
  // Conversations are private: what is to be shared can be made so.
  const file = openSync(part, 'wx', 0o600)
  let isOpen = true
  const close = () => {
    if (isOpen) closeSync(file)
    isOpen = false
  }
  return {
    write: (text) => writeAll(file, text),
    done() {
      close()
      if (replaces) return renameSync(part, path)
      try {
        // A link is made only where nothing is.
        linkSync(part, path)
        rmSync(part)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error
        // A file system without links.
        if (existsSync(path)) throw Object.assign(new Error(`${path} exists`), { code: 'EEXIST' })
        renameSync(part, path)
      }
    },
    drop() {
      close()
      rmSync(part, { force: true })
    },
  }
}

function existing(path: string): NewFile {
  const file = openSync(path, 'w')
  return { write: (text) => writeAll(file, text), done: () => closeSync(file), drop: () => closeSync(file) }
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}
