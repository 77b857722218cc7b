/**
 * The history's own export: a head, then one event a line, times in milliseconds since 1970. Nothing is left out: folding
 * the events gives the conversation again. A file may hold several, one after the other.
 */

import type { Event } from '../conversation.ts'
import type { Head } from './told.ts'

/**
 * First line of a conversation in a file of events. `format` changes when older programs could not read it. It has
 * `uid`, `title`, `kind`, `created` and `updated` besides. When the history could not take what follows it says `unsaved`:
 * then its answers are in no ledger yet, it goes on `after` so many rows of that conversation, and `owner` is who held it.
 */
export const EVENTS_HEAD = { type: 'conversation', format: 1 } as const

/** The lines of one conversation. */
export function* eventLines(head: Head, events: Iterable<Event>): Generator<string> {
  const { uid, title, kind, createdMs: created, updatedMs: updated } = head
  yield `${JSON.stringify({ ...EVENTS_HEAD, uid, title, kind, created, updated })}\n`
  for (const event of events) yield `${JSON.stringify(event)}\n`
}
