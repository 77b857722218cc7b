/** A history in a folder of its own, and conversations as they are lived: events with the states they lead to. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Event, State } from '../../src/core/conversation.ts'
import { type Batch, batchOf } from '../../src/core/history/saved.ts'
import { NO_USAGE } from '../../src/core/turn.ts'
import { type History, openHistory } from '../../src/io/history.ts'
import { fresh, lived } from '../kit/lived.ts'

export const MODEL = 'claude-sonnet-5-5'
/** A moment, in ms since 1970. */
export const NOON = Date.UTC(2026, 10, 21, 12)

/** A folder for one test, with the path of a history in it. */
export function room(): Disposable & { readonly folder: string; readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'claude-tui-history-'))
  return {
    folder,
    path: join(folder, 'history.db'),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** A history that is closed at the end of the test. */
export async function opened(path: string): Promise<History & Disposable> {
  const history = await openHistory(path)
  return { ...history, [Symbol.dispose]: () => history.close() }
}

/** What SQLite itself says about the file; nobody else may be writing. */
export function rawly<T>(path: string, look: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(path)
  try {
    return look(db)
  } finally {
    db.close()
  }
}

export const count = (path: string, table: string): number =>
  rawly(path, (db) => Number(Object.values(db.prepare(`select count(*) from ${table}`).get()!)[0]))

export function soundness(path: string): unknown {
  return rawly(path, (db) => Object.values(db.prepare('pragma integrity_check').get()!)[0])
}

/** The beginning of a turn, up to the last word that has come. */
export const begun = (question: string, answer: string, at = NOON): Event[] => [
  { type: 'asked', at, text: question },
  { type: 'sent', at: at + 1, attempt: 1, model: MODEL },
  { type: 'heard', at: at + 200, requestId: `req_${at}`, limits: {} },
  {
    ...{ type: 'began', at: at + 201, model: MODEL, messageId: `msg_${at}`, cacheMiss: null },
    usage: { ...NO_USAGE, input: 1_000 },
  },
  ...(answer === '' ? [] : [{ type: 'delta' as const, at: at + 400, text: answer }]),
]

/** A whole turn, as it comes. */
export const turn = (question: string, answer: string, at = NOON): Event[] => [
  ...begun(question, answer, at),
  { type: 'usage', at: at + 900, usage: { ...NO_USAGE, input: 1_000, output: 100 } },
  { type: 'finished', at: at + 901, stopReason: 'end_turn', explanation: null },
]

/** Events as they are saved together, from a state on. */
export function batch(
  events: readonly Event[],
  from: State = fresh(),
): { readonly batch: Batch; readonly state: State } {
  const { state, saved } = lived(events, from)
  const last = events.at(-1)
  return { batch: batchOf(saved, state, last && 'at' in last ? last.at : NOON), state }
}

/** Saves a conversation of these turns. @returns its number */
export function saved(history: History, turns: readonly (readonly Event[])[], kind = 'chat'): number {
  let state = fresh()
  let id: number | null = null
  for (const [i, events] of turns.entries()) {
    const step = batch(events, state)
    state = step.state
    id ??= history.begin(kind, step.batch.summary, step.batch.wallMs)
    history.append(id, i, step.batch)
  }
  return id!
}

export const bodies = (history: History, id: number): readonly Event[] =>
  [...history.rows(id)].flatMap(({ events }) => events)
