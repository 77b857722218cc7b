/** What fills the window, as a list: Enter leaves a turn out, or takes it back; another key pins it. */

import type { State } from '../../core/conversation.ts'
import type { ReadingPace } from '../../core/figures/pace.ts'
import { ROOM, type RoomRow, roomLooks, roomRows } from '../../core/picker/room.ts'
import { type Deed, markTurns } from '../../core/window/marking.ts'
import type { Part } from '../../core/window/room.ts'
import type { Source } from './chooser.ts'
import type { TurnParts } from './turns.ts'

/** @param pace how long the model takes to read a token anew */
export function roomSource({ runtime, now, say }: TurnParts, pace: ReadingPace): Source<RoomRow> {
  const state = (): State => runtime.state
  /** @returns why not, or null */
  const mark = ({ kind, id }: Part, deed: Deed): string | null => {
    if (kind === 'system') return 'The system prompt goes with every question: /system changes it.'
    if (kind === 'summary') return 'The summary stands for turns: /uncompact takes it back.'
    const { events, remark } = markTurns(state(), [id], deed, now())
    for (const event of events) runtime.dispatch(event)
    say(remark)
    return null
  }
  return {
    kind: ROOM,
    looks: roomLooks(state, now),
    first: () => state().turns.at(-1)?.number ?? null,
    find: (typed) => ({ rows: roomRows(state(), typed, pace), hasMore: false }),
    take({ part }, list) {
      const trouble = mark(part, part.mark === 'dropped' ? 'keep' : 'drop')
      list.refresh()
      if (trouble !== null) list.tell(trouble)
      return false
    },
    act(_, row, __, list) {
      const trouble = row && mark(row.part, row.part.mark === 'pinned' ? 'keep' : 'pin')
      list.refresh()
      if (trouble !== null) list.tell(trouble)
    },
  }
}
