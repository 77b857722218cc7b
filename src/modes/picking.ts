/**
 * The lists of the chat: saved conversations, earlier turns, branches. At most one is open; it stands where the composer
 * does, and gets the keys.
 */

import type { View } from '../../components/view.ts'
import type { State } from '../core/conversation.ts'
import type { Key } from '../core/keys.ts'
import type { Laid } from '../core/picker/layout.ts'
import type { Row } from '../core/picker/picker.ts'
import { harmlessView } from './harmless-view.ts'
import { type Chooser, createChooser, type Source } from './picking/chooser.ts'
import { type ConversationParts, conversationSource } from './picking/conversations.ts'
import { branchSource, type TurnParts, turnSource } from './picking/turns.ts'

export interface PickingParts extends Omit<ConversationParts, 'history'>, TurnParts {
  readonly size: { readonly columns: number; readonly rows: number }
  /** The history, opened when it is needed; null: there is none, and the person has been told why. */
  readonly openHistory: () => Promise<ReturnType<ConversationParts['history']>>
  readonly state: () => State
  /** Lays out anew and paints. */
  readonly draw: () => void
}

export interface Picking {
  /** The saved conversations. @param typed what is searched for at once */
  conversations(typed?: string, problem?: string | null): void
  /** The turns of this conversation, the latest chosen. */
  turns(): void
  branches(): void
  /** A key for the open list. @returns false: no list is open, or the key means nothing to it */
  onKey(key: Key): boolean
  /** The open list as rows, and its caret; null: none is open. */
  lay(): Laid | null
  close(): void
}

/** The chat's view with an open list in the place of the composer. */
export function withList<L extends { readonly view: View; readonly caret: Laid['caret'] }>(
  laid: L,
  list: Laid | null,
): L {
  return list ? { ...laid, caret: list.caret, view: harmlessView({ ...laid.view, picker: list.view }) } : laid
}

export function createPicking(parts: PickingParts): Picking {
  let open: Chooser | null = null

  const show = <R extends Row>(source: Source<R>, typed = ''): Chooser => {
    const chooser = createChooser(
      source,
      {
        ...{ size: parts.size, draw: () => open === chooser && parts.draw() },
        onClosed() {
          if (open === chooser) open = null
        },
      },
      typed,
    )
    open = chooser
    return chooser
  }

  return {
    conversations(typed = '', problem = null) {
      let history: ReturnType<ConversationParts['history']> = null
      const chooser = show(conversationSource({ ...parts, history: () => history }), typed)
      if (problem !== null) chooser.list.tell(problem)
      void parts.openHistory().then((found) => {
        history = found
        if (found) chooser.list.refresh()
        else {
          chooser.list.close()
          parts.draw()
        }
      })
      parts.draw()
    },
    turns() {
      show(turnSource(parts))
      parts.draw()
    },
    branches() {
      const here = parts.state().turns.at(-1)
      const chooser = show(branchSource(parts))
      if (here) chooser.list.pointAt(here.number)
      parts.draw()
    },
    onKey: (key) => open?.onKey(key) ?? false,
    lay: () => open?.lay() ?? null,
    close: () => open?.list.close(),
  }
}
