/** A conversation that was read from a file, as the history takes it in. */

import { createHash } from 'node:crypto'
import type { Event } from '../../core/conversation.ts'
import { type Arrival, Unreadable } from '../../core/history/import/arrival.ts'
import { batchesOf } from '../../core/history/import/batches.ts'
import { type Newcomer, type Sequel, uidFrom } from '../../io/history.ts'

/** @param shown is told, as it is read, how many turns are on the branch that is shown of which conversation */
export function newcomer(
  { uid: given, kind, createdMs, updatedMs, events, bytes: attached = new Map(), left }: Arrival,
  shown: (uid: string, turns: number) => void = () => {},
): Newcomer | Sequel {
  const ownUid = uidOf(events)
  const bytes = bytesOf(attached)
  if (given !== null && left) return { uid: given, ownUid, kind, createdMs, ...left, events, bytes }
  const uid = given ?? ownUid
  function* batches() {
    for (const batch of batchesOf(events)) {
      shown(uid, batch.summary.turns)
      yield batch
    }
  }
  return { uid, kind, createdMs, updatedMs, isUnbilled: left !== null, batches: batches(), bytes }
}

/** Each as it is spelled by its hash. @throws Unreadable when a hash is of other bytes */
function bytesOf(attached: ReadonlyMap<string, string>): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>()
  for (const [hash, base64] of attached) {
    const bytes = Buffer.from(base64, 'base64')
    const came = createHash('sha256').update(bytes).digest('hex')
    if (came !== hash)
      throw new Unreadable({
        where: 'bytes of an attachment',
        expected: `some with the sha256 ${hash}`,
        came,
        wayOut: '',
      })
    found.set(hash, bytes)
  }
  return found
}

/** The same events have the same name, so that they do not come twice. */
const uidOf = (events: readonly Event[]): string => uidFrom(events.map((event) => JSON.stringify(event)))
