/** A conversation that was read from a file, as the history takes it in. */

import type { Event } from '../core/conversation.ts'
import type { Arrival } from '../core/import/arrival.ts'
import { batchesOf } from '../core/import/batches.ts'
import { type Newcomer, type Sequel, uidFrom } from '../io/history.ts'

/** @param shown is told, as it is read, how many turns are on the branch that is shown of which conversation */
export function newcomer(
  { uid: given, kind, createdMs, updatedMs, events, left }: Arrival,
  shown: (uid: string, turns: number) => void = () => {},
): Newcomer | Sequel {
  const ownUid = uidOf(events)
  if (given !== null && left) return { uid: given, ownUid, kind, createdMs, ...left, events }
  const uid = given ?? ownUid
  function* batches() {
    for (const batch of batchesOf(events)) {
      shown(uid, batch.summary.turns)
      yield batch
    }
  }
  return { uid, kind, createdMs, updatedMs, isUnbilled: left !== null, batches: batches() }
}

/** The same events have the same name, so that they do not come twice. */
const uidOf = (events: readonly Event[]): string => uidFrom(events.map((event) => JSON.stringify(event)))
