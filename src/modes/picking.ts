/**
 * The lists of the chat: saved conversations, earlier turns, branches. At most one is open; it stands where the composer
 * does, and gets the keys.
 */

import type { Key } from '../core/chat/keys.ts'
import { modelCard } from '../core/models.ts'
import type { Laid } from '../core/picker/layout.ts'
import type { Row } from '../core/picker/picker.ts'
import { paceIn } from './history/past-pace.ts'
import type { Open } from './history/recording.ts'
import { type Chooser, createChooser, type Source } from './picking/chooser.ts'
import { conversationSource, type PastParts } from './picking/conversations.ts'
import { roomSource } from './picking/room.ts'
import { branchSource, type TurnParts, turnSource } from './picking/turns.ts'

export interface PickingParts extends TurnParts, PastParts {
  readonly size: { readonly columns: number; readonly rows: number }
  /** Lays out anew and paints. */
  readonly draw: () => void
  /** The history; null: there is none. */
  readonly history: () => Promise<Open | null>
}

export interface Picking {
  /** The saved conversations. @param typed what is searched for at once */
  conversations(open: Open, typed: string): void
  /** The turns of this conversation, the latest chosen. */
  turns(): void
  branches(): void
  /** What fills the window. */
  room(): Promise<void>
  /** A list of somebody else's. */
  show<R extends Row>(source: Source<R>): void
  /** A key for the open list. @returns false: no list is open, or the key means nothing to it */
  onKey(key: Key): boolean
  /** The open list as rows, and its caret; null: none is open. */
  lay(): Laid | null
}

export function createPicking(parts: PickingParts): Picking {
  let chooser: Chooser | null = null
  const show = <R extends Row>(source: Source<R>, typed = '') => {
    const opened = createChooser(
      source,
      {
        ...{ size: parts.size, draw: parts.draw },
        onClosed() {
          if (chooser === opened) chooser = null
        },
      },
      typed,
    )
    chooser = opened
    parts.draw()
  }
  return {
    conversations: (open, typed) => show(conversationSource(open, parts), typed),
    turns: () => show(turnSource(parts)),
    branches: () => show(branchSource(parts)),
    async room() {
      const { choices, models } = parts.runtime.state
      const { id } = modelCard(choices.model, models)
      show(roomSource(parts, paceIn((await parts.history())?.history ?? null, id)))
    },
    show: (source) => show(source),
    onKey: (key) => chooser?.onKey(key) ?? false,
    lay: () => chooser?.lay() ?? null,
  }
}
