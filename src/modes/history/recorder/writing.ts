/** What a recorder writes into the history: what is settled, and notes of a turn that still runs. */

import type { Event, State } from '../../../core/conversation.ts'
import { condensed } from '../../../core/history/record.ts'
import { summaryOf } from '../../../core/history/saved.ts'
import { hashesIn } from '../../../io/history/blobs.ts'
import type { Flight, Job, RecorderHistory, RecorderParts } from './parts.ts'

export interface Writing {
  /** @param isHere this conversation is the one that is open. @throws HistoryTrouble */
  settle(to: RecorderHistory, job: Job, isHere: boolean): void
  /** Notes what has happened in a turn since the last note. @returns whether there was anything. @throws HistoryTrouble */
  note(to: RecorderHistory, turn: Flight, state: State | null): boolean
}

type WritingParts = Pick<RecorderParts, 'kind' | 'onCopied' | 'onTakenOut'> & {
  readonly shelf: RecorderParts['shelf'] | undefined
}

export function createWriting({ kind, onCopied, onTakenOut, shelf }: WritingParts): Writing {
  /** The bytes go with the events that speak of them. */
  const shelve = (to: RecorderHistory, events: readonly Event[]) => {
    for (const hash of hashesIn(events)) to.shelve(hash, () => shelf?.().get(hash) ?? null)
  }

  return {
    settle(to, { place: where, batch, isOpen, past }, isHere) {
      const saved = to.together(() => {
        let id = where.id ?? to.begin(kind, batch.summary, batch.wallMs, where.uid)
        let { uid } = where
        let rows = to.append(id, where.rows, batch)
        const isCopy = rows === null
        if (isCopy) {
          // Another terminal went on with it: two different ends need two conversations.
          const copy = to.copy(id, where.rows, past())
          id = copy.id
          uid = copy.uid
          rows = to.append(id, copy.rows, batch)
        }
        shelve(to, batch.events)
        // The next turn is under way without an event of its own: whoever finds this after a crash has to know. And what
        // was cut off is offered by no other program as long as this one is there.
        if (isOpen) to.note(id, rows!, [], batch.wallMs)
        else if (kind === 'chat' && isHere) to.occupy(id, batch.wallMs)
        return { id, uid, rows: rows!, isCopy, isTakenOut: to.takeOut(id) }
      })
      where.id = saved.id
      where.uid = saved.uid
      where.rows = saved.rows
      if (saved.isCopy) onCopied()
      if (saved.isTakenOut) onTakenOut()
    },
    note(to, turn, before) {
      const { place: where, events, noted } = turn
      if (noted === events.length || !before) return false
      const last = events.at(-1)!
      const wallMs = 'at' in last ? last.at : (before.live?.times.asked ?? 0) + turn.origin
      const summary = summaryOf(before)
      // A question whose answer finds no room would look cut off for ever.
      if (noted === 0) to.makeSure()
      const { id, isTakenOut } = to.together(() => {
        const id = where.id ?? to.begin(kind, summary, wallMs, where.uid)
        to.note(id, where.rows, condensed(events.slice(noted)), wallMs)
        shelve(to, events.slice(noted))
        return { id, isTakenOut: noted === 0 && to.takeOut(id) }
      })
      where.id = id
      if (isTakenOut) onTakenOut()
      turn.noted = events.length
      turn.notes++
      return true
    },
  }
}
