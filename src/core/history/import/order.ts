/** Whether events can follow each other: where one goes back to there is a turn, and what is said is said in one. */

import type { Event } from '../../conversation.ts'
import { describe } from '../../problem.ts'
import { isEnd, isPiece } from '../../turn.ts'
import type { Flaw } from './arrival.ts'
import { timeFlaw } from './times.ts'

export interface Order {
  /** Takes the next event in. @returns what is wrong with its place or its time; null: nothing */
  take(event: Event): Flaw | null
  /** Number of the last turn that was asked; 0: none yet. */
  readonly turn: number
}

/** @param goesOn they follow events that nobody has seen here: a turn may be running, and others be known */
export function order(goesOn = false): Order {
  let isLive = false
  let queued = 0
  let turn = 0
  const begin = () => {
    isLive = true
    turn++
  }

  const misplaced = (event: Event): Flaw | null => {
    if (goesOn) return null
    if (event.type === 'moved' && !isLive && event.to !== null && event.to > turn)
      return { expected: 'to: the number of a turn before it, or null', came: describe(event.to) }
    if (isPiece(event) && !isLive && event.text !== '')
      return { expected: `a question before this ${event.type}`, came: 'none' }
    return null
  }

  return {
    take(event) {
      const flaw =
        ('at' in event ? timeFlaw(event.at, 'at') : null) ??
        ('since' in event && event.since !== undefined ? timeFlaw(event.since, 'since') : null) ??
        misplaced(event)
      if (flaw) return flaw
      if (event.type === 'asked') {
        if (isLive) queued++
        else begin()
      } else if (event.type === 'unqueued') queued = 0
      else if (isEnd(event) && isLive) {
        isLive = false
        if (event.type !== 'finished' || queued === 0) return null
        queued--
        begin()
      }
      return null
    },
    get turn() {
      return turn
    },
  }
}
