/** A recording played in the test's own process, through everything but a screen. */

import { type Event, newConversation, type State } from '../../src/core/conversation.ts'
import { CATALOGUE, overlay } from '../../src/core/models.ts'
import type { Tape } from '../../src/core/tape/tape.ts'
import type { TurnEvent } from '../../src/core/turn.ts'
import { CHAT_PATIENCE } from '../../src/core/weather/resilience.ts'
import { createApi } from '../../src/io/api.ts'
import { travel } from '../../src/road.ts'
import { createRuntime } from '../../src/runtime.ts'
import { shelfOf } from '../../src/tape/bytes.ts'
import { openReplay } from '../../src/tape/replay.ts'
import { loadTape } from '../../src/tape/setup.ts'

export interface Replayed {
  /** What happened on the road, in order. */
  readonly events: readonly TurnEvent[]
  /** All that happened in the conversation, questions included. */
  readonly story: readonly Event[]
  readonly state: State
  /** What was said about differences. */
  readonly notes: readonly string[]
  /** Answers nobody asked for. */
  readonly left: number
}

/**
 * Plays a recording without waiting. What is hung on a moment of it holds: a stop comes after the very same words.
 * @param change makes another tape of it first
 */
export async function replayed(path: string, change: (tape: Tape) => Tape = (tape) => tape): Promise<Replayed> {
  const tape = change(await loadTape(path))
  const speed = Number.POSITIVE_INFINITY
  const replay = await openReplay(tape, 'a recording', speed)
  const credential = { kind: 'none-needed', origin: 'a test' } as const
  const now = () => performance.now()
  const api = replay.endingWithTape(
    createApi({ baseUrl: replay.url, credential, now, around: replay.around, shelf: shelfOf(tape) }),
  )
  const events: TurnEvent[] = []
  const story: Event[] = []
  const notes: string[] = []
  replay.onNote((line) => notes.push(line))
  const runtime = createRuntime({
    state: newConversation(tape.head.choices, overlay(CATALOGUE, tape.head.models)),
    frame: (flush) => flush(),
    send: (request, signal, emit) =>
      travel(
        request,
        signal,
        (event) => {
          if (event.type !== 'alive') events.push(event)
          emit(event)
        },
        { api, patience: CHAT_PATIENCE, stallAfterMs: 10_000, now, chance: () => 0, speed },
      ),
  })
  runtime.subscribe((_, event) => story.push(event))
  try {
    await replay.perform(runtime)
    return { events, story, state: runtime.state, notes, left: replay.left }
  } finally {
    api.close()
    replay.close()
  }
}
