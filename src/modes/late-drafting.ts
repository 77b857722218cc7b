/** The door to `drafting`, which is loaded after the first paint: until then keys cost nothing and nothing is kept. */

import type { Desk, Drafting } from './drafting.ts'

export interface LateDrafting extends Pick<Drafting, 'changed' | 'close' | 'complete' | 'isUntouched'> {
  /** Opens it, once; earlier drafts are found then. */
  open(): Promise<Drafting>
}

export function lateDrafting(env: NodeJS.ProcessEnv, isKept: () => boolean, desk: Desk): LateDrafting {
  let drafting: Drafting | null = null
  let opening: Promise<Drafting> | null = null
  let isClosed = false
  return {
    open() {
      opening ??= import('./drafting.ts').then(({ createDrafting }) => {
        drafting = createDrafting(env, isKept() && !isClosed, desk)
        return drafting
      })
      return opening
    },
    complete: (composer) => drafting?.complete(composer) ?? [],
    isUntouched: (composer) => drafting?.isUntouched(composer) ?? composer.text === '',
    changed: () => drafting?.changed(),
    close() {
      isClosed = true
      drafting?.close()
    },
  }
}
