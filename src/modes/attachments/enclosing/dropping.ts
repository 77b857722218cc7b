/** A text that is nothing but paths of what is there, dropped on the terminal or pasted; or one that begins with such. */

import { basename } from 'node:path'
import { droppedPaths, fromWindows, leadingPaths } from '../../../core/attachments/dropped.ts'
import { meantFiles } from '../../../core/composer/file-words.ts'
import { sanitiseLine } from '../../../core/text/sanitise.ts'
import { titled } from '../../../io/attachments/ready.ts'
import { type Ref, refOf } from '../attaching.ts'
import { kindOf } from './there.ts'

/** What it brings: files, and folders among them; a sentence where there are only folders. null: it is text. */
export async function droppedRefs(text: string): Promise<readonly Ref[] | string | null> {
  for (const way of droppedPaths(text)) {
    const refs = await Promise.all(way.map(async (path) => (await fileMeant(path, true)) ?? refIn(path)))
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

const refIn = (path: string): Ref => refOf(process.env.WSL_DISTRO_NAME ? fromWindows(path) : path)

/** Files that are there whose paths a text begins with, a size behind one perhaps, and the words that follow them. */
export async function leadingFiles(text: string): Promise<{ readonly refs: readonly Ref[]; readonly words: string }> {
  const refs: Ref[] = []
  let from = 0
  for (const { path, end } of leadingPaths(text)) {
    const ref = await fileMeant(path)
    if (!ref) break
    refs.push(ref)
    from = end
  }
  return { refs, words: text.slice(from).trim() }
}

/** @param isAlone no sentence is around it: only a size may stand at its end */
async function fileMeant(named: string, isAlone = false): Promise<Ref | null> {
  for (const { path, ...size } of meantFiles(named)) {
    if (isAlone && path !== named && !('size' in size)) continue
    const ref = refIn(path)
    if ('path' in ref && (await kindOf(ref.path)) === 'file') return { ...ref, ...size }
  }
  return null
}
