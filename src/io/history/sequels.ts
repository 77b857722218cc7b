/**
 * Takes in what a program could not save itself: the end of a conversation whose beginning is here. It lands behind that
 * beginning, however often it comes and whatever of it is here already.
 */

import type { Event } from '../../core/conversation.ts'
import { batchesOf } from '../../core/history/import/batches.ts'
import { type Batch, pastOfBatches } from '../../core/history/saved.ts'
import { sought } from '../../core/history/search-text.ts'
import type { Access } from './access.ts'
import type { Brought } from './bringing.ts'
import { putting } from './putting.ts'
import { isAboutName, type Writing } from './writing.ts'

export interface Sequel {
  /** The conversation it belongs to. */
  readonly uid: string
  /** What it is called where it has to be a conversation of its own: the same for the same events. */
  readonly ownUid: string
  readonly kind: string
  /** Milliseconds since 1970; null: with its first event. */
  readonly createdMs: number | null
  /** Rows of events it follows. */
  readonly after: number
  /** The program that held it, as it is named in `flight`; null: unknown. */
  readonly owner: string | null
  readonly events: readonly Event[]
  /** Bytes of what is attached in it, by their hash, as far as they came along. */
  readonly bytes?: ReadonlyMap<string, Uint8Array>
}

const SQL = {
  known: 'select id, deleted_ms as deletedMs from conversations where uid = ?',
  rows: 'select body from events where conversation = ? order by seq',
  begin: `insert into conversations (uid, title, title_sought, title_by, kind, created_ms, updated_ms, latest, model)
    values (:uid, :title, :sought, :titleBy, :kind, :wall, :wall, :wall, :model)`,
  landed: 'delete from flight where conversation = ? and owner = ?',
} as const

/** A conversation as far as it is here. */
interface Here {
  readonly id: number | null
  readonly isBinned: boolean
  readonly rows: readonly string[]
}

/** To be called within a transaction. */
export function takingSequels({ sql }: Pick<Access, 'sql'>, copy: Writing['copy']): (sequel: Sequel) => Brought {
  const put = putting({ sql })

  const lookUp = (uid: string): Here => {
    const known = sql(SQL.known).get(uid) as { id: number; deletedMs: number | null } | undefined
    const rows = known ? (sql(SQL.rows).all(known.id) as { body: string }[]).map(({ body }) => body) : []
    return { id: known?.id ?? null, isBinned: known !== undefined && known.deletedMs !== null, rows }
  }
  const begin = (uid: string, { kind, createdMs }: Sequel, { summary, wallMs }: Batch): number => {
    const { title, titleBy, model } = summary
    const names = { uid, title, sought: sought(title), titleBy }
    return Number(sql(SQL.begin).run({ ...names, kind, wall: createdMs ?? wallMs, model }).lastInsertRowid)
  }

  /** Adds what is not here yet behind the rows it follows. @returns null: the conversation has gone another way since */
  const add = (uid: string, sequel: Sequel, here: Here, before: readonly Event[]): Brought | null => {
    const since = here.rows.slice(sequel.after)
    let { id } = here
    let at = 0
    let last = here.rows.length
    let turns = 0
    for (const batch of batchesOf(sequel.events, { before, isGone: true })) {
      const body = JSON.stringify(batch.events)
      while (at < since.length && since[at] !== body && isAboutName(since[at]!)) at++
      if (at < since.length) {
        if (since[at++] !== body) return null
        continue
      }
      id ??= begin(uid, sequel, batch)
      put(id, ++last, batch, { isPast: true, isBilledHere: true })
      if (batch.turn !== null) turns++
    }
    const isGrown = last > here.rows.length
    const fate = id === null ? 'empty' : !isGrown ? 'here' : here.id === null ? 'new' : 'grown'
    return { uid, fate, turns, isBinned: here.isBinned }
  }

  /** What it follows is gone, or went on without it: a conversation of its own, with as much of the beginning as is here. */
  const apart = (sequel: Sequel, here: Here): Brought => {
    const uid = sequel.ownUid
    const known = lookUp(uid)
    if (known.id !== null) return { uid, fate: 'here', turns: 0, isBinned: known.isBinned }
    const common = eventsIn(here.rows.slice(0, sequel.after))
    const past = pastOfBatches(batchesOf(common))
    if (here.id === null || !past) return add(uid, { ...sequel, after: 0 }, known, [])!
    const { rows } = copy(here.id, sequel.after, past, sequel.owner ?? undefined, uid)
    return { ...add(uid, { ...sequel, after: rows }, lookUp(uid), common)!, fate: 'copied', origin: sequel.uid }
  }

  return (sequel) => {
    const here = lookUp(sequel.uid)
    const isThere = here.rows.length >= sequel.after
    const before = isThere ? eventsIn(here.rows.slice(0, sequel.after)) : []
    const brought = (isThere ? add(sequel.uid, sequel, here, before) : null) ?? apart(sequel, here)
    // What was noted of its last turn before the trouble began is in it, too.
    if (here.id !== null && sequel.owner !== null) sql(SQL.landed).run(here.id, sequel.owner)
    return brought
  }
}

const eventsIn = (rows: readonly string[]): readonly Event[] =>
  rows.flatMap((body) => JSON.parse(body) as readonly Event[])
