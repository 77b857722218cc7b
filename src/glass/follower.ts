/** Lays out what happens as it happens, or, while the window is dragged, once it rests: for the width it then has. */

import type { Event, State } from '../core/conversation.ts'
import type { Stage } from './stage.ts'
import type { Transcript } from './transcript.ts'

export interface Follower {
  follow(state: State, event: Event): void
  /** The window rests: what happened meanwhile is laid out now, in order. */
  catchUp(): void
}

export function createFollower(
  transcript: Pick<Transcript, 'follow'>,
  stage: Pick<Stage, 'settle'>,
  resizing: () => boolean,
): Follower {
  const unlaid: (readonly [State, Event])[] = []
  const catchUp = () => {
    for (const [state, event] of unlaid.splice(0)) stage.settle(transcript.follow(state, event))
  }
  return {
    follow(state, event) {
      unlaid.push([state, event])
      if (!resizing()) catchUp()
    },
    catchUp,
  }
}
