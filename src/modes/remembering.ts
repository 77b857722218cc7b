/**
 * The chat and its history: what happens is saved, an earlier conversation can take the place of this one, what was cut
 * off is offered to go on from, and a conversation gets its name. Opened after the first paint.
 */

import type { Args } from '../args.ts'
import type { Event, State } from '../core/conversation.ts'
import { mark } from '../core/figures.ts'
import { type GoingOn, goingOn } from '../core/going-on.ts'
import { BIN_DAYS } from '../core/retention.ts'
import { sanitiseLine } from '../core/sanitise.ts'
import { ago, count, money } from '../core/words.ts'
import type { History, Listed } from '../io/history.ts'
import type { Setup } from '../setup.ts'
import { recall, settleUnfinished } from './recall.ts'
import { createRecording, type Open } from './recording.ts'
import { type Meant, meantBy, named, wantsPast } from './resume-choice.ts'
import { askTitle, titleRequest } from './titling.ts'

/** How long a name may take, in ms; nobody waits for it. */
const TITLE_WITHIN_MS = 30_000

export interface RememberingParts {
  readonly args: Args
  readonly env: Readonly<Record<string, string | undefined>>
  readonly setup: () => Setup
  readonly runtime: { readonly state: State; dispatch(event: Event): void }
  readonly now: () => number
  /** A remark in the transcript. */
  readonly say: (text: string) => void
  /** Shows the last turn of a conversation that has just been resumed. */
  readonly showLast: () => void
  /** Several conversations are meant: the person chooses. */
  readonly choose: (typed: string, history: History) => void
}

export interface Remembering {
  /** Cheap; to be called with everything that happens. */
  follow(state: State, event: Event): void
  /** Opens the history and finds what the command line asks for. Resolves when messages may be sent. */
  open(): Promise<void>
  /** The history, for lists and searches; null: there is none. */
  history(): Promise<Open | null>
  /** Goes on with an earlier conversation. @returns whether it took the place of this one */
  resume(id: number): Promise<boolean>
  /** The same by a word. */
  resumeNamed(typed: string): Promise<void>
  /** What the one key goes on from: the last turn, or one that was cut off before this program began. */
  readonly unfinished: { readonly id: number | null; readonly goingOn: GoingOn } | null
  /** Goes on from there. */
  goOn(): Promise<void>
  rename(title: string): void
  /** Puts this conversation into the bin and begins another, or takes the last one out again. */
  remove(): void
  restore(): Promise<void>
  /** @returns a line for the shell about what could not be saved, or null */
  close(): string | null
}

export function createRemembering(parts: RememberingParts): Remembering {
  const { args, env, setup, runtime, now, say } = parts
  const { isDemo, settings } = setup()
  const isKept = settings.history === 'on' && args.flags['no-session'] !== true
  const origin = performance.timeOrigin
  const recording = createRecording(isKept, {
    env,
    isDemo,
    kind: 'chat',
    onTrouble: (trouble) => say(trouble ? trouble.message : 'The history is written again; nothing is missing.'),
    onCopied: () => say('This conversation went on in another terminal: what is said here is saved in a copy of it.'),
  })
  /** A turn that was cut off in an earlier program. */
  let cut: { readonly id: number; readonly goingOn: GoingOn } | null = null
  let binned: number | null = null
  let isNaming = false

  const parse = (history: History) => ({ history, fresh: { ...setup().state, models: runtime.state.models }, origin })

  const resume = async (id: number): Promise<boolean> => {
    const open = await recording.open()
    if (!open || runtime.state.live) return false
    try {
      const { state, rows } = await recall(id, parse(open.history))
      if (runtime.state.live) return false
      open.recorder.adopt(id, rows)
      runtime.dispatch({ type: 'resumed', past: withFlags(state, args, setup()) })
      cut = null
      const one = open.history.one(id)
      if (one) say(`Resumed: ${describe(one, now() + origin)}`)
      parts.showLast()
      return true
    } catch (error) {
      say((error as Error).message)
      return false
    }
  }

  const take = async (meant: Meant, history: History) => {
    if (meant.type === 'one') await resume(meant.conversation.id)
    else {
      if (meant.problem) say(meant.problem)
      if (meant.type === 'choose') parts.choose(meant.typed, history)
    }
  }

  /** Turns whose programs are gone are settled; the latest is offered, unless something else was asked for. */
  const lookBack = async ({ history }: Open) => {
    const ids = await settleUnfinished(parse(history))
    const id = ids.at(-1)
    if (id === undefined || wantsPast(args)) return
    const { state } = await recall(id, parse(history))
    const found = goingOn(state)
    const one = history.one(id)
    if (!found || !one || runtime.state.turns.length > 0 || runtime.state.live) return
    cut = { id, goingOn: found }
    const { turn } = found
    const words =
      turn.answer.trim() === ''
        ? 'before a word came'
        : `after ${count(turn.answer.trim().split(/\s+/).length, 'word')}`
    const cost = turn.cost ? `, ${mark(turn.cost)}${money(turn.cost.value)}` : ''
    const more = ids.length > 1 ? ` (and ${count(ids.length - 1, 'other')}: /sessions)` : ''
    say(
      `An answer was cut off ${words}${cost}, ${ago(now() + origin - one.updatedMs)} ago, when claude-tui ended: “${sanitiseLine(one.title)}”${more}. Tab goes on from it.`,
    )
  }

  const name = async () => {
    const request = titleRequest(runtime.state)
    const { api, settings: current } = setup()
    if (!request || !api || isNaming || current.titles !== 'auto') return
    isNaming = true
    const { conversation } = (await recording.open())?.recorder ?? { conversation: null }
    for (const event of await askTitle(request, api, AbortSignal.timeout(TITLE_WITHIN_MS))) {
      const isSame = (await recording.open())?.recorder.conversation === conversation
      if (isSame && (event.type === 'billed' || runtime.state.title === null)) runtime.dispatch(event)
    }
    isNaming = false
  }

  return {
    follow(state, event) {
      recording.follow(state, event)
      if (event.type === 'asked') cut = null
      if (event.type === 'finished' && isKept) void name()
    },
    async open() {
      const open = await recording.open()
      if (!open) return
      try {
        await lookBack(open)
        if (wantsPast(args)) await take(meantBy(args, open.history), open.history)
      } catch (error) {
        say((error as Error).message)
      }
    },
    history: () => recording.open(),
    resume,
    async resumeNamed(typed) {
      const open = await recording.open()
      if (!open) return say('There is no history.')
      try {
        await take(named(typed, open.history), open.history)
      } catch (error) {
        say((error as Error).message)
      }
    },
    get unfinished() {
      const here = goingOn(runtime.state)
      if (here) return { id: null, goingOn: here }
      return runtime.state.turns.length === 0 && !runtime.state.live ? cut : null
    },
    async goOn() {
      const { unfinished } = this
      if (!unfinished || (unfinished.id !== null && !(await resume(unfinished.id)))) return
      const next = goingOn(runtime.state)
      if (!next) return
      if (next.after !== next.turn.number) runtime.dispatch({ type: 'moved', to: next.after })
      runtime.dispatch({ type: 'asked', at: now(), text: next.question })
    },
    rename(title) {
      runtime.dispatch({ type: 'titled', title, by: 'user' })
    },
    remove() {
      void recording.open().then((open) => {
        const id = open?.recorder.conversation ?? null
        if (!open || id === null) return say('There is nothing saved of this conversation yet.')
        open.history.bin(id, now() + origin)
        binned = id
        runtime.dispatch({ type: 'cleared' })
        say(`Deleted. /restore brings it back; after ${BIN_DAYS} days in the bin it is gone for good.`)
      })
    },
    async restore() {
      const open = await recording.open()
      const id = binned ?? open?.history.list({ limit: 1, deleted: true })[0]?.id ?? null
      if (!open || id === null) return say('The bin is empty.')
      open.history.bin(id, null)
      binned = null
      await resume(id)
    },
    close: () => recording.close(),
  }
}

/** What was said on the command line goes before what was chosen in the conversation. */
function withFlags(past: State, { flags }: Args, { state }: Setup): State {
  const { model, effort, system } = state.choices
  return {
    ...past,
    choices: {
      ...past.choices,
      ...(flags.model === undefined ? {} : { model }),
      ...(flags.effort === undefined ? {} : { effort }),
      ...(flags.system === undefined ? {} : { system }),
    },
  }
}

function describe({ title, turns, updatedMs, costUsd, costIsEstimate }: Listed, wallMs: number): string {
  const cost = `${costIsEstimate ? '~' : ''}${money(costUsd)}`
  return `“${sanitiseLine(title)}” · ${count(turns, 'turn')} · ${cost} · ${ago(wallMs - updatedMs)} ago`
}
