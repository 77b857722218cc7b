/** Takes conversations from elsewhere into the history. What they look like there is known to `core/import`. */

import type { Batch } from '../../core/saved.ts'
import { sought } from '../../core/search-text.ts'
import type { Access } from './access.ts'
import { putting } from './putting.ts'
import { type Sequel, takingSequels } from './sequels.ts'
import type { Writing } from './writing.ts'

export interface Bringing {
  /**
   * Adds conversations, all of them or none: an error of `arriving` is thrown on, and nothing was written. What is here
   * already stays as it is; what has grown there meanwhile grows here.
   */
  bring(arriving: Iterable<Newcomer | Sequel>, nowMs: number): readonly Brought[]
}

/** A conversation that comes from elsewhere. */
export interface Newcomer {
  readonly uid: string
  readonly kind: string
  /** null: with its first batch. */
  readonly createdMs: number | null
  readonly batches: Iterable<Batch>
  /** Whether its answers go into the ledger: they were paid for here. */
  readonly isUnbilled: boolean
}

/** What became of a newcomer. */
export interface Brought {
  readonly uid: string
  /** `different`: it is here, and has gone another way since; nothing was taken. `empty`: nothing was said in it. */
  readonly fate: 'new' | 'here' | 'grown' | 'different' | 'empty'
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
} as const

export function bringing({ sql, write }: Access, copy: Writing['copy']): Bringing {
  const put = putting({ sql })
  const takeSequel = takingSequels({ sql }, copy)

  const bringOne = ({ uid, kind, createdMs, batches, isUnbilled }: Newcomer, nowMs: number): Brought => {
    const known = sql(SQL.known).get(uid) as { id: number; deletedMs: number | null } | undefined
    const isBinned = known !== undefined && known.deletedMs !== null
    const here = known ? (sql(SQL.rows).all(known.id) as { body: string }[]) : []
    let id = known?.id
    let rows = 0
    let turns = 0
    for (const batch of batches) {
      const row = here[rows++]
      if (row) {
        if (row.body === JSON.stringify(batch.events)) continue
        return { uid, fate: 'different', turns: 0, isBinned }
      }
      id ??= begin(uid, kind, batch, createdMs)
      put(id, rows, batch, { isPast: true, isBilledHere: isUnbilled })
      if (batch.turn !== null) turns++
    }
    if (id === undefined) return { uid, fate: 'empty', turns, isBinned }
    sql(SQL.brought).run(nowMs, id)
    return { uid, fate: !known ? 'new' : rows > here.length ? 'grown' : 'here', turns, isBinned }
  }

  const begin = (uid: string, kind: string, { summary, wallMs }: Batch, createdMs: number | null): number => {
    const { title, titleBy, model } = summary
    const names = { uid, title, sought: sought(title), titleBy }
    return Number(sql(SQL.begin).run({ ...names, kind, wall: createdMs ?? wallMs, model }).lastInsertRowid)
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
        return write(() => Array.from(read(), (one) => ('after' in one ? takeSequel(one) : bringOne(one, nowMs))))
      } catch (error) {
        throw trouble ? (trouble as { error: unknown }).error : error
      }
    },
  }
}
