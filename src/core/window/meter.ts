/**
 * The meter: tokens of the context window in use. After a turn that is the server's own count; what it has not counted,
 * such as a draft, or a conversation that is sent otherwise than it was, is an estimate from the lengths of the texts, by
 * as many characters to a token as this conversation had so far.
 */

import {
  type Asking,
  askingOf,
  attachedTo,
  isNothing,
  isSameAttached,
  type Question,
  sizeOf,
  wordsOf,
} from '../attachments.ts'
import type { State } from '../conversation.ts'
import { estimated, type Figure, reported, sum } from '../figures.ts'
import { modelCard } from '../models.ts'
import { history } from '../request/messages.ts'
import { type Basis, outputTokens, questionIn, spoken, type Turn } from '../turn/turns.ts'
import { promptTokens } from '../turn.ts'
import { basisOf, charsPerToken, isSameModel } from './chars-per-token.ts'
import { tokensOf } from './told-sizes.ts'
import { messagesOf, type Window, windowOf } from './window.ts'

/** What the server counted of a prompt that has not been sent. It holds as long as nothing else would be sent. */
export interface Counted {
  /** The question; empty: as good as none, for a prompt cannot be counted without one. */
  readonly draft: string
  readonly attachments?: Asking['attachments']
  readonly tokens: number
  /** What it was counted with. */
  readonly turns: readonly Turn[]
  readonly basis: Basis
}

/**
 * Tokens the next prompt starts from, with what is typed. Of the server, as long as it has counted all of it: input,
 * cache reads and writes and output of the last answer, or this very prompt before it is sent.
 */
export function contextUsed(state: State, question: Question): Figure {
  const draft = wordsOf(question)
  const typed = isNothing(question) ? 0 : draftTokens(state, question)
  const { live } = state
  if (live) {
    const running = outputTokens(live)
    const used =
      live.usage && running
        ? sum(reported(promptTokens(live.usage)), running)
        : sum(promptSize(state), estimated(draftTokens(state, questionIn(live))))
    return typed === 0 ? used : sum(used, estimated(typed))
  }
  const base = promptSize(state)
  const counted = countedNow(state)
  if (typed === 0 || !counted || isAlone(counted) || !isSameAttached(counted.attachments, attachedTo(question)))
    return typed === 0 ? base : sum(base, estimated(typed))
  if (counted.draft === draft) return reported(counted.tokens)
  // A draft grows out of the one that was counted, and shrinks into it: only what differs is estimated.
  const least = Math.min(base.value, counted.tokens)
  if (draft.startsWith(counted.draft))
    return estimated(counted.tokens + draftTokens(state, draft.slice(counted.draft.length)))
  const isBeginning = counted.draft.startsWith(draft)
  return estimated(isBeginning ? Math.min(least + typed, counted.tokens) : base.value + typed)
}

/** The same before a word is typed, whether or not a turn runs. */
export function promptSize(state: State): Figure {
  const last = lastCounted(state, state.turns)
  const output = last && outputTokens(last)
  if (last?.usage && output) return sum(reported(promptTokens(last.usage)), output)
  const counted = countedNow(state)
  const size = counted && isAlone(counted) ? counted.tokens : textSize(state)
  // Nothing is nothing, whoever counts.
  return size === 0 ? reported(0) : estimated(size)
}

/** The conversation was counted, without a question. */
export const isAlone = ({ draft, attachments = [] }: Counted): boolean => draft === '' && attachments.length === 0

/** What the server counted of the next prompt, if that is what would still be sent. */
export function countedNow(state: State): Counted | null {
  const { counted, turns, summaries, marks, choices } = state
  if (!counted || counted.turns !== turns) return null
  const { basis } = counted
  if (basis.summaries !== summaries || basis.marks !== marks) return null
  return basis.choices.system === choices.system && isSameModel(state, basis.choices.model) ? counted : null
}

/**
 * The turn by whose usage the server has counted all that is sent of these turns, its own answer included; null: since
 * then something was summarised, marked or chosen that changes what is sent, or nothing was counted yet.
 */
export function lastCounted(state: State, path: readonly Turn[]): Turn | null {
  const { choices, models, summaries, marks } = state
  const known = found.get(path)
  const isKnown =
    known?.choices === choices && known.models === models && known.summaries === summaries && known.marks === marks
  if (isKnown) return known.last
  const last = findCounted(state, path)
  found.set(path, { choices, models, summaries, marks, last })
  return last
}

/** Looked for once, not with every key. */
const found = new WeakMap<readonly Turn[], Basis & Pick<State, 'models'> & { readonly last: Turn | null }>()

function findCounted(state: State, path: readonly Turn[]): Turn | null {
  const now = windowOf(state, path)
  const last = now.turns.findLast((turn) => history([turn]).length > 0)
  // One that is sent without what it was asked with has been counted with it.
  if (!last?.usage || promptTokens(last.usage) === 0 || !path.includes(last)) return null
  const basis = basisOf(state, last)
  if (basis.choices.system !== state.choices.system || !isSameModel(state, basis.choices.model)) return null
  if (basis.summaries === state.summaries && basis.marks === state.marks) return last
  const then = windowOf({ ...basis, turns: [] }, path.slice(0, path.indexOf(last)))
  return isSameWindow({ ...now, turns: now.turns.slice(0, now.turns.indexOf(last)) }, then) ? last : null
}

function isSameWindow(a: Window, b: Window): boolean {
  const { summary: one, turns } = a
  const { summary: other } = b
  const isSame = one === other || (one !== null && other !== null && one.id === other.id && one.facts === other.facts)
  return isSame && turns.length === b.turns.length && turns.every((turn, i) => turn === b.turns[i])
}

/** Tokens of what would be typed, with what goes with it: an estimate. */
export function draftTokens(state: State, question: Question): number {
  const { chars, tokens } = sizeOf([askingOf(question)], modelCard(state.choices.model, state.models))
  return Math.ceil(chars / charsPerToken(state)) + tokens
}

/** Tokens of everything that is sent, by the lengths of the texts. */
const textSize = (state: State): number =>
  tokensOf(state, [{ text: state.choices.system ?? '' }, ...messagesOf(windowOf(state))])

/** Whether this very question was counted. */
export const isCountOf = ({ draft, attachments }: Counted, question: Question): boolean =>
  draft === wordsOf(question) && isSameAttached(attachments, attachedTo(question))

/** Tokens of the next prompt with this question: without the last answer's thinking, which is not sent back. */
export function nextPrompt(state: State, question: Question): Figure {
  const counted = countedNow(state)
  if (counted && !isNothing(question) && isCountOf(counted, question)) return reported(counted.tokens)
  return estimated(promptBefore(state) + draftTokens(state, question))
}

/** Tokens of the next prompt before its question. */
export function promptBefore(state: State): number {
  const last = lastCounted(state, state.turns)
  return last?.usage ? promptTokens(last.usage) + spoken(last) : promptSize({ ...state, live: null }).value
}
