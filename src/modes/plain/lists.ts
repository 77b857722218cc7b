/** The lists of the chat in plain lines: numbered, read out page by page. Loaded when the first one is asked for. */

import type { Row } from '../../core/picker/picker.ts'
import type { Open } from '../history/recording.ts'
import type { Source } from '../picking/chooser.ts'
import type { LineDesk } from '../picking/in-lines.ts'
import type { PickingParts } from '../picking.ts'

export interface PlainLists {
  conversations(typed: string, open: Open): Promise<void>
  turns(): Promise<void>
  branches(): Promise<void>
  /** A list of somebody else's. Resolves when it is left. */
  open<R extends Row>(source: Source<R>): Promise<void>
}

export interface PlainListParts extends Omit<PickingParts, 'size' | 'draw' | 'resume' | 'history'>, LineDesk {
  readonly resume: (id: number) => Promise<void>
}

export function plainLists(parts: PlainListParts): PlainLists {
  const load = async () => {
    const [{ chooseInLines }, { conversationSource }, { branchSource, turnSource }] = await Promise.all([
      import('../picking/in-lines.ts'),
      import('../picking/conversations.ts'),
      import('../picking/turns.ts'),
    ])
    return { chooseInLines, conversationSource, branchSource, turnSource }
  }
  return {
    async conversations(typed, open) {
      const { chooseInLines, conversationSource } = await load()
      let resuming: Promise<void> | null = null
      const resume = (id: number) => {
        resuming = parts.resume(id)
      }
      await chooseInLines(conversationSource(open, { ...parts, resume }), parts, typed)
      await resuming
    },
    async turns() {
      const { chooseInLines, turnSource } = await load()
      await chooseInLines(turnSource(parts), parts)
    },
    async open(source) {
      const { chooseInLines } = await import('../picking/in-lines.ts')
      await chooseInLines(source, parts)
    },
    async branches() {
      const { chooseInLines, branchSource } = await load()
      await chooseInLines(branchSource(parts), parts)
    },
  }
}
