/** A text that is nothing but paths of what is there: dropped on the terminal, or pasted. */

import { basename } from 'node:path'
import { droppedPaths, fromWindows } from '../../../core/attachments/dropped.ts'
import { sanitiseLine } from '../../../core/text/sanitise.ts'
import { titled } from '../../../io/attachments/ready.ts'
import { type Ref, refOf } from '../attaching.ts'
import { kindOf } from './there.ts'

/** What it brings: files, and folders among them; a sentence where there are only folders. null: it is text. */
export async function droppedRefs(text: string): Promise<readonly Ref[] | string | null> {
  for (const way of droppedPaths(text)) {
    const refs = way.map((path) => refOf(process.env.WSL_DISTRO_NAME ? fromWindows(path) : path))
    const kinds = await Promise.all(refs.map((ref) => ('path' in ref ? kindOf(ref.path) : null)))
    if (!kinds.every((kind) => kind !== null)) continue
    if (kinds.includes('file')) return refs
    const [first] = way
    const folder = titled(basename(first!) || first!)
    const pattern = `${first!.replace(/[\\/]+$/, '')}/*.png`
    // As it can be typed behind the command.
    const typed = sanitiseLine(/[\s"\\]/.test(pattern) ? `'${pattern}'` : pattern)
    // The way out first: what is too long for a row is cut at its end.
    return way.length === 1
      ? `${folder} is a folder: /attach ${typed} attaches files of it.`
      : `These are folders: /attach ${typed} attaches files of the first.`
  }
  return null
}
