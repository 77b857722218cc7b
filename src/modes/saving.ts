/** The history of a one-shot: what it goes on with, and that it is saved, none of which may make anybody wait. */

import type { Args } from '../args.ts'
import type { Event, State } from '../core/conversation.ts'
import { Ending, EXIT } from '../core/outcome.ts'
import { wallOrigin } from '../io/wall-clock.ts'
import type { Setup } from '../setup.ts'
import type { Recording } from './recording.ts'

export interface Saving {
  /** The state the question is asked in. @throws Ending when the conversation that is meant cannot be had */
  past(): Promise<State>
  follow(state: State, event: Event): void
  close(): Promise<void>
}

/** @param note takes a line for people */
export function savingOf(args: Args, { settings, state, isDemo }: Setup, note: (line: string) => void): Saving {
  const isKept = settings.history === 'on' && args.flags['no-session'] !== true
  const untold: (readonly [State, Event])[] = []
  let recording: Promise<Recording> | null = null
  let told: Recording | null = null

  const load = () => {
    recording ??= import('./recording.ts').then(({ createRecording }) => {
      told = createRecording(isKept, {
        env: process.env,
        isDemo,
        kind: 'single',
        onTrouble: (trouble) => trouble && note(trouble.message),
        onCopied: () => note('The conversation went on elsewhere meanwhile: this answer is saved in a copy of it.'),
      })
      for (const [after, event] of untold.splice(0)) told.follow(after, event)
      return told
    })
    return recording
  }

  return {
    async past() {
      if (args.flags.continue !== true && args.flags.resume === undefined) return state
      const [{ meantBy }, { recall, settleUnfinished }] = await Promise.all([
        import('./resume-choice.ts'),
        import('./recall.ts'),
      ])
      const open = await (await load()).open()
      if (!open) throw new Ending(EXIT.key, 'Without a history there is nothing to go on with.')
      const { history, recorder } = open
      const parts = { history, fresh: state, origin: wallOrigin() }
      await settleUnfinished(parts)
      const meant = meantBy(args, history)
      if (meant.type !== 'one') {
        const which = 'Name one by its id or title; `claude-tui sessions list` shows them.'
        throw new Ending(EXIT.usage, `${meant.problem ?? '--resume takes an id or a title here.'} ${which}`)
      }
      const recalled = await recall(meant.conversation.id, parts)
      recorder.adopt(recalled.id, recalled.rows)
      return recalled.state
    },
    follow(after, event) {
      if (!isKept) return
      if (told) told.follow(after, event)
      else untold.push([after, event])
      // The request goes first: the history is opened while its answer is awaited.
      if (event.type === 'sent') setImmediate(() => void load().then((loaded) => loaded.open()))
    },
    async close() {
      if (!isKept) return
      const loaded = await load()
      await loaded.open()
      const left = loaded.close()
      if (left) note(left)
    },
  }
}
