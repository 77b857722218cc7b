/**
 * Saves a conversation while it happens: settled events at once, a running turn every moment, so that whatever ends the
 * program, hardly a word is lost. As long as the history cannot be written the chat goes on, and what is unsaved waits
 * in a file beside it.
 */

import { randomUUID } from 'node:crypto'
import type { Event, State } from '../../core/conversation.ts'
import { kept, shifted } from '../../core/history/record.ts'
import { batchOf, pastOf } from '../../core/history/saved.ts'
import { isCutOff } from '../../core/turn/going-on.ts'
import { isEnd, isPiece } from '../../core/turn.ts'
import type { HistoryTrouble } from '../../io/history.ts'
import { keepingAside, unsaved } from './keeping-aside.ts'
import { paidAhead } from './paid-ahead.ts'
import {
  flightFrom,
  type Job,
  type Place,
  type Recorder,
  type RecorderHistory,
  type RecorderParts,
} from './recorder/parts.ts'
import { createWriting } from './recorder/writing.ts'
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
  const writing = createWriting({ kind, onCopied, onTakenOut, shelf })
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
        writing.settle(history, job, job.place === place)
        jobs.shift()
      }
      if (writing.note(history, turn, before)) {
        notedAt = performance.now()
        if (turn.notes % NOTES_TO_REST === 0) rest()
      }
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
