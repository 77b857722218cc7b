/**
 * What the history has not taken yet, kept in a file beside it for as long as that lasts: whatever ends the program
 * meanwhile, its last words are found again.
 */

import type { Event } from '../core/conversation.ts'
import { condensed } from '../core/record.ts'
import type { Aside, Unsaved } from '../io/aside.ts'
import type { Flight, Job, Place } from './recorder.ts'

export interface KeepingAside {
  /** Cheap when little is new. @returns whether all of it is in the file now */
  keep(jobs: readonly Job[], turn: Flight): boolean
  /** There is nothing to keep any more. */
  drop(): void
}

export function keepingAside(aside: Aside, kind: string): KeepingAside {
  /** What the file holds: these jobs, and so many events of that turn. */
  let held: { readonly first: Job | undefined; readonly jobs: number; readonly turn: Flight; events: number } | null =
    null

  return {
    keep(jobs, turn) {
      try {
        if (held && held.first === jobs[0] && held.jobs === jobs.length && held.turn === turn) {
          if (turn.events.length > held.events) aside.add(condensed(turn.events.slice(held.events)))
          held.events = turn.events.length
          return true
        }
        aside.write(unsaved(jobs, turn, kind))
        held = { first: jobs[0], jobs: jobs.length, turn, events: turn.events.length }
        return true
      } catch {
        return false
      }
    },
    drop() {
      held = null
      aside.drop()
    },
  }
}

/** What is unsaved, conversation by conversation. A turn that was noted in part is told as a whole. */
export function unsaved(jobs: readonly Job[], turn: Flight, kind: string): readonly Unsaved[] {
  const left = new Map<Place, Event[]>()
  const leave = (where: Place, events: readonly Event[]) =>
    events.length > 0 && left.set(where, [...(left.get(where) ?? []), ...events])
  for (const { place, batch } of jobs) leave(place, batch.events)
  if (turn.noted < turn.events.length) leave(turn.place, condensed(turn.events))
  return [...left].map(([{ uid, rows }, events]) => {
    const first = events.find((event) => 'at' in event)
    return { uid, kind, createdMs: first?.at ?? null, after: rows, events }
  })
}
