/** What was prepared before, by what it was made from and how: a retry or a resumed conversation does nothing twice. */

import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ready } from '../../core/attachments/prepared.ts'
import { makeFolder } from '../files/private-folder.ts'
import { hashOf } from './ready.ts'

const DAY_MS = 86_400_000

export interface Kept {
  /** null: nothing is kept of that, or it is damaged. */
  get(key: string): Promise<Ready | null>
  put(key: string, ready: Ready): Promise<void>
}

/** In memory: the latest, up to so many bytes. */
export function keptInMemory(mostBytes = 64_000_000): Kept {
  const all = new Map<string, Ready>()
  let held = 0
  return {
    async get(key) {
      const found = all.get(key)
      if (!found) return null
      all.delete(key)
      all.set(key, found)
      return found
    },
    async put(key, ready) {
      held += ready.bytes.length - (all.get(key)?.bytes.length ?? 0)
      all.delete(key)
      all.set(key, ready)
      for (const [oldest, { bytes }] of all) {
        if (held <= mostBytes) return
        all.delete(oldest)
        held -= bytes.length
      }
    },
  }
}

/**
 * In a private folder, a file each: one line of JSON about it, then its bytes. What was not used longest goes first, and
 * what was not used for a day goes in any case: it is there for calls in a row, and no second history. That nothing can be
 * kept there is no reason to fail.
 */
export function keptOnDisk(folder: string, mostBytes = 256_000_000): Kept {
  const pathOf = (key: string) => join(folder, `${key}.kept`)
  return {
    async get(key) {
      try {
        const whole = await readFile(pathOf(key))
        const end = whole.indexOf(0x0a)
        const attachment = JSON.parse(whole.subarray(0, end).toString())
        const bytes = new Uint8Array(whole.subarray(end + 1))
        if ((await hashOf(bytes)) !== attachment.hash) return null
        const now = new Date()
        await utimes(pathOf(key), now, now)
        return { attachment, bytes }
      } catch {
        return null
      }
    },
    async put(key, { attachment, bytes }) {
      const part = `${pathOf(key)}.${process.pid}.part`
      try {
        makeFolder(folder)
        await writeFile(part, Buffer.concat([Buffer.from(`${JSON.stringify(attachment)}\n`), bytes]), { mode: 0o600 })
        await rename(part, pathOf(key))
        await tidy(folder, mostBytes)
      } catch {
        await rm(part, { force: true }).catch(() => {})
      }
    },
  }
}

/** Everything that was kept there. */
export const forgetKept = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })

async function tidy(folder: string, mostBytes: number): Promise<void> {
  const names = await readdir(folder)
  const files = await Promise.all(
    names.map(async (name) => ({ path: join(folder, name), ...(await sizeAndAge(join(folder, name))) })),
  )
  let held = files.reduce((sum, { size }) => sum + size, 0)
  const since = Date.now() - DAY_MS
  for (const { path, size, usedMs } of files.sort((a, b) => a.usedMs - b.usedMs)) {
    if (held <= mostBytes && usedMs >= since) return
    await rm(path, { force: true })
    held -= size
  }
}

/** Another program may have removed it meanwhile. */
const sizeAndAge = (path: string) =>
  stat(path).then(
    ({ size, mtimeMs }) => ({ size, usedMs: mtimeMs }),
    () => ({ size: 0, usedMs: 0 }),
  )
