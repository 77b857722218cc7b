/** Text that came at once, as the files it names: a terminal writes what is dropped on it as if it were typed. */

import { droppedPaths, fromWindows } from '../../core/dropped.ts'
import type { Preparing, Ref } from './preparing.ts'
import { isFile } from './there.ts'

/** The files, if all of them are there; null: it is text. */
export async function refsDropped(text: string, refOf: Preparing['refOf']): Promise<readonly Ref[] | null> {
  for (const way of droppedPaths(text)) {
    const refs = way.map((path) => refOf(process.env.WSL_DISTRO_NAME ? fromWindows(path) : path))
    const all = await Promise.all(refs.map((ref) => 'path' in ref && isFile(ref.path)))
    if (all.every(Boolean)) return refs
  }
  return null
}
