/** The door to `drafting`, which is loaded after the first paint: until then keys cost nothing, and only the end keeps them. */

import type { Desk, Drafting } from '../chat/drafting.ts'

export interface LateDrafting extends Pick<Drafting, 'changed' | 'complete' | 'isUntouched'> {
  /** Opens it, once; earlier drafts are found then. */
  open(): Promise<Drafting>
  /** The program ends: what is unsent is on disk when this resolves; at once, if it has been opened. */
  close(): Promise<void>
}

export function lateDrafting(env: NodeJS.ProcessEnv, isKept: () => boolean, desk: Desk): LateDrafting {
  let drafting: Drafting | null = null
  let opening: Promise<Drafting> | null = null
  let isClosed = false
  return {
    open() {
      opening ??= import('../chat/drafting.ts').then(({ createDrafting }) => {
        drafting = createDrafting(env, isKept() && !isClosed, desk)
        return drafting
      })
      return opening
    },
    complete: (composer) => drafting?.complete(composer) ?? [],
    isUntouched: (composer) => drafting?.isUntouched(composer) ?? composer.text === '',
    changed: () => drafting?.changed(),
    async close() {
      isClosed = true
      if (drafting) return drafting.close()
      const { composer, enclosed = [], pages = [] } = desk.ui()
      const isEmpty = composer.text === '' && enclosed.length + pages.length === 0
      if (!isEmpty && isKept()) (await import('../chat/drafting.ts')).keepUnopened(env, desk)
    },
  }
}
