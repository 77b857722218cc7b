/**
 * Folders of our own, which nobody else may look into. Node's own `mkdirSync(…, { recursive: true })` never returns where
 * a file system says that a folder it has is not there, as /proc does (tried with Node 20 and 24).
 */

import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Makes a folder and those it lies in, as far as they are missing. @throws the system's own error */
export function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
  const parent = dirname(path)
  if (parent !== path) makeFolder(parent)
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another program was first.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(path).isDirectory()) throw error
  }
}
