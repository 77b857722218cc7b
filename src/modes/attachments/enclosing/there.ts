/** Whether there is something of a name. Who waits for a disk that is far away is not kept longer than this. */

import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'

/** In ms. */
const PATIENCE_MS = 500

const look = (path: string): Promise<Stats | null> =>
  Promise.race([
    stat(path).catch(() => null),
    new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MS, null).unref()),
  ])

/** null: neither, or nothing. */
export async function kindOf(path: string): Promise<'file' | 'folder' | null> {
  const found = await look(path)
  return found?.isFile() ? 'file' : found?.isDirectory() ? 'folder' : null
}

/** A file or a folder. */
export const isThere = async (path: string): Promise<boolean> => (await kindOf(path)) !== null
