/** Reads the history: which conversations there are, what happened in one, where something was said. */

import type { Answered } from '../../core/cache/pauses.ts'
import type { Event } from '../../core/conversation.ts'
import { matching, titlePatterns } from '../../core/history/search-text.ts'
import type { Access } from './access.ts'

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
  /** Its place in the order of lists: what was written to later has more, whatever the clock said. */
  readonly latest: number
  readonly turns: number
  readonly costUsd: number
  readonly costIsEstimate: boolean
  /** Answers whose price is unknown: the cost is at least what it says. */
  readonly unpriced: number
  readonly model: string
  readonly ended: 'finished' | 'failed' | 'stopped' | null
  readonly deletedMs: number | null
  /** An answer is on its way in it just now, here or in another program. */
  readonly isRunning: boolean
}

/** A conversation that was searched for, and the row in which the words were said last; null: they are in the title. */
export type Found = Listed & { readonly row: number | null }

/** Events that were settled together. */
export interface Row {
  readonly seq: number
  readonly turn: number | null
  readonly wallMs: number
  readonly events: readonly Event[]
}

export interface Reading {
  /** Conversations, the latest first; of those in the bin, the one that was put there last. */
  list(options: { readonly limit: number; readonly deleted?: boolean; readonly offset?: number }): readonly Listed[]
  /** One by its number, or null. */
  one(id: number): Listed | null
  /** Those that a person may mean: by the beginning of the uid, else by all words of the title, the latest first. */
  meant(text: string, options?: { readonly deleted?: boolean }): readonly Listed[]
  /** What `prune` would remove, the latest first. */
  outdated(beforeMs: number | null, binnedBeforeMs: number): readonly Listed[]
  /** What was noted last of a turn behind these rows that is not over, or whose program ended before it was. */
  flight(conversation: number, rows: number): readonly Event[]
  /** How many rows of events it has. */
  size(conversation: number): number
  /**
   * What happened, in order, from the row behind `after` on. Lazily: a long conversation need not fit the memory twice,
   * and whoever takes it in portions keeps nobody from writing meanwhile.
   */
  rows(conversation: number, after?: number): Iterable<Row>
  /** Conversations in whose titles or texts all words occur, the latest first; each with the row that was said last. */
  search(typed: string, limit: number): readonly Found[]
  /** The row of a hit. */
  row(id: number): Row | null
  /** The latest answers of the ledger, for the pauses between them. Calls beside the turns are none. */
  answers(limit: number): readonly Answered[]
}

const COLUMNS = `c.id, c.uid, c.title, c.title_by as titleBy, c.kind, c.created_ms as createdMs,
  c.updated_ms as updatedMs, c.latest, c.turns, c.cost_usd as costUsd, c.cost_is_estimate as costIsEstimate, c.unpriced,
  c.model, c.ended, c.deleted_ms as deletedMs`

interface Stored {
  readonly seq: number
  readonly turn: number | null
  readonly wall_ms: number
  readonly body: string
}

/** Hits looked at for one search: enough to fill any list, few enough to be quick in a large history. */
const HITS = 2_000
/** Rows read at once. */
const PORTION = 32

const SQL = {
  // An empty note says that a conversation is open, not that an answer is on its way.
  running: `select conversation, owner, max(wall_ms) as wallMs from flight where body <> '[]'
    group by conversation, owner`,
  list: `select ${COLUMNS} from conversations c where deleted_ms is null order by latest desc limit ? offset ?`,
  binned: `select ${COLUMNS} from conversations c where deleted_ms is not null order by deleted_ms desc limit ? offset ?`,
  one: `select ${COLUMNS} from conversations c where id = ?`,
  // A range, not LIKE: it uses the index.
  uid: `select ${COLUMNS} from conversations c where uid >= ? and uid < ? and (deleted_ms is not null) = ?
    order by latest desc`,
  flight: `select body from flight where conversation = ?1 and base = ?2 and owner =
    (select owner from flight where conversation = ?1 and base = ?2 order by wall_ms desc, id desc limit 1) order by id`,
  size: 'select coalesce(max(seq), 0) as size from events where conversation = ?',
  rows: `select seq, turn, wall_ms, body from events where conversation = ? and seq > ? order by seq limit ${PORTION}`,
  row: 'select seq, turn, wall_ms, body from events where id = ?',
  answers: `select conversation, wall_ms as endedMs, ttlt_ms as tookMs from answers where purpose = 'turn'
    order by id desc limit ?`,
  said: `select s.conversation, s.event from (
      select rowid from words where words match ? order by rowid desc limit ${HITS}
    ) w join said s on s.words = w.rowid order by w.rowid desc`,
} as const

/**
 * A condition for conversations that have had their time: neither touched nor brought here since `beforeMs`, and not
 * being held just now, or in the bin since `binnedBeforeMs` and not touched since.
 */
export function outdated(beforeMs: number | null, binnedBeforeMs: number): string {
  const binned = Number(binnedBeforeMs)
  const old = `max(updated_ms, ifnull(brought_ms, 0)) < ${Number(beforeMs ?? -1)}`
  return `((${old}) or (deleted_ms < ${binned} and updated_ms < ${binned})) and id not in (select conversation from flight)`
}

/** Conversations whose titles hold so many words. The titles are in the index that the order is taken from. */
const titled = (words: number, deleted: boolean) =>
  `select id from conversations where deleted_ms is ${deleted ? 'not ' : ''}null ${`and title_sought like ? escape '\\' `.repeat(words)}
   order by latest desc limit ?`

/** @param isGone whether a program is, of which nothing was heard for so many ms */
export function reading(
  { sql, read }: Access,
  { isGone, now }: { readonly isGone: (owner: string, quietMs: number) => boolean; readonly now: () => number },
): Reading {
  /** Rows as SQLite gives them; what a query selects is what its caller says it is. */
  const all = <T>(text: string, ...values: (string | number)[]): readonly T[] =>
    read(() => sql(text).all(...values)) as unknown as readonly T[]
  const running = (): ReadonlySet<number> => {
    const flights = all<{ conversation: number; owner: string; wallMs: number }>(SQL.running)
    return new Set(flights.filter((one) => !isGone(one.owner, now() - one.wallMs)).map((one) => one.conversation))
  }
  const listed = (text: string, ...values: (string | number)[]): readonly Listed[] => {
    const rows = all<Listed>(text, ...values)
    const now = rows.length > 0 ? running() : new Set()
    return rows.map((row) => ({ ...row, costIsEstimate: Boolean(row.costIsEstimate), isRunning: now.has(row.id) }))
  }
  const rowOf = ({ seq, turn, wall_ms, body }: Stored): Row => ({
    ...{ seq, turn, wallMs: wall_ms, events: read(() => JSON.parse(body) as readonly Event[]) },
  })
  const one = (id: number) => listed(SQL.one, id)[0] ?? null

  return {
    list: ({ limit, deleted = false, offset = 0 }) => listed(deleted ? SQL.binned : SQL.list, limit, offset),
    one,
    meant(text, { deleted = false } = {}) {
      const uid = text.toLowerCase()
      const byUid = /^[0-9a-f-]{4,36}$/.test(uid) ? listed(SQL.uid, uid, `${uid}~`, deleted ? 1 : 0) : []
      return byUid.length > 0 ? byUid : withTitle(text, HITS, deleted).map((id) => one(id)!)
    },
    outdated: (beforeMs, binnedBeforeMs) =>
      listed(`select ${COLUMNS} from conversations c where ${outdated(beforeMs, binnedBeforeMs)} order by latest desc`),
    flight: (conversation, rows) =>
      read(() => all<Stored>(SQL.flight, conversation, rows).flatMap(({ body }) => JSON.parse(body) as Event[])),
    size: (conversation) => all<{ size: number }>(SQL.size, conversation)[0]!.size,
    *rows(conversation, after = 0) {
      for (let last: number | undefined = after; last !== undefined; ) {
        const portion: readonly Stored[] = all<Stored>(SQL.rows, conversation, last)
        for (const row of portion) yield rowOf(row)
        last = portion.length < PORTION ? undefined : portion.at(-1)?.seq
      }
    },
    search: (typed, limit) =>
      read(() => {
        const found = new Map<number, Found>()
        for (const id of withTitle(typed, limit)) found.set(id, { ...one(id)!, row: null })
        const query = matching(typed)
        // The texts that were said last come first, and a list is full long before all of them are looked at.
        for (const { conversation, event } of query === null ? [] : hits(query)) {
          const known = found.get(conversation) ?? one(conversation)
          if (known?.deletedMs !== null || ('row' in known && known.row !== null)) continue
          found.set(conversation, { ...known, row: event })
          if (found.size >= limit * 2) break
        }
        return [...found.values()].sort((a, b) => b.latest - a.latest).slice(0, limit)
      }),
    answers: (limit) => all<Answered>(SQL.answers, limit),
    row: (id) => all<Stored>(SQL.row, id).map(rowOf)[0] ?? null,
  }

  function hits(query: string): Iterable<{ readonly conversation: number; readonly event: number }> {
    return sql(SQL.said).iterate(query) as unknown as Iterable<{ conversation: number; event: number }>
  }

  function withTitle(typed: string, limit: number, deleted = false): readonly number[] {
    const patterns = titlePatterns(typed)
    if (patterns.length === 0) return []
    return all<{ id: number }>(titled(patterns.length, deleted), ...patterns, limit).map(({ id }) => id)
  }
}
