/** Benches that were kept under a name, to be compared with: a JSON file each, in a folder of their own. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { folders } from './files/folders.ts'
import { newFile } from './files/new-file.ts'
import { makeFolder } from './files/private-folder.ts'

const ENDING = '.json'

/** Letters, digits and a few signs: what a file can be called anywhere. */
export const isBenchName = (name: string): boolean => /^[A-Za-z0-9][\w.-]{0,79}$/.test(name)

export interface Benches {
  /** Whose names they are, in order. */
  names(): readonly string[]
  /** The text of one; null: there is none of that name. @throws the system's own error */
  read(name: string): string | null
  /** Takes the place of an earlier one. @throws the system's own error */
  write(name: string, text: string): void
}

export function createBenches(env: Readonly<Record<string, string | undefined>>): Benches {
  const folder = join(folders(env).data, 'benches')
  const path = (name: string) => join(folder, name + ENDING)
  return {
    names() {
      try {
        const files = readdirSync(folder).filter((name) => name.endsWith(ENDING))
        return files.map((name) => name.slice(0, -ENDING.length)).sort()
      } catch {
        return []
      }
    },
    read(name) {
      try {
        return readFileSync(path(name), 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
        throw error
      }
    },
    write(name, text) {
      makeFolder(folder)
      const file = newFile(path(name), true)
      file.write(text)
      file.done()
    },
  }
}
