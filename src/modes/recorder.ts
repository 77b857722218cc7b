/**
 * Saves a conversation while it happens: settled events at once, a running turn every moment, so that whatever ends the
 * program, hardly a word is lost. When the history cannot be written the chat goes on, and what is unsaved waits.
 */

import type { Event, State } from '../core/conversation.ts'
import { condensed, kept, shifted } from '../core/record.ts'
import { type Batch, batchOf, type Summary, summaryOf } from '../core/saved.ts'
import { isEnd, isPiece } from '../core/turn.ts'
import type { History, HistoryTrouble } from '../io/history.ts'

/** Text that streams in is on disk after at most so many ms. No timer runs while nothing comes. */
const NOTE_MS = 200
/** How long to wait, in ms, before a write that failed for a passing reason is tried again. */
const AGAIN_MS = 250

/** A conversation's place in the history. */
interface Place {
  /** null: it has no row yet. */
  id: number | null
  /** Rows of events it has there. */
  rows: number
}

export interface Recorder {
  /** Takes in what happened. @param state the state after it */
  follow(state: State, event: Event): void
  /** The conversation is this one from now on: it was resumed. */
  adopt(id: number, rows: number): void
  /** Its number in the history; null: it has none yet. */
  readonly conversation: number | null
  /** Saves what still can be, now. @returns what could not be: a problem in words, and the events */
  close(): { readonly problem: string; readonly unsaved: readonly Event[] } | null
}

export interface RecorderParts {
  /** Kind of the conversations it begins. */
  readonly kind: 'chat' | 'single'
  /** Milliseconds to add to the monotonic clock for those since 1970. */
  readonly origin: number
  readonly history: Pick<History, 'begin' | 'append' | 'note' | 'copy' | 'rest' | 'one'>
  /** Told of trouble, and of its end (null); and when a conversation had to go on as a copy. */
  readonly onTrouble: (trouble: HistoryTrouble | null) => void
  readonly onCopied: () => void
}

export function createRecorder({ kind, origin, history, onTrouble, onCopied }: RecorderParts): Recorder {
  let place: Place = { id: null, rows: 0 }
  /** Events of the running turn, as they are saved. */
  let flight: Event[] = []
  let flown: Place = place
  /** How many of them have been noted, in how many notes. */
  let noted = 0
  let notes = 0
  let noting: NodeJS.Timeout | undefined
  let trouble: HistoryTrouble | null = null
  let again: NodeJS.Timeout | undefined
  /** What has to be saved, in order. */
  const waiting: { readonly events: readonly Event[]; readonly save: () => void }[] = []
  let before: State | null = null

  const tell = (next: HistoryTrouble | null) => {
    if (next?.kind !== trouble?.kind) onTrouble(next)
    trouble = next
  }

  /** Saves what waits until something goes wrong. @returns whether all of it is saved */
  const work = (): boolean => {
    clearTimeout(again)
    again = undefined
    try {
      for (let job = waiting[0]; job; job = waiting[0]) {
        job.save()
        waiting.shift()
      }
      tell(null)
      return true
    } catch (error) {
      tell(error as HistoryTrouble)
      if (trouble?.passes) again = setTimeout(work, AGAIN_MS)
      return false
    }
  }

  const begun = (where: Place, summary: Summary, wallMs: number): number => {
    where.id ??= history.begin(kind, summary, wallMs)
    return where.id
  }

  const settle = (where: Place, batch: Batch) => {
    waiting.push({
      events: batch.events,
      save() {
        let id = begun(where, batch.summary, batch.wallMs)
        let rows = history.append(id, where.rows, batch)
        if (rows === null) {
          if (history.one(id) === null) {
            // It was deleted for good while it lay open here: what is said from now on is a conversation of its own.
            id = history.begin(kind, batch.summary, batch.wallMs)
            where.rows = 0
          } else {
            // Another terminal went on with it: two different ends need two conversations.
            id = history.copy(id, where.rows, batch.summary.title)
            onCopied()
          }
          where.id = id
          rows = history.append(id, where.rows, batch)
        }
        where.rows = rows ?? where.rows
      },
    })
    work()
  }

  const note = (state: State) => {
    clearTimeout(noting)
    noting = undefined
    if (noted === flight.length || waiting.length > 0) return
    const last = flight.at(-1)!
    const wallMs = 'at' in last ? last.at : (state.live?.times.asked ?? 0) + origin
    try {
      const id = begun(flown, summaryOf(state), wallMs)
      history.note(id, ++notes, condensed(flight.slice(noted)), wallMs)
      noted = flight.length
      tell(null)
    } catch (error) {
      // It is tried again with the next words, and all of them are saved when the turn is over.
      tell(error as HistoryTrouble)
    }
  }

  return {
    follow(state, event) {
      const wasLive = before?.live ?? null
      const former = before
      before = state
      if (event.type === 'resumed') return
      const saved = kept(event, state)
      if (event.type === 'cleared' && !wasLive) place = { id: null, rows: 0 }
      if (!saved) return
      const entry = shifted(saved, origin)
      if (!wasLive && !state.live) {
        // What was chosen before the first question is told with it.
        if (place.id !== null || state.turns.length > 0)
          settle(place, batchOf([entry], state, nowOf(entry, state, origin)))
        return
      }
      if (!wasLive) {
        flown = place
        if (place.rows === 0) flight.push(...said(state))
      }
      flight.push(entry)
      if (isEnd(event)) {
        clearTimeout(noting)
        noting = undefined
        // A cleared conversation is gone from the state, and is still saved to its end.
        const whole = former?.clearing
          ? { ...former, live: null, settled: state.settled, turns: [...former.turns, state.settled!] }
          : state
        const batch = batchOf(flight, whole, event.at + origin)
        flight = []
        noted = notes = 0
        settle(flown, batch)
        if (former?.clearing) place = { id: null, rows: 0 }
        flown = place
        if (!state.live && trouble === null) rest()
        return
      }
      if (!isPiece(event)) return note(state)
      noting ??= setTimeout(() => note(before!), NOTE_MS)
    },
    adopt(id, rows) {
      place = { id, rows }
    },
    get conversation() {
      return place.id
    },
    close() {
      clearTimeout(noting)
      if (flight.length > 0 && before) note(before)
      const isSaved = work()
      clearTimeout(again)
      if (isSaved && noted === flight.length) return null
      return { problem: trouble?.message ?? '', unsaved: [...waiting.flatMap(({ events }) => events), ...flight] }
    },
  }

  function rest() {
    try {
      history.rest()
    } catch {
      // It is tried again after the next turn; nothing is lost meanwhile.
    }
  }
}

/** What was chosen before the first question, as events of the conversation that begins with it. */
function said({ choices, title }: State): Event[] {
  return [{ type: 'chosen', choices }, ...(title ? [{ type: 'titled' as const, title: title.text, by: title.by }] : [])]
}

/** When an event without a time of its own happened: with the last thing that had one. */
function nowOf(event: Event, { settled }: State, origin: number): number {
  return 'at' in event ? event.at : (settled?.times.ended ?? 0) + origin
}
