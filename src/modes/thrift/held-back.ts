/** A question that a keeper held back: why is said, and sent once more as it is, it goes out. */

import type { Question } from '../../core/attachments.ts'
import type { Event } from '../../core/conversation.ts'
import { isEnd } from '../../core/turn.ts'
import type { ThriftParts } from '../thrift.ts'

export interface HeldBack {
  /** The question; null: none is held back. */
  readonly question: Question | null
  /** Lays it back into the composer, and says why: while an answer runs above the bar, and in full once that is over. */
  hold(question: Question, why: string): void
  /** Why was said already, by somebody else. */
  toldOf(question: Question): void
  follow(event: Event): void
  /** What is said of it while an answer runs; null: nothing. */
  readonly tag: string | null
}

const AGAIN = 'Not sent yet: send it again unchanged to go ahead.'

export function heldBack({ runtime, say, compose, isInLines }: ThriftParts): HeldBack {
  let held: Question | null = null
  /** Not said yet: it would stand in the middle of an answer. */
  let late: string | null = null
  return {
    get question() {
      return held
    },
    hold(question, why) {
      held = question
      late = runtime.state.live && !isInLines ? why : null
      if (late === null) say([why, AGAIN])
      if (!isInLines) compose(question)
    },
    toldOf(question) {
      held = question
      late = null
    },
    follow(event) {
      if (event.type === 'asked') held = null
      if (held === null) late = null
      if (late === null || !isEnd(event)) return
      say([late, AGAIN])
      late = null
    },
    get tag() {
      return late && `${AGAIN} ${late}`
    },
  }
}
