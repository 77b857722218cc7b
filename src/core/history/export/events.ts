/**
 * The history's own export: a head, then one event a line, times in milliseconds since 1970. Nothing is left out: folding
 * the events gives the conversation again. A file may hold several, one after the other.
 */

import type { Event } from '../../conversation.ts'
import type { Head } from './told.ts'

/**
 * First line of a conversation in a file of events. `format` changes when older programs could not read it. It has
 * `uid`, `title`, `kind`, `created` and `updated` besides. When the history could not take what follows it says `unsaved`:
 * then its answers are in no ledger yet, it goes on `after` so many rows of that conversation, and `owner` is who held it.
 */
export const EVENTS_HEAD = { type: 'conversation', format: 1 } as const

/** A line with the bytes of an attachment, by their hash, in base64; they are there once, behind the first who needs them. */
export const BYTES = 'bytes'

/** Gives the bytes for a hash, in base64; null: they are not at hand, and the attachment is named alone. */
export type BytesOf = (hash: string) => string | null

/** Events as lines, each attachment's bytes behind the first event that speaks of it. @param told hashes that are there */
export function* linesOf(events: Iterable<Event>, bytesOf: BytesOf, told = new Set<string>()): Generator<string> {
  for (const event of events) {
    yield `${JSON.stringify(event)}\n`
    if (event.type !== 'asked') continue
    for (const { hash } of event.attachments ?? []) {
      const base64 = told.has(hash) ? null : bytesOf(hash)
      if (base64 !== null) yield `${JSON.stringify({ type: BYTES, hash, base64 })}\n`
      told.add(hash)
    }
  }
}

/** The lines of one conversation. */
export function* eventLines(head: Head, events: Iterable<Event>, bytesOf: BytesOf = () => null): Generator<string> {
  const { uid, title, kind, createdMs: created, updatedMs: updated } = head
  yield `${JSON.stringify({ ...EVENTS_HEAD, uid, title, kind, created, updated })}\n`
  yield* linesOf(events, bytesOf)
}
