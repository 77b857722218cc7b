/** Takes conversations from elsewhere into the history. What they look like there is known to `core/history/import`. */

import { createHash } from 'node:crypto'
import { joining } from '../../core/history/import/joining.ts'
import type { Batch } from '../../core/history/saved.ts'
import { sought } from '../../core/history/search-text.ts'
import type { Access } from './access.ts'
import type { Blobs } from './blobs.ts'
import { putting } from './putting.ts'
import { type Sequel, takingSequels } from './sequels.ts'
import type { Writing } from './writing.ts'

export interface Bringing {
  /**
   * Adds conversations, all of them or none: an error of `arriving` is thrown on, and nothing was written. What is here
   * already stays as it is; what has grown there meanwhile grows here; what has gone another way there comes as a copy.
   */
  bring(arriving: Iterable<Newcomer | Sequel>, nowMs: number): readonly Brought[]
}

/** A conversation that comes from elsewhere. */
export interface Newcomer {
  readonly uid: string
  readonly kind: string
  /** null: with its first batch. */
  readonly createdMs: number | null
  /** null or absent: with its last batch. */
  readonly updatedMs?: number | null
  readonly batches: Iterable<Batch>
  /** Whether its answers go into the ledger: they were paid for here. */
  readonly isUnbilled: boolean
  /** Bytes of what is attached in it, by their hash, as far as they came along. */
  readonly bytes?: ReadonlyMap<string, Uint8Array>
}

/** What became of a newcomer. */
export interface Brought {
  readonly uid: string
  /** `copied`: one by the name `origin` is here and has gone another way. `empty`: nothing was said in it. */
  readonly fate: 'new' | 'here' | 'grown' | 'copied' | 'empty'
  readonly origin?: string
  /** Turns that were added. */
  readonly turns: number
  readonly isBinned: boolean
}

const SQL = {
  known: 'select id, deleted_ms as deletedMs from conversations where uid = ?',
  rows: 'select body from events where conversation = ? order by seq',
  begin: `insert into conversations (uid, title, title_sought, title_by, kind, created_ms, updated_ms, latest, model)
    values (:uid, :title, :sought, :titleBy, :kind, :wall, :wall, :wall, :model)`,
  brought: 'update conversations set brought_ms = ? where id = ?',
  updated: `update conversations set updated_ms = iif(:isNew, :updated, max(updated_ms, :updated)),
    latest = max(latest, :updated), brought_ms = :nowMs where id = :id`,
} as const

interface Known {
  readonly id: number
  readonly deletedMs: number | null
}

/** A name for a conversation that has none: the same for the same parts. */
export function uidFrom(parts: Iterable<string>): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part}\n`)
  return hash.digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
}

export function bringing({ sql, write }: Access, copy: Writing['copy'], shelve: Blobs['shelve']): Bringing {
  const put = putting({ sql })
  const takeSequel = takingSequels({ sql }, copy)

  const bringOne = (newcomer: Newcomer, nowMs: number): Brought => {
    const { uid } = newcomer
    const known = knownAs(uid)
    if (!known) {
      const turns = added(newcomer, newcomer.batches, { id: null, rows: 0, nowMs, paid: 0 })
      return { uid, fate: turns === null ? 'empty' : 'new', turns: turns ?? 0, isBinned: false }
    }
    return joined(newcomer, [...newcomer.batches], known, nowMs)
  }

  /** @param batches all of the newcomer's */
  const joined = (newcomer: Newcomer, batches: readonly Batch[], known: Known, nowMs: number): Brought => {
    const { uid } = newcomer
    const isBinned = known.deletedMs !== null
    const here = (sql(SQL.rows).all(known.id) as { body: string }[]).map(({ body }) => body)
    const found = joining(here, batches)
    if ('parting' in found) {
      // The same way has the same name: it comes once, and grows when more of it comes.
      const copy = { ...newcomer, uid: uidFrom([uid, found.parting]) }
      const again = knownAs(copy.uid)
      if (again) return joined(copy, batches, again, nowMs)
      const turns = added(copy, batches, { id: null, rows: 0, nowMs, paid: found.from })
      return { uid: copy.uid, fate: 'copied', origin: uid, turns: turns ?? 0, isBinned: false }
    }
    const turns = added(newcomer, found.more, { id: known.id, rows: here.length, nowMs, paid: 0 })
    sql(SQL.brought).run(nowMs, known.id)
    return { uid, fate: turns === null ? 'here' : 'grown', turns: turns ?? 0, isBinned }
  }

  const knownAs = (uid: string) => sql(SQL.known).get(uid) as Known | undefined

  /**
   * Puts batches behind those that are there, beginning a conversation where there is none.
   * @param paid so many of them are in the ledger already
   * @returns the number of turns; null: there was no batch
   */
  const added = (
    { uid, kind, createdMs, updatedMs, isUnbilled }: Newcomer,
    batches: Iterable<Batch>,
    { nowMs, paid, ...place }: { id: number | null; rows: number; nowMs: number; paid: number },
  ): number | null => {
    let { id, rows } = place
    let turns = 0
    let last = 0
    for (const one of batches) {
      // A clock that was ahead must not keep it at the head of all lists.
      const batch = one.wallMs > nowMs ? { ...one, wallMs: nowMs } : one
      id ??= begin(uid, kind, batch, Math.min(createdMs ?? batch.wallMs, nowMs))
      put(id, ++rows, batch, { isPast: true, isBilledHere: isUnbilled && rows > paid })
      if (batch.turn !== null) turns++
      last = batch.wallMs
    }
    if (id === null || rows === place.rows) return null
    const updated = Math.min(updatedMs ?? last, nowMs)
    sql(SQL.updated).run({ updated, isNew: place.id === null ? 1 : 0, nowMs, id })
    return turns
  }

  const begin = (uid: string, kind: string, { summary }: Batch, wall: number): number => {
    const { title, titleBy, model } = summary
    const names = { uid, title, sought: sought(title), titleBy }
    return Number(sql(SQL.begin).run({ ...names, kind, wall, model }).lastInsertRowid)
  }

  return {
    bring(arriving, nowMs) {
      let trouble: { readonly error: unknown } | null = null
      const read = function* (): Generator<Newcomer | Sequel> {
        try {
          yield* arriving
        } catch (error) {
          trouble = { error }
          throw error
        }
      }
      try {
        return write(() =>
          Array.from(read(), (one) => {
            const brought = 'after' in one ? takeSequel(one) : bringOne(one, nowMs)
            for (const [hash, bytes] of one.bytes ?? []) shelve(hash, () => bytes)
            return brought
          }),
        )
      } catch (error) {
        throw trouble ? (trouble as { error: unknown }).error : error
      }
    },
  }
}
