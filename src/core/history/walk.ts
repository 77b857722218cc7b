/**
 * A conversation's events taken one after the other, each turn handed out when it is over: the same fold as ever, in
 * memory that does not grow with the conversation.
 */

import type { Choices } from '../conversation/choices.ts'
import { titleOfTurn } from '../conversation/title.ts'
import { type Event, fold, newConversation, type State } from '../conversation.ts'
import { CATALOGUE, DEFAULT_MODEL, type Models } from '../models.ts'
import { newTurn, type Turn } from '../turn/turns.ts'
import type { Summary } from './saved.ts'

/** Where nobody has chosen anything: what an event says of choices is laid over this. */
export const UNCHOSEN: Choices = {
  ...{ model: DEFAULT_MODEL, effort: null, system: null, maxTokens: null, thinking: 'summarised', features: 'plain' },
  ...{ stream: true, summariseAt: 1, kind: 'chat' },
}

/** Stands for a turn that was gone back to. */
const STUB = newTurn({ number: 0, parent: null, question: '', model: '', effort: null }, 0)

/** What is remembered of a turn that is over. */
interface Trace {
  readonly parent: number | null
  /** Turns from the beginning of its branch to it. */
  readonly depth: number
  /** What the branch is called by its first question. */
  readonly title: string
  readonly model: string
  readonly ended: Summary['ended']
}

export interface Walk {
  /** The next event. @returns the turn that is over with it, or null */
  take(event: Event): Turn | null
  /** The state after it, but for its turns: of them it holds the last one at most, and that without its words. */
  readonly state: State
  /** The same as `summaryOf` would say of the whole state. */
  summary(): Summary
  /** Numbers of the turns on the branch that is shown. */
  shown(): ReadonlySet<number>
}

export function walk(models: Models = CATALOGUE): Walk {
  let state = newConversation(UNCHOSEN, models)
  const traces = new Map<number, Trace>()
  const last = () => state.turns.at(-1)?.number ?? null

  return {
    take(event) {
      if (event.type === 'moved') {
        if (!state.live && event.to === null) state = { ...state, turns: [] }
        if (!state.live && event.to !== null && traces.has(event.to)) {
          state = { ...state, turns: [{ ...STUB, number: event.to }] }
        }
        return null
      }
      const before = state.live
      state = fold(state, [event])
      const { settled } = state
      if (!before || settled?.number !== before.number || traces.has(settled.number)) return null
      const parent = traces.get(settled.parent ?? 0)
      traces.set(settled.number, {
        parent: settled.parent,
        depth: (parent?.depth ?? 0) + 1,
        title: parent?.title ?? titleOfTurn(settled),
        model: settled.model,
        ended: settled.end?.type ?? null,
      })
      const bare = { ...settled, question: '', answer: '', thinking: '' }
      state = { ...state, turns: [bare], settled: bare }
      return settled
    },
    get state() {
      return state
    },
    summary() {
      const { title, live, choices } = state
      const end = traces.get(last() ?? 0)
      return {
        title: title?.text ?? end?.title ?? titleOfTurn(live),
        titleBy: title?.by ?? 'question',
        turns: end?.depth ?? 0,
        model: end?.model ?? live?.model ?? choices.model,
        ended: end?.ended ?? null,
      }
    },
    shown() {
      const found = new Set<number>()
      for (let at = last(); at !== null; at = traces.get(at)?.parent ?? null) found.add(at)
      return found
    },
  }
}
