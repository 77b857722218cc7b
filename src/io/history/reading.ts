/** Reads the history: which conversations there are, what happened in one, where something was said. */

import type { Event } from '../../core/conversation.ts'
import { matching } from '../../core/search-text.ts'
import type { DatabaseSync } from './database.ts'
import { understood } from './trouble.ts'

/** A conversation as a list shows it. Times are milliseconds since 1970. */
export interface Listed {
  readonly id: number
  /** Names it outside this file. */
  readonly uid: string
  readonly title: string
  readonly titleBy: 'question' | 'model' | 'user'
  /** Where it was held: `chat`, `single`, `import`. */
  readonly kind: string
  readonly createdMs: number
  readonly updatedMs: number
  readonly turns: number
  readonly costUsd: number
  readonly costIsEstimate: boolean
  /** Answers whose price is unknown: the cost is at least what it says. */
  readonly unpriced: number
  readonly model: string
  readonly ended: 'finished' | 'failed' | 'stopped' | null
  readonly deletedMs: number | null
}

/** Events that were settled together. */
export interface Row {
  readonly seq: number
  readonly turn: number | null
  readonly wallMs: number
  readonly events: readonly Event[]
}

export interface Reading {
  /** Conversations, the latest first. */
  list(options: { readonly limit: number; readonly deleted?: boolean; readonly offset?: number }): readonly Listed[]
  /** One by its number, or null. */
  one(id: number): Listed | null
  /** Those that a person may mean: by the beginning of the uid, else by all words of the title, the latest first. */
  meant(text: string, options?: { readonly deleted?: boolean }): readonly Listed[]
  /** What `prune` would remove, the latest first. */
  outdated(beforeMs: number | null, binnedBeforeMs: number): readonly Listed[]
  /** What was noted last of a turn that is not over, or whose program ended before it was. */
  flight(conversation: number): readonly Event[]
  /** How many rows of events it has. */
  size(conversation: number): number
  /** What happened, in order, from the row behind `after` on. Lazily: a long conversation need not fit the memory twice. */
  rows(conversation: number, after?: number): Iterable<Row>
  /** Conversations in whose titles or texts all words occur, the latest first; each with the row that was said last. */
  search(typed: string, limit: number): readonly (Listed & { readonly row: number | null })[]
  /** The row of a hit. */
  row(id: number): Row | null
}

const COLUMNS = `c.id, c.uid, c.title, c.title_by as titleBy, c.kind, c.created_ms as createdMs,
  c.updated_ms as updatedMs, c.turns, c.cost_usd as costUsd, c.cost_is_estimate as costIsEstimate, c.unpriced, c.model,
  c.ended, c.deleted_ms as deletedMs`

interface Stored {
  readonly seq: number
  readonly turn: number | null
  readonly wall_ms: number
  readonly body: string
}

/** Hits looked at for one search: enough to fill any list, few enough to be quick in a large history. */
const HITS = 2_000

/**
 * A condition for conversations that have had their time: neither touched nor brought here since `beforeMs`, or
 * in the bin since `binnedBeforeMs`. One that is being held is not among them.
 */
export function outdated(beforeMs: number | null, binnedBeforeMs: number): string {
  const old = `max(updated_ms, ifnull(brought_ms, 0)) < ${Number(beforeMs ?? -1)} or deleted_ms < ${Number(binnedBeforeMs)}`
  return `(${old}) and id not in (select conversation from flight)`
}

export function reading(db: DatabaseSync, path: string): Reading {
  const guarded = <T>(deed: () => T): T => {
    try {
      return deed()
    } catch (error) {
      throw understood(error, path)
    }
  }
  /** Rows as SQLite gives them; what a query selects is what its caller says it is. */
  const all = <T = Listed>(sql: string, ...values: (string | number)[]): readonly T[] =>
    guarded(() => db.prepare(sql).all(...values)) as unknown as readonly T[]
  const listed = (row: Listed): Listed => ({ ...row, costIsEstimate: Boolean(row.costIsEstimate) })
  const rowOf = ({ seq, turn, wall_ms, body }: Stored): Row => ({
    ...{ seq, turn, wallMs: wall_ms, events: JSON.parse(body) as readonly Event[] },
  })

  return {
    list: ({ limit, deleted = false, offset = 0 }) =>
      all(
        `select ${COLUMNS} from conversations c where (deleted_ms is not null) = ? order by updated_ms desc limit ? offset ?`,
        ...[deleted ? 1 : 0, limit, offset],
      ).map(listed),
    one: (id) => all(`select ${COLUMNS} from conversations c where id = ?`, id).map(listed)[0] ?? null,
    meant(text, { deleted = false } = {}) {
      const uid = text.toLowerCase()
      if (/^[0-9a-f-]{4,36}$/.test(uid)) {
        // A range, not LIKE: it uses the index.
        const found = all(
          `select ${COLUMNS} from conversations c where uid >= ? and uid < ? and (deleted_ms is not null) = ?
           order by updated_ms desc`,
          ...[uid, `${uid}~`, deleted ? 1 : 0],
        )
        if (found.length > 0) return found.map(listed)
      }
      return withTitle(text, HITS, deleted)
    },
    outdated: (beforeMs, binnedBeforeMs) =>
      all(
        `select ${COLUMNS} from conversations c where ${outdated(beforeMs, binnedBeforeMs)} order by updated_ms desc`,
      ).map(listed),
    flight: (conversation) =>
      all<{ body: string }>(
        `select body from flight where conversation = ?1 and owner =
         (select owner from flight where conversation = ?1 order by wall_ms desc limit 1) order by seq`,
        conversation,
      ).flatMap(({ body }) => JSON.parse(body) as Event[]),
    size: (conversation) =>
      all<{ size: number }>('select coalesce(max(seq), 0) as size from events where conversation = ?', conversation)[0]!
        .size,
    *rows(conversation, after = 0) {
      try {
        const found = db
          .prepare('select seq, turn, wall_ms, body from events where conversation = ? and seq > ? order by seq')
          .iterate(conversation, after)
        for (const row of found) yield rowOf(row as unknown as Stored)
      } catch (error) {
        throw understood(error, path)
      }
    },
    search(typed, limit) {
      const query = matching(typed)
      const titled = withTitle(typed, limit)
      const hits = query === null ? [] : said(query)
      const rows = new Map<number, number>()
      for (const { conversation, row } of hits) if (!rows.has(conversation)) rows.set(conversation, row)
      const found = new Map<number, Listed & { readonly row: number | null }>()
      for (const one of titled) found.set(one.id, { ...one, row: rows.get(one.id) ?? null })
      for (const [id, row] of rows) {
        if (found.size >= limit * 2) break
        if (found.has(id)) continue
        const one = this.one(id)
        if (one && one.deletedMs === null) found.set(id, { ...one, row })
      }
      return [...found.values()].sort((a, b) => b.updatedMs - a.updatedMs).slice(0, limit)
    },
    row: (id) => all<Stored>('select seq, turn, wall_ms, body from events where id = ?', id).map(rowOf)[0] ?? null,
  }

  function said(query: string): readonly { readonly conversation: number; readonly row: number }[] {
    return all<{ conversation: number; row: number }>(
      `select e.conversation, e.id as row from (
         select rowid from words where words match ? order by rowid desc limit ${HITS}
       ) w join events e on e.id = w.rowid order by e.id desc`,
      query,
    )
  }

  function withTitle(typed: string, limit: number, deleted = false): readonly Listed[] {
    const words = typed.split(/\s+/).filter((word) => word !== '')
    if (words.length === 0) return []
    const like = words.map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`)
    return all(
      `select ${COLUMNS} from conversations c where (deleted_ms is not null) = ?
       ${like.map(() => `and title like ? escape '\\'`).join(' ')} order by updated_ms desc limit ?`,
      ...[deleted ? 1 : 0, ...like, limit],
    ).map(listed)
  }
}
