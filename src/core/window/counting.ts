/** When it is worth asking the server how many tokens a prompt has, and what is said once it has told. */

import { attachedTo, isNothing, isSameAttached, type Question } from '../attachments.ts'
import type { State } from '../conversation.ts'
import { percent, tokens } from '../figures/words.ts'
import { estimated, type Figure, mark, withMark } from '../figures.ts'
import { modelCard } from '../models.ts'
import { ways } from './alerts.ts'
import { fullness } from './context.ts'
import { contextUsed, countedNow, draftTokens, isCountOf } from './meter.ts'
import { rentOf } from './room.ts'
import { usd } from './room-report.ts'

/** A pause in the typing, in ms, after which it is asked for. */
export const COUNT_AFTER_MS = 600
/** Tokens of a draft that are worth it; and the share of the window from which on everything is. */
const LARGE_DRAFT = 2_000
const NEAR_FULL = 0.75

/** What stands for a question where none is typed: a prompt cannot be counted without one. */
export const NO_QUESTION = '.'

/**
 * Whether the server is to be asked how much this draft makes of the prompt. Small ones that leave room are estimates:
 * nobody needs them exactly. What is attached is only guessed.
 */
export function worthCounting(state: State, draft: Question): boolean {
  if (state.live || (state.turns.length === 0 && isNothing(draft))) return false
  const counted = countedNow(state)
  if (counted && isCountOf(counted, draft)) return false
  // Once is enough: for each count all of it would be sent.
  const isNew = attachedTo(draft).length > 0 && !isSameAttached(counted?.attachments, attachedTo(draft))
  const used = contextUsed(state, draft)
  if (used.from !== 'estimate') return false
  const share = fullness(used.value, modelCard(state.choices.model, state.models))
  return isNew || draftTokens(state, draft) >= LARGE_DRAFT || (share !== null && share >= NEAR_FULL)
}

/** What a conversation takes in the tokens of a model that was just chosen. @param counted by the server; null: it did not */
export function saySwitched(state: State, counted: number | null): string {
  const card = modelCard(state.choices.model, state.models)
  // Counted with a question of one character: near enough, but not the server's word.
  const size: Figure = estimated(counted ?? contextUsed(state, '').value)
  const { warm, cold } = rentOf(state, size.value)(size.value, { msPerToken: 0, answers: 0 })
  const by = counted === null ? ', by their length,' : ''
  const share =
    card.window === null ? '' : ` (${withMark({ ...size, value: size.value / card.window }, percent)} of its window)`
  const isCached = warm !== null && cold !== null && warm.value < cold.value
  const then = isCached
    ? ` to read anew, then ${usd(warm)} a turn from the cache.`
    : ' with every turn: none of it is cached.'
  const price = cold ? ` ${usd(cold)}${then}` : ' Its price is unknown.'
  const name = card.name.replace(/^Claude /, '')
  const isOver = card.window !== null && size.value > card.window
  const over = isOver ? ` It does not fit: ${name} takes ${tokens(card.window!)}. ${ways(state)}` : ''
  return `The conversation has ${mark(size)}${tokens(size.value)} tokens${by} for ${name}${share}:${price}${over}`
}

/** Why a question is held back: it does not fit, by the server's count or by its length. */
export function sayTooLarge(state: State, size: Figure): string {
  const { name, window } = modelCard(state.choices.model, state.models)
  const written = `${mark(size)}${Math.round(size.value).toLocaleString('en-US')}`
  return `This question does not fit: with the conversation it makes ${written} tokens, and ${name.replace(/^Claude /, '')} takes ${window!.toLocaleString('en-US')}. ${ways(state)}`
}
