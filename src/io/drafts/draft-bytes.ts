/** The bytes of what is attached to a draft, as files beside it, each written once and off the keystroke path. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Attachment } from '../../core/attachments.ts'

export interface DraftBytes {
  /** @throws on I/O errors, only when it is the last time */
  keep(
    all: readonly Attachment[],
    from: { readonly bytes: (hash: string) => Uint8Array | null; readonly isLast?: boolean },
  ): void
  /** The folder is gone: nothing that is still on its way is put there. */
  leave(): void
}

const pathOf = (folder: string, hash: string) => join(folder, `${hash}.bytes`)

export function createDraftBytes(folder: string): DraftBytes {
  const begun = new Set<string>()
  const written = new Set<string>()
  let isLeft = false
  const write = async (hash: string, bytes: Uint8Array) => {
    const fresh = `${pathOf(folder, hash)}.new`
    try {
      await writeFile(fresh, bytes, { mode: 0o600 })
      if (isLeft) return
      await rename(fresh, pathOf(folder, hash))
      written.add(hash)
    } catch {
      // Tried once more at the end; until then the draft is kept without.
    }
  }
  return {
    keep(all, { bytes, isLast = false }) {
      for (const { hash } of all) {
        if (written.has(hash) || (begun.has(hash) && !isLast)) continue
        begun.add(hash)
        const found = bytes(hash)
        if (!found) continue
        if (isLast) writeFileSync(pathOf(folder, hash), found, { mode: 0o600 })
        else void write(hash, found)
      }
    },
    leave() {
      isLeft = true
    },
  }
}

/** null: they are not there. */
export function readBytes(folder: string, hash: string): Uint8Array | null {
  const path = pathOf(folder, hash)
  try {
    return existsSync(path) ? readFileSync(path) : null
  } catch {
    return null
  }
}
