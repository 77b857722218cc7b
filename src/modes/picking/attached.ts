/** What the conversation holds besides its words, as a list: Enter leaves one out of what is sent, or takes it in again. */

import { ATTACHED, type AttachedRow, attachedLooks, attachedReport, attachedRows } from '../../core/picker/attached.ts'
import type { Remark } from '../../core/text/remark.ts'
import { leaveOut } from '../../core/window/marking.ts'
import type { Source } from './chooser.ts'
import type { TurnParts } from './turns.ts'

type Parts = Pick<TurnParts, 'runtime' | 'now' | 'say'>

/** @returns what is said in its place where there is nothing to choose, or not now */
export function attachedSource({ runtime, now, say }: Parts): Source<AttachedRow> | Remark {
  // Nothing is left out while an answer runs. What is asked just now is part of the conversation once it is answered.
  if (runtime.state.live || attachedRows(runtime.state).length === 0) return attachedReport(runtime.state)
  return {
    kind: ATTACHED,
    looks: attachedLooks(() => runtime.state, now),
    find: (typed) => ({ rows: attachedRows(runtime.state, typed), hasMore: false }),
    take({ turn, attachment }, list) {
      const deed = leaveOut(runtime.state, turn.number, attachment, now())
      if (typeof deed !== 'string') {
        for (const event of deed.events) runtime.dispatch(event)
        say(deed.remark)
      }
      list.refresh()
      if (typeof deed === 'string') list.tell(deed)
      return false
    },
    act() {},
  }
}

export const isSource = (one: Source<AttachedRow> | Remark): one is Source<AttachedRow> =>
  typeof one === 'object' && 'kind' in one
