/** The history of a one-shot: what it goes on with, and that it is saved, none of which may make anybody wait. */

import { existsSync } from 'node:fs'
import type { Args } from '../../args.ts'
import { type Event, type State, update } from '../../core/conversation.ts'
import { called } from '../../core/text/called.ts'
import { Ending, EXIT } from '../../core/turn/outcome.ts'
import { endedWith } from '../../core/turn/told-to-end.ts'
import { wallOrigin } from '../../io/process/wall-clock.ts'
import type { Setup } from '../../setup.ts'
import type { Open, Recording } from '../history/recording.ts'
import type { Meant } from '../history/resume-choice.ts'

export interface Saving {
  /** The state the question is asked in. @throws Ending when the conversation that is meant cannot be had */
  past(): Promise<State>
  follow(state: State, event: Event): void
  close(): Promise<void>
}

/** @param note takes a line for people */
export function savingOf(args: Args, { settings, state, isDemo, shelf }: Setup, note: (line: string) => void): Saving {
  const isKept = settings.history === 'on'
  const untold: (readonly [State, Event])[] = []
  let recording: Promise<Recording> | null = null
  let told: Recording | null = null
  let now = state
  let problem = ''

  const load = () => {
    recording ??= import('../history/recording.ts').then(({ createRecording }) => {
      told = createRecording(isKept, {
        env: process.env,
        isDemo,
        kind: 'single',
        shelf: () => shelf,
        // It may pass before the end, which tells what could not be saved, and why.
        onTrouble(trouble) {
          problem = trouble?.message ?? ''
        },
        onCopied: () => note('The conversation went on elsewhere meanwhile: this answer is saved in a copy of it.'),
        onTakenOut: () =>
          note('The conversation was deleted elsewhere meanwhile: it went on, so it is out of the bin.'),
      })
      for (const [after, event] of untold.splice(0)) told.follow(after, event)
      return told
    })
    return recording
  }

  const leave = () => {
    process.off('exit', leaveEarly)
    const left = told?.close()
    if (left) note(left)
  }

  /** Whoever read the answer has seen enough, or the program is told to end. */
  const leaveEarly = (code: number) => {
    const event = endedWith(code, performance.now())
    if (now.live) told?.follow(update(now, event).state, event)
    leave()
  }
  if (isKept) process.once('exit', leaveEarly)

  /** What a chat does for the history in a quiet moment. The answer is out, and nobody has to know. */
  const tend = async ({ history, recorder }: Open) => {
    try {
      // Nearly always there is nothing to do, and to find that out nothing has to be loaded.
      if (history.isAbandoned() || told?.isAnyLeft()) {
        const { settleUnfinished } = await import('../history/recall.ts')
        await settleUnfinished({ history, fresh: state, origin: wallOrigin(), tell: note })
      }
      if (!history.isUntidy(Date.now())) return
      const { tidyBriefly } = await import('../history/retention.ts')
      tidyBriefly(history, settings.keepDays, Date.now(), recorder.conversation)
    } catch {
      // Another program has the same chance.
    }
  }

  return {
    async past() {
      if (args.flags.continue !== true && args.flags.resume === undefined) return state
      const [{ meantBy, NONE_YET }, { recall, settleUnfinished }, { HistoryTrouble, historyPath }] = await Promise.all([
        import('../history/resume-choice.ts'),
        import('../history/recall.ts'),
        import('../../io/history.ts'),
      ])
      // Whoever asks in vain leaves no file behind.
      if (!existsSync(historyPath(process.env, isDemo))) throw await notOne(NONE_YET, called(isDemo))
      const open = await (await load()).open()
      if (!open) throw new Ending(EXIT.key, `${problem} Without a history there is nothing to go on with.`.trim())
      const { history, recorder } = open
      const parts = { history, fresh: state, origin: wallOrigin(), tell: note }
      try {
        if (!open.isReadOnly) await settleUnfinished(parts)
        const meant = meantBy(args, history)
        if (meant.type !== 'one') throw await notOne(meant, called(isDemo))
        const recalled = await recall(meant.conversation.id, parts)
        recorder.adopt(recalled.id, recalled.rows, meant.conversation.uid)
        return recalled.state
      } catch (error) {
        throw error instanceof HistoryTrouble ? new Ending(EXIT.key, error.message) : error
      }
    },
    follow(after, event) {
      if (!isKept) return
      now = after
      if (told) told.follow(after, event)
      else untold.push([after, event])
      // The request goes first: the history is opened while its answer is awaited.
      if (event.type === 'sent') setImmediate(() => void load().then((loaded) => loaded.open()))
    },
    async close() {
      if (!isKept) return
      const open = await (await load()).open()
      if (open && !open.isReadOnly && now.settled?.end?.type === 'finished') await tend(open)
      leave()
    },
  }
}

/** Nobody is there to choose. */
async function notOne(meant: Exclude<Meant, { type: 'one' }>, program: string): Promise<Ending> {
  if (meant.type === 'none')
    return new Ending(EXIT.usage, `${meant.problem} Without --continue or --resume one begins.`)
  const { stderr } = process
  const { matchLines } = await import('../sessions/found.ts')
  const problem = meant.problem ?? '--resume takes an id or a title here.'
  const which =
    meant.matches.length > 0
      ? ['Name one by its id:', ...matchLines(meant.matches, Date.now(), stderr.isTTY ? stderr.columns : null)].join(
          '\n',
        )
      : `Name one by its id or title; \`${program} sessions list\` shows them.`
  return new Ending(EXIT.usage, `${problem} ${which}`)
}
