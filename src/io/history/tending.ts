/** Care for the history: names, the bin, old conversations, and turns that were cut off by the end of their program. */

import type { Event } from '../../core/conversation.ts'
import { DAY_MS } from '../../core/history/retention.ts'
import { sought } from '../../core/history/search-text.ts'
import type { Access } from './access.ts'
import { forgetSome } from './blobs.ts'
import { outdated } from './reading.ts'
import { HistoryTrouble, say } from './trouble.ts'

export interface Tending {
  /**
   * Puts a conversation into the bin, or takes it out again.
   * @throws HistoryTrouble when an answer is on its way in it, in another program
   */
  bin(conversation: number, deletedMs: number | null): void
  /** Gives a conversation a name; it becomes one more of its events. */
  retitle(conversation: number, title: string, wallMs: number): void
  /**
   * Removes conversations for good: those neither touched nor imported since `beforeMs` (null: none), and those in the bin since
   * `binnedBeforeMs` that have not been touched since. Answers stay in the ledger, without a word of what was said.
   * @returns how many
   */
  prune(beforeMs: number | null, binnedBeforeMs: number, isTrial?: boolean): number
  /** The same, as far as anybody can see: what was said in them is still to be swept away. @returns how many */
  discard(beforeMs: number | null, binnedBeforeMs: number): number
  /** Removes a little of what was discarded, in a few ms. @returns whether there may be more */
  sweep(): boolean
  /** Whether a chore that is done once a day is due; if so, it counts as done from now on. */
  daily(chore: string, wallMs: number): boolean
  /** Whether there is something for `daily`, `discard` or `sweep` to do. Only looks. */
  isUntidy(wallMs: number): boolean
  /** Whether there is something for `claim` to take over. Only looks. */
  isAbandoned(): boolean
  /** Takes over the turns whose programs are gone, in the order of their last words: no other program will. */
  claim(): readonly Flight[]
  /** Forgets a flight in which nothing happened. */
  letGo(flight: Flight): void
  /** What was noted of a turn, in order. */
  noted(flight: Flight): readonly Event[]
  /** Whether the file is sound, by SQLite's own check. Reads all of it. */
  isSound(): boolean
}

/** A running turn as it has been noted. */
export interface Flight {
  readonly conversation: number
  readonly owner: string
  /** Rows of events it follows. */
  readonly base: number
  readonly wallMs: number
}

/** The daily chore of removing conversations that have had their time. */
export const RETENTION = 'retention'
/** Conversations discarded in one transaction: others can write in between. */
const AT_ONCE = 500
/** Rows swept away at once, and pages of the file given back: what takes a few ms. */
const SWEPT = { rows: 50, pages: 500 } as const
/** Free pages that are no use giving back. */
const SPARE_PAGES = 50
/** Sweeps after which the side file is emptied into the file. */
const SWEEPS_TO_REST = 40

const SQL = {
  bin: 'update conversations set deleted_ms = ? where id = ?',
  named: `insert into events (conversation, seq, wall_ms, body)
    select id, coalesce((select max(seq) from events where conversation = c.id), 0) + 1, ?, ?
    from conversations c where id = ?`,
  name: `update conversations set title = ?, title_sought = ?, title_by = 'user' where id = ?`,
  refuse: 'insert into refuse (conversation) values (?)',
  remove: 'delete from conversations where id = ?',
  refused: 'select 1 from refuse limit 1',
  texts: `select s.words, s.conversation from refuse r join said s on s.conversation = r.conversation limit ${SWEPT.rows}`,
  unsaid: 'delete from said where words = ? and conversation = ?',
  events: `delete from events where id in
    (select e.id from refuse r join events e on e.conversation = r.conversation limit ${SWEPT.rows})`,
  swept: `delete from refuse where not exists (select 1 from events where conversation = refuse.conversation)
    and not exists (select 1 from attached where conversation = refuse.conversation)`,
  forget: 'delete from words where rowid = ? and not exists (select 1 from said where words = ?)',
  daily: `insert into chores (name, done_ms) values (?, ?) on conflict (name) do update set done_ms = excluded.done_ms
    where abs(excluded.done_ms - done_ms) >= ${DAY_MS}`,
  done: `select 1 from chores where name = ? and abs(? - done_ms) < ${DAY_MS}`,
  running: `select owner, max(wall_ms) as wallMs from flight where conversation = ? and body <> '[]' group by owner`,
  flights: `select conversation, owner, base, max(wall_ms) as wallMs, min(id) as first from flight
    group by conversation, owner order by wallMs`,
  claim: 'update flight set owner = ? where conversation = ? and owner = ?',
  letGo: 'delete from flight where conversation = ? and owner = ?',
  noted: 'select body from flight where conversation = ? and owner = ? order by id',
} as const

export function tending(
  { sql, exec, read, write }: Access,
  parts: {
    readonly owner: string
    /** @param quietMs how long nothing has been noted by it */
    readonly isGone: (owner: string, quietMs: number) => boolean
    readonly now: () => number
  },
): Tending {
  const { owner, isGone, now } = parts
  const isOwn = (one: string) => one === owner || one.startsWith(`${owner}#`)
  const freePages = () => (read(() => sql('pragma freelist_count').get()) as { freelist_count: number }).freelist_count
  let sweeps = 0
  const discard: Tending['discard'] = (beforeMs, binnedBeforeMs) => {
    const old = `select id from conversations where ${outdated(beforeMs, binnedBeforeMs)} limit ${AT_ONCE}`
    for (let removed = 0; ; ) {
      const ids = write(() => {
        const some = sql(old).all() as { id: number }[]
        for (const { id } of some) {
          sql(SQL.refuse).run(id)
          sql(SQL.remove).run(id)
        }
        return some
      })
      removed += ids.length
      if (ids.length < AT_ONCE) return removed
    }
  }
  const sweep: Tending['sweep'] = () => {
    if (++sweeps % SWEEPS_TO_REST === 0) exec('pragma wal_checkpoint(passive)')
    // Mostly nothing was discarded: whoever only looks need not write, nor wait for one who does.
    const isSwept =
      read(() => sql(SQL.refused).get()) !== undefined &&
      write(() => {
        const texts = sql(SQL.texts).all() as { words: number; conversation: number }[]
        for (const { words, conversation } of texts) {
          sql(SQL.unsaid).run(words, conversation)
          sql(SQL.forget).run(words, words)
        }
        const rows = Number(sql(SQL.events).run().changes)
        const attached = forgetSome({ sql })
        if (texts.length < SWEPT.rows && rows < SWEPT.rows) sql(SQL.swept).run()
        return texts.length + rows + attached > 0
      })
    if (isSwept) return true
    const before = freePages()
    if (before <= SPARE_PAGES) return false
    exec(`pragma incremental_vacuum(${SWEPT.pages})`)
    return freePages() < before
  }

  const isRunning = (conversation: number): boolean => {
    const flights = sql(SQL.running).all(conversation) as { owner: string; wallMs: number }[]
    return flights.some((one) => !isOwn(one.owner) && !isGone(one.owner, now() - one.wallMs))
  }

  const dead = () => {
    const flights = sql(SQL.flights).all() as unknown as readonly (Flight & { readonly first: number })[]
    return flights.filter((one) => !isOwn(one.owner) && isGone(one.owner, now() - one.wallMs))
  }

  return {
    bin: (conversation, deletedMs) =>
      write(() => {
        if (deletedMs !== null && isRunning(conversation)) throw new HistoryTrouble('running', say('running', ''))
        sql(SQL.bin).run(deletedMs, conversation)
      }),
    retitle: (conversation, title, wallMs) =>
      write(() => {
        const event: Event = { type: 'titled', title, by: 'user' }
        sql(SQL.named).run(wallMs, JSON.stringify([event]), conversation)
        sql(SQL.name).run(title, sought(title), conversation)
      }),
    prune(beforeMs, binnedBeforeMs, isTrial = false) {
      const old = outdated(beforeMs, binnedBeforeMs)
      if (isTrial)
        return (read(() => sql(`select count(*) as n from conversations where ${old}`).get()) as { n: number }).n
      const removed = discard(beforeMs, binnedBeforeMs)
      while (sweep());
      return removed
    },
    discard,
    sweep,
    daily(chore, wallMs) {
      // Most calls come on a day on which it is done already: they need not write to find that out.
      if (read(() => sql(SQL.done).get(chore, wallMs))) return false
      return write(() => sql(SQL.daily).run(chore, wallMs).changes > 0)
    },
    isUntidy: (wallMs) =>
      read(() => sql(SQL.done).get(RETENTION, wallMs) === undefined || sql(SQL.refused).get() !== undefined) ||
      freePages() > SPARE_PAGES,
    isAbandoned: () => read(dead).length > 0,
    claim() {
      // As a rule there is nothing to take over, and to find that out nobody has to be waited for.
      if (read(dead).length === 0) return []
      return write(() =>
        dead().map(({ conversation, owner: former, base, wallMs, first }) => {
          // A name of its own: two programs may have been in the middle of the same conversation.
          const own = `${owner}#${first}`
          sql(SQL.claim).run(own, conversation, former)
          return { conversation, owner: own, base, wallMs }
        }),
      )
    },
    letGo: ({ conversation, owner: by }) => write(() => void sql(SQL.letGo).run(conversation, by)),
    noted: ({ conversation, owner: by }) =>
      read(() => {
        const notes = sql(SQL.noted).all(conversation, by) as { body: string }[]
        return notes.flatMap(({ body }) => JSON.parse(body) as Event[])
      }),
    isSound: () => read(() => Object.values(sql('pragma quick_check(1)').get() ?? {})[0] === 'ok'),
  }
}
