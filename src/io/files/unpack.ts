/** The files in a zip archive that are asked for. Loaded when an archive comes. */

import { unzipSync } from 'fflate'

/** A whole archive of conversations is a few hundred megabytes; one that claims more is a trap or a mistake. */
export const MOST_BYTES = 2 * 1000 * 1000 * 1000

export interface Unpacked {
  /** Contents by the name in the archive. */
  readonly files: Readonly<Record<string, Uint8Array>>
  /** Names of the files that were not asked for. */
  readonly others: readonly string[]
}

/** @throws Error when the archive is damaged, or holds more than can be looked through */
export function unpack(archive: Uint8Array, isWanted: (name: string) => boolean): Unpacked {
  const others: string[] = []
  let total = 0
  const files = unzipSync(archive, {
    filter({ name, originalSize }) {
      if (name.endsWith('/')) return false
      if (!isWanted(name)) {
        others.push(name)
        return false
      }
      total += originalSize
      if (total > MOST_BYTES) throw new Error('it holds more than 2 GB')
      return true
    },
  })
  return { files, others }
}
