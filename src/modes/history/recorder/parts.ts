/** What a recorder takes, gives, and holds meanwhile. */

import type { Event, State } from '../../../core/conversation.ts'
import type { Batch, Past } from '../../../core/history/saved.ts'
import type { Aside, Unsaved } from '../../../io/aside.ts'
import type { Shelf } from '../../../io/attachments/shelf.ts'
import type { History, HistoryTrouble } from '../../../io/history.ts'

/** A conversation's place in the history. */
export interface Place {
  /** Names it, in this file and anywhere else. */
  uid: string
  /** null: it has no row yet. */
  id: number | null
  /** Rows of events it has there. */
  rows: number
  /** Whether anything was said in it. */
  isBegun: boolean
}

export interface Recorder {
  /** Takes in what happened. @param state the state after it */
  follow(state: State, event: Event): void
  /** Where to save, from now on, everything that has happened. */
  attach(history: RecorderHistory): void
  /** Why there is nothing to save to. */
  fail(trouble: HistoryTrouble): void
  /** The conversation is this one from now on: it was resumed. */
  adopt(id: number, rows: number, uid: string): void
  /** Its number in the history; null: it has none yet. */
  readonly conversation: number | null
  /** Saves what still can be, now. @returns what could not be; null: nothing */
  close(): Left | null
}

export interface Left {
  /** Why, in words for people; empty: there is no history. */
  readonly problem: string
  readonly conversations: readonly Unsaved[]
  /** It could not be kept beside the history either. */
  readonly isLost: boolean
}

export type RecorderHistory = Pick<
  History,
  | 'together'
  | 'begin'
  | 'append'
  | 'note'
  | 'takeOut'
  | 'occupy'
  | 'vacate'
  | 'pay'
  | 'copy'
  | 'shelve'
  | 'one'
  | 'makeSure'
  | 'rest'
  | 'wait'
>

export interface RecorderParts {
  /** Kind of the conversations it begins. */
  readonly kind: 'chat' | 'single'
  /** Milliseconds to add to the monotonic clock, as it is now, for those since 1970. */
  readonly origin: () => number
  /** Told of trouble, and of its end (null). */
  readonly onTrouble: (trouble: HistoryTrouble | null) => void
  /** A conversation had to go on as a copy. */
  readonly onCopied: () => void
  /** A conversation that goes on here lay in the bin: it was deleted elsewhere. */
  readonly onTakenOut: () => void
  /** Where things are kept that the history does not take. */
  readonly aside: Aside
  /** The bytes of attachments, as long as the history does not have them. */
  readonly shelf?: () => Pick<Shelf, 'get'>
  /**
   * A question is noted in the next turn of the event loop: by then its request is with the socket, and has not waited
   * for the disk. Absent: at once.
   */
  readonly requestFirst?: true
}

/** A running turn. */
export interface Flight {
  readonly place: Place
  readonly origin: number
  /** What has happened in it, as it is saved. */
  readonly events: Event[]
  /** How many of them have been noted, in how many notes. */
  noted: number
  notes: number
}

export const flightFrom = (place: Place, origin: number, first: readonly Event[]): Flight => ({
  ...{ place, origin, events: [...first], noted: 0, notes: 0 },
})

/** What has to be saved of something that is settled. */
export interface Job {
  readonly place: Place
  readonly events: readonly Event[]
  readonly batch: Batch
  /** There may be more to come: another turn has begun with its last event, or the last one was cut off. */
  readonly isOpen: boolean
  readonly past: () => Past
}
