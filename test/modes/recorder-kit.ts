/** A program's life as far as its recorder sees it: events happen, and each is told with the state it leads to. */

import { type Event, fold, type State } from '../../src/core/conversation.ts'
import type { Aside, Unsaved } from '../../src/io/aside.ts'
import type { Recorder, RecorderHistory } from '../../src/modes/history/recorder/parts.ts'
import { createRecorder } from '../../src/modes/history/recorder.ts'
import { fresh } from '../kit/lived.ts'

export interface Life {
  readonly recorder: Recorder
  readonly state: State
  /** Troubles that were told, by kind; null: it is over. */
  readonly troubles: readonly (string | null)[]
  readonly copies: number
  /** Times a conversation was found in the bin, and went on. */
  readonly takenOut: number
  /** What is kept beside the history just now. */
  readonly aside: readonly Unsaved[]
  happen(...events: readonly Event[]): void
  /** An earlier conversation takes the place of this one. */
  resume(past: { readonly id: number; readonly rows: number; readonly state: State }): void
}

/** Events carry times of 1970 here: the clock that stamps them shows them already. */
export function life(history: RecorderHistory | null): Life {
  const troubles: (string | null)[] = []
  let copies = 0
  let takenOut = 0
  let state = fresh()
  const pile = asideInMemory()
  const recorder = createRecorder({
    kind: 'chat',
    origin: () => 0,
    onTrouble: (trouble) => troubles.push(trouble?.kind ?? null),
    onCopied: () => copies++,
    onTakenOut: () => takenOut++,
    aside: pile,
  })
  if (history) recorder.attach(history)
  return {
    recorder,
    troubles,
    get state() {
      return state
    },
    get copies() {
      return copies
    },
    get takenOut() {
      return takenOut
    },
    get aside() {
      return pile.kept
    },
    happen(...events) {
      for (const event of events) {
        state = fold(state, [event])
        recorder.follow(state, event)
      }
    },
    resume({ id, rows, state: past }) {
      recorder.adopt(id, rows, history!.one(id)!.uid)
      this.happen({ type: 'resumed', past })
    },
  }
}

/** A file beside the history that is none. */
export function asideInMemory(): Aside & { readonly kept: readonly Unsaved[] } {
  let kept: readonly Unsaved[] = []
  return {
    path: '',
    get kept() {
      return kept
    },
    write(conversations) {
      kept = conversations
    },
    add(events) {
      const last = kept.at(-1)!
      kept = [...kept.slice(0, -1), { ...last, events: [...last.events, ...events] }]
    },
    drop() {
      kept = []
    },
  }
}
