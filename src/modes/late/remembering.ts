/**
 * The door to `remembering`, which is loaded after the first paint: until then what happens is noted, and a message
 * waits where the command line names a conversation to go on with.
 */

import type { Args } from '../../args.ts'
import { wantsPast } from '../../args.ts'
import type { Event, State } from '../../core/conversation.ts'
import type { Memory } from '../chat/commands.ts'
import type { Open } from '../history/recording.ts'
import type { Remembering, RememberingParts } from '../history/remembering.ts'

export interface LateRemembering {
  follow(state: State, event: Event): void
  /** Resolves when it is clear whether the person has to choose a conversation. */
  chosen(): Promise<void>
  /** Loads it and opens the history, once. */
  open(): Promise<void>
  /** Does it once an earlier conversation has been found, if one is looked for; else at once. */
  whenReady(deed: () => void): void
  /** The history; null: there is none. */
  history(): Promise<Open | null>
  run(memory: Memory, say: (text: string) => void): Promise<void>
  /** Goes on with an earlier conversation. */
  resume(id: number): Promise<void>
  /** The one key: goes on from what was cut off. @returns whether there is such a thing */
  goOn(): boolean
  /** What could be gone on from, in words; null: nothing. */
  readonly offer: string | null
  close(): string | null
}

export function lateRemembering(args: Args, parts: RememberingParts): LateRemembering {
  let remembering: Remembering | null = null
  let loading: Promise<Remembering> | null = null
  let isReady = !wantsPast(args)
  const untold: (readonly [State, Event])[] = []
  const waiting: (() => void)[] = []

  let ready: Promise<void> = Promise.resolve()
  const load = () => {
    loading ??= import('../history/remembering.ts').then(({ createRemembering }) => {
      remembering = createRemembering(parts)
      for (const [state, event] of untold.splice(0)) remembering.follow(state, event)
      ready = remembering.open().then(() => {
        isReady = true
        for (const deed of waiting.splice(0)) deed()
      })
      return remembering
    })
    return loading
  }
  return {
    follow(state, event) {
      if (remembering) return remembering.follow(state, event)
      untold.push([state, event])
      // A question that comes this early must not be lost either. It goes out first, and is saved before the rest is loaded.
      if (event.type === 'sent') void load()
    },
    open: () => load().then(() => ready),
    chosen: () => load().then((loaded) => loaded.chosen),
    whenReady(deed) {
      if (isReady) return deed()
      waiting.push(deed)
      void load()
    },
    history: () => load().then((loaded) => loaded.history()),
    run: (memory, say) => load().then((loaded) => loaded.run(memory, say)),
    resume: (id) => load().then(async (loaded) => void (await loaded.resume(id))),
    goOn() {
      if (!remembering?.unfinished) return false
      void remembering.goOn()
      return true
    },
    get offer() {
      return remembering?.unfinished ? 'Tab goes on from where it was cut off' : null
    },
    close: () => remembering?.close() ?? null,
  }
}
