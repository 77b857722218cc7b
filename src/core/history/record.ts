/**
 * The events of a conversation as they are saved: what happened, in as few pieces as tell it all. Folding them gives
 * the state that was.
 */

import type { Event, State } from '../conversation.ts'
import { STALL_MS } from '../figures/metrics.ts'
import { isPiece, joined, type Ms } from '../turn.ts'

/**
 * What is saved of an event; null: nothing, for it says something of this program or its server, not of the
 * conversation. Prices are written down beside what they were asked for: a later catalogue does not change old bills.
 * @param after the state after it
 */
export function kept(event: Event, after: State): Event | null {
  switch (event.type) {
    case 'alive':
    case 'connecting':
    case 'connected':
    case 'stopAsked':
    case 'hurryAsked':
    case 'gaveUp':
    case 'hedgeAsked':
    case 'otherAsked':
    case 'rested':
    case 'unqueued':
    case 'cleared':
    case 'resumed':
    case 'modelsLearned':
    case 'habitLearned':
    case 'counted':
      return event.type === 'unqueued' ? event : null
    case 'began':
      return { ...event, prices: after.live?.prices ?? null }
    case 'raced':
      return { ...event, lost: { ...event.lost, prices: after.live?.wasted.at(-1)?.prices ?? null } }
    case 'billed': {
      const { limits: _, ...call } = event
      return { ...call, prices: after.sideCalls.at(-1)?.prices ?? null }
    }
    case 'chosen': {
      const { schema: _, ...choices } = event.choices
      return { ...event, choices }
    }
    case 'heard':
      return { ...event, limits: {} }
    default:
      return event
  }
}

/** The same events with neighbouring pieces in one, but for those that a stall parts or has been within. */
export function condensed(events: readonly Event[]): readonly Event[] {
  const out: Event[] = []
  for (const event of lately(events)) {
    const last = out.at(-1)
    const isNext = last && isPiece(last) && isPiece(event) && last.type === event.type && !last.pauses && !event.pauses
    if (isNext && (event.since ?? event.at) - last.at <= STALL_MS) out[out.length - 1] = joined(last, event)
    else out.push(event)
  }
  return out
}

/** Without what a race had cost where that was told again, or the race was over. */
function lately(events: readonly Event[]): readonly Event[] {
  if (!events.some(({ type }) => type === 'racing')) return events
  const last = events.findLastIndex(({ type }) => type === 'racing' || type === 'compared')
  return events.filter(({ type }, i) => type !== 'racing' || i === last)
}

/** What the answers of a race have cost whose program ended before it was over, as calls beside its turn. */
export function billsLeft(events: readonly Event[], at: Ms): readonly Event[] {
  const last = events.findLast(({ type }) => type === 'racing' || type === 'compared')
  return last?.type === 'racing' ? last.bills.map((bill) => ({ ...bill, at })) : []
}

/** An event as it looks on a clock that shows `by` ms more. */
export function shifted(event: Event, by: Ms): Event {
  if (!('at' in event)) return event
  const at = thousandths(event.at + by)
  return 'since' in event && event.since !== undefined
    ? { ...event, at, since: thousandths(event.since + by) }
    : { ...event, at }
}

/** Times of day have 13 digits before the point: a double holds three behind it, with one to spare. */
export const thousandths = (ms: Ms): Ms => Math.round(ms * 1000) / 1000
