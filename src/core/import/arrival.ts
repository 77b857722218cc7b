/** A conversation that comes from elsewhere: who it is, and what happened in it, as events like our own. */

import type { Event } from '../conversation.ts'
import type { Problem } from '../problem.ts'
import type { Ms } from '../turn.ts'

export interface Arrival {
  /** Names it wherever it goes; null: it has no name yet. */
  readonly uid: string | null
  /** Where it was held. */
  readonly kind: 'chat' | 'single' | 'import'
  /** Milliseconds since 1970; null: with its first event. */
  readonly createdMs: Ms | null
  readonly events: readonly Event[]
  /**
   * What a history could not take, paid for here and in no ledger yet: how many rows of the conversation it follows
   * there, and the program that held it. null: it was saved somewhere.
   */
  readonly left: { readonly after: number; readonly owner: string | null } | null
  /** What it held that we have no place for, and how often: `image`, `tool_use web_search`. */
  readonly leftOut: ReadonlyMap<string, number>
}

/** Input that cannot be taken in: nothing of it is. Who knows the place of it in the file, fills in `where`. */
export class Unreadable extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.expected)
    this.problem = problem
  }
}

const UID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/

/** The name as we keep it, if it is one. */
export function asUid(value: unknown): string | null {
  const uid = typeof value === 'string' ? value.toLowerCase() : ''
  return UID.test(uid) ? uid : null
}
