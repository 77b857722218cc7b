/** A conversation that was read from a file, as the history takes it in. */

import { createHash } from 'node:crypto'
import type { Event } from '../core/conversation.ts'
import type { Arrival } from '../core/import/arrival.ts'
import { batchesOf } from '../core/import/batches.ts'
import type { Newcomer, Sequel } from '../io/history.ts'

/** @param shown is told, as it is read, how many turns are on the branch that is shown of which conversation */
export function newcomer(
  { uid: given, kind, createdMs, events, left }: Arrival,
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
  return { uid, kind, createdMs, isUnbilled: left !== null, batches: batches() }
}

/** The same events have the same name, so that they do not come twice. */
function uidOf(events: readonly Event[]): string {
  const hash = createHash('sha256')
  for (const event of events) hash.update(`${JSON.stringify(event)}\n`)
  return hash.digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
}
