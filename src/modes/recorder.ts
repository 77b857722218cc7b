/**
 * Saves a conversation while it happens: settled events at once, a running turn every moment, so that whatever ends the
 * program, hardly a word is lost. As long as the history cannot be written the chat goes on, and what is unsaved waits
 * in a file beside it.
 */

import { randomUUID } from 'node:crypto'
import type { Event, State } from '../core/conversation.ts'
import { isCutOff } from '../core/going-on.ts'
import { condensed, kept, shifted } from '../core/record.ts'
import { type Batch, batchOf, type Past, pastOf, summaryOf } from '../core/saved.ts'
import { isEnd, isPiece } from '../core/turn.ts'
import type { Aside, Unsaved } from '../io/aside.ts'
import type { Shelf } from '../io/attachments/shelf.ts'
import { hashesIn } from '../io/history/blobs.ts'
import type { History, HistoryTrouble } from '../io/history.ts'
import { keepingAside, unsaved } from './keeping-aside.ts'
import { paidAhead } from './paid-ahead.ts'
import { timer } from './timer.ts'

/** Least time between two notes, in ms. What comes after a pause is noted at once; no timer runs while nothing comes. */
const NOTE_MS = 100
/** Notes of one turn after which a moment is taken to tidy up, though the turn still runs: its side file grows. */
const NOTES_TO_REST = 500
/** How long after a turn, and after the start, to wait, in ms, before tidying up: whatever follows comes first. */
const REST_MS = 1_000
/** How long to wait, in ms, before a write that failed for a passing reason is tried again: longer each time. */
const AGAIN_MS = { first: 20, most: 2_000 } as const
/** Another program that writes is a trouble, in ms, only when it does not let go. */
const BUSY_TOLD_MS = 2_000
/** Until then, in ms, another program that writes is waited for without keeping anything aside. */
const ASIDE_AFTER_MS = 100
/** How long the end of a program may wait, in ms, for another one that writes. */
const LAST_WAIT_MS = 1_000

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

const flightFrom = (place: Place, origin: number, first: readonly Event[]): Flight => ({
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

export function createRecorder({
  kind,
  origin,
  onTrouble,
  onCopied,
  onTakenOut,
  aside,
  shelf,
  requestFirst,
}: RecorderParts): Recorder {
  let history: RecorderHistory | null = null
  const nowhere = (): Place => ({ uid: randomUUID(), id: null, rows: 0, isBegun: false })
  const keeping = keepingAside(aside, kind)
  let place = nowhere()
  let turn = flightFrom(place, 0, [])
  let before: State | null = null
  const ahead = paidAhead()
  /** What has to be saved, in order. */
  const jobs: Job[] = []
  const noting = timer(() => save())
  const resting = timer(() => rest())
  const again = timer(() => save())
  let trouble: HistoryTrouble | null = null
  let told: HistoryTrouble | null = null
  let busySince: number | null = null
  let againMs: number = AGAIN_MS.first
  let notedAt = Number.NEGATIVE_INFINITY

  const tell = (next: HistoryTrouble | null) => {
    trouble = next
    busySince = next?.kind === 'busy' ? (busySince ?? performance.now()) : null
    if (busySince !== null && performance.now() - busySince < BUSY_TOLD_MS) return
    if (next?.kind !== told?.kind) onTrouble(next)
    told = next
  }

  /** Saves what waits until something goes wrong. @returns what went wrong, or null */
  const save = (): HistoryTrouble | null => {
    noting.stop()
    again.stop()
    if (!history) {
      keepAside()
      return trouble
    }
    try {
      for (let job = jobs[0]; job; job = jobs[0]) {
        settle(history, job)
        jobs.shift()
      }
      note(history)
      ahead.settle(history)
    } catch (error) {
      const problem = error as HistoryTrouble
      tell(problem)
      if (busySince === null || performance.now() - busySince >= ASIDE_AFTER_MS) keepAside()
      // Also after what does not pass by itself the next turn tries again, and the end of the program does.
      if (problem.passes) again.start(againMs)
      againMs = Math.min(2 * againMs, AGAIN_MS.most)
      return problem
    }
    againMs = AGAIN_MS.first
    tell(null)
    keeping.drop()
    return null
  }
  const isUnsaved = () => jobs.length > 0 || turn.noted < turn.events.length
  const keepAside = (): boolean => !isUnsaved() || keeping.keep(jobs, turn)

  const settle = (to: RecorderHistory, { place: where, batch, isOpen, past }: Job) => {
    const saved = to.together(() => {
      let id = where.id ?? to.begin(kind, batch.summary, batch.wallMs, where.uid)
      let { uid } = where
      let rows = to.append(id, where.rows, batch)
      const isCopy = rows === null
      if (isCopy) {
        // Another terminal went on with it: two different ends need two conversations.
        const copy = to.copy(id, where.rows, past())
        id = copy.id
        uid = copy.uid
        rows = to.append(id, copy.rows, batch)
      }
      shelve(to, batch.events)
      // The next turn is under way without an event of its own: whoever finds this after a crash has to know. And what
      // was cut off is offered by no other program as long as this one is there.
      if (isOpen) to.note(id, rows!, [], batch.wallMs)
      else if (kind === 'chat' && where === place) to.occupy(id, batch.wallMs)
      return { id, uid, rows: rows!, isCopy, isTakenOut: to.takeOut(id) }
    })
    where.id = saved.id
    where.uid = saved.uid
    where.rows = saved.rows
    if (saved.isCopy) onCopied()
    if (saved.isTakenOut) onTakenOut()
  }

  /** The bytes go with the events that speak of them. */
  const shelve = (to: RecorderHistory, events: readonly Event[]) => {
    for (const hash of hashesIn(events)) to.shelve(hash, () => shelf?.().get(hash) ?? null)
  }

  const note = (to: RecorderHistory) => {
    const { place: where, events, noted } = turn
    if (noted === events.length || !before) return
    const last = events.at(-1)!
    const wallMs = 'at' in last ? last.at : (before.live?.times.asked ?? 0) + turn.origin
    const summary = summaryOf(before)
    // A question whose answer finds no room would look cut off for ever.
    if (noted === 0) to.makeSure()
    const { id, isTakenOut } = to.together(() => {
      const id = where.id ?? to.begin(kind, summary, wallMs, where.uid)
      to.note(id, where.rows, condensed(events.slice(noted)), wallMs)
      shelve(to, events.slice(noted))
      return { id, isTakenOut: noted === 0 && to.takeOut(id) }
    })
    where.id = id
    if (isTakenOut) onTakenOut()
    turn.noted = events.length
    notedAt = performance.now()
    if (++turn.notes % NOTES_TO_REST === 0) rest()
  }

  /** Whether it is open here matters to those who tidy up, and to nobody else. */
  const quietly = (deed: (to: RecorderHistory) => void) => {
    try {
      if (history) deed(history)
    } catch {
      // Then it counts as open for as long as this program runs.
    }
  }
  const leave = ({ id }: Place) => quietly((to) => id !== null && to.vacate(id))

  const rest = () => {
    try {
      history?.rest()
    } catch {
      // It is tried again after the next turn; nothing is lost meanwhile.
    }
  }

  const takeOff = (first: readonly Event[]) => {
    turn = flightFrom(place, origin(), first)
    place.isBegun = true
  }

  return {
    follow(state, event) {
      const former = before ?? state
      const wasLive = before?.live ?? null
      before = state
      if (event.type === 'cleared' && !wasLive) {
        leave(place)
        place = nowhere()
      }
      const saved = event.type === 'resumed' ? null : kept(event, state)
      if (!saved) return

      if (!wasLive && !state.live) {
        // What was chosen before the first question is told with it, and so is what was paid.
        if (!place.isBegun) {
          if (event.type !== 'billed') return
          const entry = shifted(saved, origin())
          ahead.add(entry, state.sideCalls.at(-1)!, event.at + origin())
          save()
          return
        }
        const by = origin()
        const entry = shifted(saved, by)
        const wallMs = 'at' in entry ? entry.at : (state.settled?.times.ended ?? 0) + by
        const batch = batchOf([entry], state, wallMs)
        jobs.push({ place, events: [entry], batch, isOpen: isCutOff(state), past: () => pastOf(former, wallMs) })
        save()
        return
      }
      if (!wasLive) takeOff(place.isBegun ? [] : [...chosen(state), ...ahead.take()])
      const entry = shifted(saved, turn.origin)
      turn.events.push(entry)
      if (isEnd(event)) {
        const wallMs = event.at + turn.origin
        const batch = batchOf(turn.events, whole(former, state), wallMs)
        const isOpen = state.live !== null || isCutOff(state)
        jobs.push({ place: turn.place, events: turn.events, batch, isOpen, past: () => pastOf(former, wallMs) })
        if (former.clearing) place = nowhere()
        if (state.live) takeOff([])
        else turn = flightFrom(place, 0, [])
        if (save() === null && !state.live) resting.start(REST_MS)
      } else if (event.type === 'asked') {
        if (!requestFirst) return void save()
        noting.stop()
        noting.start(0)
      } else if (isPiece(event)) {
        // It may be waiting for what says less than a word.
        noting.stop()
        noting.start(Math.max(0, notedAt + NOTE_MS - performance.now()))
      } else noting.start(NOTE_MS)
    },
    attach(to) {
      history = to
      save()
      resting.start(REST_MS)
    },
    fail(problem) {
      tell(problem)
      keepAside()
    },
    adopt(id, rows, uid) {
      leave(place)
      place = { uid, id, rows, isBegun: true }
      if (kind === 'chat') quietly((to) => to.occupy(id, performance.now() + origin()))
    },
    get conversation() {
      return place.id
    },
    close() {
      if (history && (isUnsaved() || !ahead.isSettled)) {
        history.wait(LAST_WAIT_MS)
        save()
      }
      for (const one of [noting, again, resting]) one.stop()
      leave(place)
      if (!isUnsaved()) return null
      const isLost = !keepAside()
      return { problem: trouble?.fact ?? '', conversations: unsaved(jobs, turn, kind), isLost }
    },
  }
}

/** What was chosen before the first question, as events of the conversation that begins with it. */
function chosen(state: State): Event[] {
  const { choices, title } = state
  return [
    kept({ type: 'chosen', choices }, state)!,
    ...(title ? [{ type: 'titled' as const, title: title.text, by: title.by }] : []),
  ]
}

/** A conversation that was cleared while its last turn ran is gone from the state, and is still saved to its end. */
function whole(former: State, state: State): State {
  if (!former.clearing) return state
  return { ...former, live: null, settled: state.settled, turns: [...former.turns, state.settled!] }
}
