/**
 * Completes `@file` words beside the keystrokes: a key only reads what is known, the search runs after its echo and the
 * menu follows. Files are listed when the first `@` is typed, and anew with a later one.
 */

import type { Completion } from '../../core/chat/commands.ts'
import type { Composer } from '../../core/composer/composer.ts'
import { fileCompletion, filesLike, fileWord } from '../../core/composer/file-words.ts'
import { sanitise } from '../../core/text/sanitise.ts'
import { projectFiles } from '../../io/files/project-files.ts'

/** Files offered at most. */
const OFFERED = 50
/** A list older than this is read anew with the next `@`, in ms. */
const FRESH_MS = 10_000

export interface FileMenu {
  /** What is known now for the word at the cursor; `onReady` is called when more is. */
  complete(composer: Composer): readonly Completion[]
  /** Whether this draft was asked about again while its search was on its way, as Tab does. */
  isAwaited(composer: Composer): boolean
}

export function createFileMenu(folder: string, now: () => number, onReady: () => void): FileMenu {
  let paths: readonly string[] | null = null
  let listedAt = Number.NEGATIVE_INFINITY
  let isListing = false
  /** The last search. */
  let found: { readonly query: string; readonly paths: readonly string[] } | null = null
  let wanted: string | null = null
  /** The draft that was asked about last, and the one asked about twice. */
  let asked: string | null = null
  let awaited: string | null = null
  const placeOf = ({ text, cursor }: Composer) => `${cursor} ${text}`

  const list = async () => {
    isListing = true
    // A name that would have to be shown in another form could not be sent as it is, either.
    paths = (await projectFiles(folder)).filter((path) => sanitise(path) === path)
    listedAt = now()
    isListing = false
    found = null
    if (wanted !== null) look()
  }
  const look = () => {
    const query = wanted
    wanted = null
    if (query === null || !paths) return
    found = { query, paths: filesLike(query, paths, OFFERED) }
    onReady()
  }

  return {
    isAwaited: (composer) => awaited !== null && awaited === placeOf(composer),
    complete(composer) {
      const query = fileWord(composer)
      if (query === null) {
        wanted = null
        return []
      }
      if (!isListing && now() - listedAt > FRESH_MS && (query === '' || !paths)) void list()
      if (found?.query === query) return found.paths.map(fileCompletion)
      awaited = asked === placeOf(composer) ? asked : null
      asked = placeOf(composer)
      if (paths && wanted === null) setImmediate(look)
      wanted = query
      // Until then the last ones, as far as they fit: the list does not blink.
      return found ? filesLike(query, found.paths, OFFERED).map(fileCompletion) : []
    },
  }
}
