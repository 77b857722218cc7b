/** What of a tape has been played: which exchange answers a request, and how much of it has been heard. */

import { differences, isSame } from '../core/tape/compare.ts'
import { answersOf, type Exchange, endpoint, type RequestHead, type Tape } from '../core/tape/tape.ts'
import type { Ms } from '../core/turn.ts'

/** A moment of the tape that playing reaches: so many bytes of an exchange have been read, or it is over. */
export interface Moment {
  /** Since the recording began. */
  readonly at: Ms
  readonly exchange: number
  /** Its place among those of the exchange. */
  readonly index: number
  /** `Infinity`: its end. */
  readonly bytes: number
}

export interface Deck {
  /**
   * The exchange to answer a request with: the first that nobody has had yet and whose request is the same, else the
   * first for that endpoint at all. null: there is none left.
   */
  take(request: RequestHead): Exchange | null
  /** So much of an exchange has been heard. */
  heard(exchange: number, bytes: number): void
  /** The last moment of an answer until this time of the tape; null: nothing was heard before. */
  lastBefore(at: Ms): Moment | null
  isReached(moment: Moment): boolean
  /** Of the moments until this time of the tape, the last that was reached, and when; null: none was. */
  lastReached(at: Ms): { readonly at: Ms; readonly reachedAt: Ms } | null
  /** Answers that nobody has asked for. */
  readonly left: number
  /** Calls back whenever more has been heard; returns how to stop that. */
  onHeard(listener: () => void): () => void
}

/** @param onDifference is told, in words, when a request is not the recorded one */
export function createDeck(tape: Tape, now: () => Ms, onDifference: (line: string) => void): Deck {
  const untaken = [...tape.exchanges]
  const tracks = new Map<number, Track>()
  for (const exchange of answersOf(tape)) {
    tracks.set(exchange.number, { moments: momentsOf(exchange), reachedAt: [] })
  }
  const listeners = new Set<() => void>()
  const told = new Set<string>()

  return {
    take(request) {
      const fits = ({ request: { method, path } }: Exchange) =>
        method === request.method && endpoint(path) === endpoint(request.path)
      const same = untaken.findIndex((exchange) => isSame(exchange.request, request))
      const index = same >= 0 ? same : untaken.findIndex(fits)
      if (index < 0) return null
      const [exchange] = untaken.splice(index, 1)
      if (same < 0 && tracks.has(exchange!.number)) {
        const what = differences(request, exchange!.request).join('; ')
        // What a newer version does otherwise it does each time.
        const kind = what.replace(/\d+/g, '')
        if (!told.has(kind))
          onDifference(`Not asked as it was recorded: ${what}. The recorded answer follows all the same.`)
        told.add(kind)
      }
      return exchange!
    },
    heard(exchange, bytes) {
      const track = tracks.get(exchange)
      if (!track) return
      const { moments, reachedAt } = track
      const at = now()
      while (reachedAt.length < moments.length && moments[reachedAt.length]!.bytes <= bytes) reachedAt.push(at)
      for (const listener of listeners) listener()
    },
    lastBefore: (at) =>
      latest([...tracks.values()].flatMap(({ moments }) => moments.findLast((one) => one.at <= at) ?? [])),
    isReached: (moment) => (tracks.get(moment.exchange)?.reachedAt.length ?? 0) > moment.index,
    lastReached(at) {
      const last = latest(
        [...tracks.values()].flatMap(
          ({ moments, reachedAt }) => moments.findLast((one, i) => i < reachedAt.length && one.at <= at) ?? [],
        ),
      )
      return last && { at: last.at, reachedAt: tracks.get(last.exchange)!.reachedAt[last.index]! }
    },
    get left() {
      return untaken.filter(({ number }) => tracks.has(number)).length
    },
    onHeard(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The moments of one exchange in order, and when each was reached, as far as they were. */
interface Track {
  readonly moments: readonly Moment[]
  readonly reachedAt: Ms[]
}

function momentsOf({ number, at, response, chunks, end }: Exchange): readonly Moment[] {
  let bytes = 0
  const heads = response ? [{ at: at + response.at, bytes }] : []
  const middles = chunks.map((chunk) => {
    bytes += chunk.bytes.length
    return { at: at + chunk.at, bytes }
  })
  // An end that was ours follows from what the person did, and is nothing to wait for.
  const ends = end && end.how !== 'aborted' ? [{ at: at + end.at, bytes: Number.POSITIVE_INFINITY }] : []
  return [...heads, ...middles, ...ends].map((moment, index) => ({ ...moment, exchange: number, index }))
}

const latest = (moments: readonly Moment[]): Moment | null =>
  moments.reduce<Moment | null>((last, one) => (last && last.at > one.at ? last : one), null)
