/** The bytes of attachments in the history: once for each hash, for as long as a conversation refers to them. */

import type { Event } from '../../core/conversation.ts'
import type { Access } from './access.ts'

export interface Blobs {
  /** null: they are not here. */
  blob(hash: string): Uint8Array | null
  /** Keeps bytes that some conversation refers to. @param bytes asked for when they are not here yet; null: nobody has them */
  shelve(hash: string, bytes: () => Uint8Array | null): void
}

/** Bytes of attachments that are removed at once: what takes a few ms. */
const AT_ONCE = 4

const SQL = {
  bytes: 'select bytes from blobs where hash = ?',
  has: 'select 1 from blobs where hash = ?',
  keep: 'insert or ignore into blobs (hash, bytes) select ?1, ?2 where exists (select 1 from attached where hash = ?1)',
  refer: 'insert or ignore into attached (hash, conversation) select ?, id from conversations where id = ?',
  copied: 'insert or ignore into attached (hash, conversation) select hash, ? from attached where conversation = ?',
  refused: `select a.hash, a.conversation from refuse r join attached a on a.conversation = r.conversation limit ${AT_ONCE}`,
  unrefer: 'delete from attached where hash = ? and conversation = ?',
  forget: 'delete from blobs where hash = ?1 and not exists (select 1 from attached where hash = ?1)',
} as const

export function blobs({ sql, read, write }: Access): Blobs {
  return {
    blob: (hash) => read(() => (sql(SQL.bytes).get(hash) as { bytes: Uint8Array } | undefined)?.bytes ?? null),
    shelve: (hash, bytes) =>
      write(() => {
        if (sql(SQL.has).get(hash)) return
        const found = bytes()
        if (found) sql(SQL.keep).run(hash, found)
      }),
  }
}

/** Hashes of what was attached in these events. */
export function hashesIn(events: readonly Event[]): readonly string[] {
  const hashes = new Set<string>()
  for (const event of events)
    if (event.type === 'asked') for (const { hash } of event.attachments ?? []) hashes.add(hash)
  return [...hashes]
}

/** What is attached in these events is referred to by their conversation. Within a transaction. */
export function refer({ sql }: Pick<Access, 'sql'>, conversation: number, events: readonly Event[]): void {
  for (const hash of hashesIn(events)) sql(SQL.refer).run(hash, conversation)
}

/** A copy refers to the same. Within a transaction. */
export function referToo({ sql }: Pick<Access, 'sql'>, copy: number, origin: number): void {
  sql(SQL.copied).run(copy, origin)
}

/** Forgets a little of what only discarded conversations referred to. Within a transaction. @returns how much */
export function forgetSome({ sql }: Pick<Access, 'sql'>): number {
  const refs = sql(SQL.refused).all() as { hash: string; conversation: number }[]
  for (const { hash, conversation } of refs) {
    sql(SQL.unrefer).run(hash, conversation)
    sql(SQL.forget).run(hash)
  }
  return refs.length
}
