/**
 * What the history has not taken yet, kept in a file beside it for as long as that lasts: whatever ends the program
 * meanwhile, its last words are found again.
 */

import type { Event } from '../../core/conversation.ts'
import { condensed } from '../../core/history/record.ts'
import type { Aside, Unsaved } from '../../io/aside.ts'
import type { Flight, Job, Place } from './recorder/parts.ts'

export interface KeepingAside {
  /** Cheap when little is new. @returns whether all of it is in the file now */
  keep(jobs: readonly Job[], turn: Flight): boolean
  /** There is nothing to keep any more. */
  drop(): void
}

/** Events that belong together, in the order of what happened. They only grow at their end. */
interface Stretch {
  readonly source: object
  readonly place: Place
  readonly events: readonly Event[]
}

export function keepingAside(aside: Aside, kind: string): KeepingAside {
  /** How much of what the file holds. */
  let held: readonly { readonly source: object; readonly count: number }[] = []

  return {
    keep(jobs, turn) {
      const stretches = stretchesOf(jobs, turn)
      const now = stretches.map(({ source, events }) => ({ source, count: events.length }))
      const last = held.length - 1
      const isMore =
        last >= 0 &&
        held.every(({ source, count }, i) => now[i]?.source === source && (i === last || now[i]?.count === count)) &&
        stretches.slice(last).every(({ place }) => place === stretches[last]!.place)
      try {
        if (isMore) {
          const rest = stretches.slice(last).flatMap(({ events }, i) => events.slice(i === 0 ? held[last]!.count : 0))
          if (rest.length > 0) aside.add(condensed(rest))
        } else aside.write(unsavedOf(stretches, kind))
        held = now
        return true
      } catch {
        return false
      }
    },
    drop() {
      held = []
      aside.drop()
    },
  }
}

/** What is unsaved, conversation by conversation. */
export const unsaved = (jobs: readonly Job[], turn: Flight, kind: string): readonly Unsaved[] =>
  unsavedOf(stretchesOf(jobs, turn), kind)

/** A turn that was noted in part is told as a whole. */
function stretchesOf(jobs: readonly Job[], turn: Flight): readonly Stretch[] {
  const settled = jobs.map(({ place, events }) => ({ source: events, place, events }))
  if (turn.noted === turn.events.length) return settled
  return [...settled, { source: turn.events, place: turn.place, events: turn.events }]
}

function unsavedOf(stretches: readonly Stretch[], kind: string): readonly Unsaved[] {
  const places = new Map<Place, Event[]>()
  for (const { place, events } of stretches) places.set(place, [...(places.get(place) ?? []), ...condensed(events)])
  return [...places].map(([{ uid, rows }, events]) => {
    const first = events.find((event) => 'at' in event)
    return { uid, kind, createdMs: first?.at ?? null, after: rows, events }
  })
}
