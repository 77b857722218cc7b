/** Going back in a conversation: a turn is asked again or taken back. Nothing is destroyed: what was is a branch. */

import type { Question } from '../attachments.ts'
import { cacheOutlook, outlookSteps, sayOutlook } from '../cache/outlook.ts'
import type { Event, State } from '../conversation.ts'
import { EFFORT_LEVELS, type EffortLevel, isKnown, modelCard } from '../models.ts'
import { effortInVain } from '../request/manner.ts'
import type { Steps } from '../text/steps.ts'
import { questionIn, type Turn } from '../turn/turns.ts'
import type { Ms } from '../turn.ts'
import type { Choices } from './choices.ts'

/** Events, then a question, then events again; and what to say about it. */
export interface Going {
  readonly events: readonly Event[]
  /** Asked after the events; null: nothing. */
  readonly asks: Question | null
  readonly after: readonly Event[]
  /** For the composer; null: it stays as it is. */
  readonly draft: Question | null
  readonly remark: string
}

export const BUSY = 'An answer is running: Esc stops it, then try again.'
export const NOTHING = 'There is no turn yet.'

/**
 * The last question once more.
 * @param argument another model or effort for this one answer; empty: the same
 * @param now on the clock of the turns' times
 * @returns a sentence when it cannot be done
 */
export function retried(state: State, argument: string, now: Ms): Going | string {
  const last = state.turns.at(-1)
  if (state.live) return BUSY
  if (!last) return NOTHING
  const other = otherWay(state, argument.trim())
  if (typeof other === 'string') return other
  const { choices } = state
  const changed = Object.keys(other).length > 0
  return {
    events: [{ type: 'moved', to: last.parent }, ...(changed ? [{ type: 'chosen', choices: other } as const] : [])],
    asks: questionIn(last),
    after: changed ? [{ type: 'chosen', choices: { model: choices.model, effort: choices.effort } }] : [],
    draft: null,
    remark: `Turn ${last.number} is asked again; /tree leads back to its first answer.
${outlook({ ...state, choices: { ...choices, ...other } }, last, now)}`,
  }
}

/** What asking the last question once more would cost, to be seen before it is sent; null: it cannot be asked. */
export function retryAhead(state: State, argument: string, now: Ms): Steps | null {
  const last = state.turns.at(-1)
  const other = otherWay(state, argument.trim())
  if (state.live || !last || typeof other === 'string') return null
  const then = { ...state, choices: { ...state.choices, ...other } }
  return outlookSteps(cacheOutlook(then, last.parent, questionIn(last), now))
}

/** The last turn is taken back, its question into the composer. @returns a sentence when it cannot be done */
export function undone(state: State, now: Ms): Going | string {
  const last = state.turns.at(-1)
  if (state.live) return BUSY
  if (!last) return NOTHING
  return {
    events: [{ type: 'moved', to: last.parent }],
    asks: null,
    after: [],
    draft: questionIn(last),
    remark: `Turn ${last.number} is taken back; /tree leads there again.\n${outlook(state, last, now)}`,
  }
}

function otherWay({ models, choices }: State, name: string): Partial<Choices> | string {
  if (name === '') return {}
  if ((EFFORT_LEVELS as readonly string[]).includes(name)) {
    const effort = name as EffortLevel
    return effortInVain({ ...choices, effort }, modelCard(choices.model, models)) ?? { effort }
  }
  if (isKnown(name, models) || name.startsWith('claude-') || choices.features === 'plain') return { model: name }
  return `Expected a model or an effort (${EFFORT_LEVELS.join(', ')}); "${name}" came. /model lists the models.`
}

/** What the prompt cache can do for a question in the place of this turn. */
const outlook = (state: State, turn: Turn, now: Ms) =>
  sayOutlook(cacheOutlook(state, turn.parent, questionIn(turn), now))
