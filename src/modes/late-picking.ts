/**
 * The door to `picking`, which is loaded when the first list is opened. Keys that come meanwhile wait for it. Knows
 * what Esc Esc means, and what of the chat shows through a list.
 */

import { BUSY } from '../core/branching.ts'
import type { Key } from '../core/keys.ts'
import type { Laid } from './chat-view.ts'
import { harmlessView } from './harmless-view.ts'
import type { Picking, PickingParts } from './picking.ts'
import type { Open } from './recording.ts'

export interface LatePicking {
  conversations(typed: string, open: Open): void
  list(which: 'turns' | 'branches'): void
  /** Esc with nothing to stop or to shut: the second one in a row opens the earlier turns. @returns a notice, or null */
  escape(): string | null
  /** To be told of every key first. @returns whether it was meant for a list */
  onKey(key: Key): boolean
  /** What is on the screen: the open list in the place of the composer, if one is open. */
  over(laid: Laid): Laid
}

export function latePicking(parts: PickingParts): LatePicking {
  let picking: Picking | null = null
  let loading: Promise<Picking> | null = null
  /** Keys pressed while it was loaded. */
  let early: Key[] | null = null
  let isEscaped = false

  const open = (which: (loaded: Picking) => void) => {
    if (parts.runtime.state.live) return parts.say(BUSY)
    if (picking) return which(picking)
    early ??= []
    loading ??= import('./picking.ts').then(({ createPicking }) => createPicking(parts))
    void loading.then((loaded) => {
      picking = loaded
      which(loaded)
      for (const key of early?.splice(0) ?? []) press(loaded, key)
      early = null
      parts.draw()
    })
  }
  /** A list has all keys to itself, but for the one that draws the screen anew. */
  const press = (loaded: Picking, key: Key): boolean =>
    loaded.lay() !== null && (loaded.onKey(key) || !(key.type === 'chord' && key.ctrl && key.char === 'l'))

  return {
    conversations: (typed, past) => open((loaded) => loaded.conversations(past, typed)),
    list: (which) => open((loaded) => loaded[which]()),
    escape() {
      const { turns, branches } = parts.runtime.state
      if (turns.length + branches.length === 0) return null
      if (!isEscaped) {
        isEscaped = true
        return 'Esc again: earlier turns, to edit one or to branch.'
      }
      isEscaped = false
      open((loaded) => loaded.turns())
      return null
    },
    onKey(key) {
      if (key.type !== 'key' || key.name !== 'escape') isEscaped = false
      if (early) return early.push(key) > 0
      return picking !== null && press(picking, key)
    },
    over(laid) {
      const list = picking?.lay()
      return list ? { caret: list.caret, view: harmlessView({ ...laid.view, picker: list.view }) } : laid
    },
  }
}
