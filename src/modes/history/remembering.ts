/**
 * The chat and its history: what happens is saved, an earlier conversation can take the place of this one, what was cut
 * off is offered to go on from, and a conversation gets its name. Opened after the first paint.
 */

import { type Args, wantsPast } from '../../args.ts'
import { askingOf } from '../../core/attachments.ts'
import { BUSY } from '../../core/conversation/branching.ts'
import { shortTitle } from '../../core/conversation/title.ts'
import type { Event, State } from '../../core/conversation.ts'
import { ago, money, turnsInWords } from '../../core/figures/words.ts'
import { about } from '../../core/figures.ts'
import { BIN_DAYS } from '../../core/history/retention.ts'
import { sayUnsent } from '../../core/models/levers.ts'
import { sanitiseLine } from '../../core/text/sanitise.ts'
import { type GoingOn, goingOn, sayOvertaken } from '../../core/turn/going-on.ts'
import type { History, Listed } from '../../io/history.ts'
import { wallOrigin } from '../../io/process/wall-clock.ts'
import type { Setup } from '../../setup.ts'
import type { Memory } from '../chat/commands.ts'
import { roomBeside } from '../thrift/beside-limits.ts'
import { flagsFirst } from './flags-first.ts'
import { createOffering } from './offering.ts'
import { recall, settleUnfinished } from './recall.ts'
import { createRecording, type Open } from './recording.ts'
import { type Meant, meantBy, named } from './resume-choice.ts'
import { askTitle, titleRequest } from './titling.ts'

/** When old conversations are looked for, once, in ms after the history was opened: nobody should wait for it. */
const TIDY_AFTER_MS = 5_000
const NOTHING = 'There is nothing to go on from.'
/** How long a name may take, in ms; nobody waits for it. */
const TITLE_WITHIN_MS = 30_000

export interface RememberingParts {
  readonly args: Args
  readonly env: Readonly<Record<string, string | undefined>>
  readonly setup: () => Setup
  readonly runtime: { readonly state: State; dispatch(event: Event): void }
  readonly now: () => number
  /** The key or the command that goes on from what was cut off. */
  readonly goesOn: string
  /** A remark in the transcript. */
  readonly say: (text: string) => void
  /** Shows the last turn of a conversation that has just been resumed. */
  readonly showLast: () => void
  /** Several conversations are meant: the person chooses. */
  readonly choose: (typed: string, open: Open) => void | Promise<void>
}

export interface Remembering {
  /** Cheap; to be called with everything that happens. */
  follow(state: State, event: Event): void
  /** Opens the history and finds what the command line asks for. Resolves when messages may be sent. */
  open(): Promise<void>
  /** Resolves, before that, when it is clear whether the person has to choose: until then nobody knows whose keys are. */
  readonly chosen: Promise<void>
  /** The history, for lists and searches; null: there is none. */
  history(): Promise<Open | null>
  /** Goes on with an earlier conversation. @returns whether it took the place of this one */
  resume(id: number): Promise<boolean>
  /** What the one key goes on from: the last turn, or one that was cut off before this program began. */
  readonly unfinished: { readonly id: number | null; readonly goingOn: GoingOn } | null
  /** Goes on from there. */
  goOn(): Promise<void>
  /** What a command asks of the history. */
  run(memory: Memory, say: (text: string) => void): Promise<void>
  /** @returns a line for the shell about what could not be saved, or null */
  close(): string | null
}

export function createRemembering(parts: RememberingParts): Remembering {
  const { args, env, setup, runtime, now, say } = parts
  const { isDemo, settings } = setup()
  const isKept = settings.history === 'on'
  const recording = createRecording(isKept, {
    env,
    isDemo,
    kind: 'chat',
    onTrouble: (trouble) => say(trouble ? trouble.message : 'The history is written again; nothing is missing.'),
    shelf: () => setup().shelf,
    onCopied: () => say('This conversation went on in another terminal: what is said here is saved in a copy of it.'),
    onTakenOut: () =>
      say('This conversation was deleted in another terminal. It goes on here, so it is out of the bin.'),
  })
  const offering = createOffering(parts.goesOn, say)
  let binned: number | null = null
  let isNaming = false
  const choosing = Promise.withResolvers<void>()

  let tidying: NodeJS.Timeout | undefined

  const tidy = async (history: History) => {
    const { tidyHistory } = await import('./retention.ts')
    if (!runtime.state.live) tidyHistory(history, settings.keepDays, Date.now())
  }

  const parse = (history: History) => ({
    history,
    fresh: { ...setup().state, models: runtime.state.models },
    origin: wallOrigin(),
    tell: say,
  })

  const resume = async (id: number): Promise<boolean> => {
    const open = await recording.open()
    if (!open || runtime.state.live) return false
    try {
      const { state, rows } = await recall(id, parse(open.history))
      const one = open.history.one(id)
      if (runtime.state.live || !one) return false
      open.recorder.adopt(id, rows, one.uid)
      runtime.dispatch({ type: 'resumed', past: state })
      // An event of its own, so that it is saved: what is asked from now on is asked so.
      const choices = flagsFirst(args, setup())
      if (choices) runtime.dispatch({ type: 'chosen', choices })
      offering.taken(id)
      say(`Resumed: ${describe(one, state, Date.now())}`)
      const unsent = sayUnsent(runtime.state)
      if (unsent !== '') say(unsent)
      parts.showLast()
      return true
    } catch (error) {
      say((error as Error).message)
      return false
    }
  }

  const take = async (meant: Meant, open: Open) => {
    if (meant.type === 'one') await resume(meant.conversation.id)
    else {
      if (meant.problem) say(meant.problem)
      if (meant.type === 'choose') await parts.choose(meant.typed, open)
    }
  }

  /** Turns whose programs are gone are settled; what was cut off is offered, unless something else was asked for. */
  const lookBack = async ({ history }: Open) => {
    await settleUnfinished(parse(history))
    if (!wantsPast(args)) await offering.find(parse(history), () => runtime.state)
  }

  /** Something else was asked: what was offered is not offered again. */
  const decline = async () => {
    const id = offering.decline()
    const open = id === null ? null : await recording.open()
    try {
      open?.history.decline(id!, Date.now())
    } catch {
      // Then it is offered once more; nothing is lost.
    }
  }

  /** @param id the conversation to go to; null: the present one */
  const goOn = async (id: number | null) => {
    if (id !== null && !(await resume(id))) return
    const next = goingOn(runtime.state)
    if (!next) return say('This has been gone on with meanwhile.')
    if (next.after !== next.turn.number) runtime.dispatch({ type: 'moved', to: next.after })
    runtime.dispatch({ type: 'asked', at: now(), ...askingOf(next.question) })
  }

  const name = async () => {
    const request = titleRequest(runtime.state)
    const { api, settings: current } = setup()
    if (!request || !api || isNaming || current.titles !== 'auto') return
    isNaming = true
    const { conversation } = (await recording.open())?.recorder ?? { conversation: null }
    const signal = AbortSignal.timeout(TITLE_WITHIN_MS)
    const fits = await roomBeside(request, () => runtime.state, { now, signal, withinMs: TITLE_WITHIN_MS / 2 })
    for (const event of fits ? await askTitle(request, api, signal) : []) {
      const isSame = (await recording.open())?.recorder.conversation === conversation
      if (isSame && (event.type === 'billed' || runtime.state.title === null)) runtime.dispatch(event)
    }
    isNaming = false
  }

  return {
    follow(state, event) {
      recording.follow(state, event)
      if (event.type === 'asked') void decline()
      if (event.type === 'finished' && isKept) void name()
    },
    chosen: choosing.promise,
    async open() {
      const open = await recording.open()
      try {
        if (open && !open.isReadOnly) {
          await lookBack(open)
          tidying = setTimeout(() => tidy(open.history), TIDY_AFTER_MS)
        }
        if (open && wantsPast(args)) {
          const meant = meantBy(args, open.history)
          if (meant.type === 'one') choosing.resolve()
          await take(meant, open)
        }
      } catch (error) {
        say((error as Error).message)
      }
      choosing.resolve()
    },
    history: () => recording.open(),
    resume,
    get unfinished() {
      const here = goingOn(runtime.state)
      if (here) return { id: null, goingOn: here }
      return runtime.state.turns.length === 0 && !runtime.state.live ? offering.offer : null
    },
    async goOn() {
      if (this.unfinished) await goOn(this.unfinished.id)
    },
    async run({ name: command, argument }, tell) {
      if (command === 'continue' && this.unfinished) return this.goOn()
      const overtaken = command === 'continue' ? sayOvertaken(runtime.state) : null
      if (overtaken !== null) return tell(overtaken)
      const open = await recording.open()
      if (command === 'rename') {
        if (argument === '') return tell('Expected a title: /rename TITLE.')
        runtime.dispatch({ type: 'titled', title: shortTitle(argument), by: 'user' })
        return tell(`This conversation is called “${shortTitle(argument)}”.`)
      }
      if (command === 'export') {
        const { exportConversation } = await import('./export-errand.ts')
        const id = open?.recorder.conversation ?? null
        const saved = open && id !== null ? { history: open.history, id } : null
        const { state } = runtime
        const place = { folder: process.cwd(), origin: wallOrigin(), nowMs: Date.now() }
        return tell(exportConversation({ argument, state, saved, ...place, bytes: (hash) => setup().shelf.get(hash) }))
      }
      if (!open) return tell(command === 'continue' ? NOTHING : 'There is no history here: nothing is saved.')
      const { history, recorder } = open
      try {
        if (command === 'continue') {
          if (runtime.state.live) return tell(BUSY)
          const id = offering.next(history, recorder.conversation)
          return id === null ? tell(NOTHING) : goOn(id)
        }
        if (command === 'sessions') {
          if (runtime.state.live) return tell(BUSY)
          if (argument === '') return parts.choose('', open)
          return take(named(argument, history), open)
        }
        if (runtime.state.live) return tell(BUSY)
        if (command === 'delete') {
          const id = recorder.conversation
          if (id === null) return tell('There is nothing saved of this conversation yet.')
          history.bin(id, Date.now())
          binned = id
          runtime.dispatch({ type: 'cleared' })
          return tell(`In the bin: /restore takes it out again. After ${BIN_DAYS} days there it is gone for good.`)
        }
        const id = binned ?? history.list({ limit: 1, deleted: true })[0]?.id ?? null
        if (id === null) return tell('The bin is empty.')
        history.bin(id, null)
        binned = null
        await resume(id)
      } catch (error) {
        tell((error as Error).message)
      }
    },
    close() {
      clearTimeout(tidying)
      return recording.close()
    },
  }
}

function describe(
  { title, updatedMs, costUsd, costIsEstimate, isRunning }: Listed,
  state: State,
  wallMs: number,
): string {
  const { turns, branches } = state
  const size = turnsInWords(turns.length, branches.length) + (branches.length > 0 ? ': /tree' : '')
  const cost = costIsEstimate ? about(money(costUsd)) : money(costUsd)
  return `“${sanitiseLine(title)}” · ${size} · ${cost} · ${ago(wallMs - updatedMs)} ago${isRunning ? '. Another answer is on its way in it, in another terminal.' : ''}`
}
