/** A conversation that comes from elsewhere: who it is, and what happened in it, as events like our own. */

import type { Event } from '../../conversation.ts'
import { describe, type Problem } from '../../problem.ts'
import type { Ms } from '../../turn.ts'

export interface Arrival {
  /** Names it wherever it goes; null: it has no name yet. */
  readonly uid: string | null
  /** Where it was held. */
  readonly kind: 'chat' | 'single' | 'import'
  /** Milliseconds since 1970; null: with its first event, and with its last one. */
  readonly createdMs: Ms | null
  readonly updatedMs: Ms | null
  readonly events: readonly Event[]
  /** Bytes of attachments, by their hash, in base64; absent: none came. */
  readonly bytes?: ReadonlyMap<string, string>
  /**
   * What a history could not take, paid for here and in no ledger yet: how many rows of the conversation it follows
   * there, and the program that held it. null: it was saved somewhere.
   */
  readonly left: { readonly after: number; readonly owner: string | null } | null
  /** What it held that we have no place for, and how often: `image`, `tool_use web_search`. */
  readonly leftOut: ReadonlyMap<string, number>
  /** What was wrong with it and could be put right; the way out says how. */
  readonly mended: readonly Problem[]
}

/** What is wrong somewhere: the ends of "expected ..." and "got ...". */
export type Flaw = Pick<Problem, 'expected' | 'came'>

/** Input that cannot be taken in: nothing of it is. Who knows its place in the file puts that before `where`. */
export class Unreadable extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.expected)
    this.problem = problem
  }
}

const UID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/

/** The same for a name in a file of our own, where another word is a mistake. @throws Unreadable */
export function ownUid(value: unknown): string | null {
  const uid = asUid(value)
  if (uid !== null || value === null || value === undefined) return uid
  const expected = 'uid: an id such as 3f2a1b4c-0000-4000-8000-000000000000, or null'
  throw new Unreadable({ where: '', expected, came: describe(value), wayOut: '' })
}

/** The name as we keep it, if it is one. */
export function asUid(value: unknown): string | null {
  const uid = typeof value === 'string' ? value.toLowerCase() : ''
  return UID.test(uid) ? uid : null
}
