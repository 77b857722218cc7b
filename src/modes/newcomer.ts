/** A conversation that was read from a file, as the history takes it in. */

import { createHash } from 'node:crypto'
import type { Event } from '../core/conversation.ts'
import type { Arrival } from '../core/import/arrival.ts'
import { batchesOf } from '../core/import/batches.ts'
import type { Newcomer, Sequel } from '../io/history.ts'

export function newcomer({ uid, kind, createdMs, events, left }: Arrival): Newcomer | Sequel {
  const ownUid = uidOf(events)
  if (uid !== null && left) return { uid, ownUid, kind, createdMs, ...left, events }
  return { uid: uid ?? ownUid, kind, createdMs, isUnbilled: left !== null, batches: batchesOf(events) }
}

/** The same events have the same name, so that they do not come twice. */
function uidOf(events: readonly Event[]): string {
  const hash = createHash('sha256')
  for (const event of events) hash.update(`${JSON.stringify(event)}\n`)
  return hash.digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
}
