/** When a conversation is worth summarising, and how large its next prompt is before a word of it is typed. */

import { contextUsed, estimateTokens } from '../context.ts'
import type { Choices, State } from '../conversation.ts'
import { estimated, type Figure } from '../figures.ts'
import { type ModelCard, modelCard } from '../models.ts'
import { messagesOf, type Summary, windowOf } from '../window.ts'

/** Where a price step makes a larger prompt dearer, a conversation stays below this share of it. */
const BELOW_STEP = 0.95
/** Where the next message would hardly fit any more: nothing can wait then. */
const NO_ROOM = 0.97

/** Tokens of a prompt from which on a summary is due; null: nothing is known of this model's window. */
export function summariseFrom(
  { window, cheapUpTo }: Pick<ModelCard, 'window' | 'cheapUpTo'>,
  { summariseAt }: Pick<Choices, 'summariseAt'>,
): number | null {
  const ends = [
    ...(window === null ? [] : [window * summariseAt]),
    ...(cheapUpTo === null ? [] : [cheapUpTo * BELOW_STEP]),
  ]
  return ends.length === 0 ? null : Math.floor(Math.min(...ends))
}

/**
 * Tokens the next prompt starts from: by the last answer's usage, as long as what it was asked with is still what would
 * be sent. Once a summary has come since, or was taken back, the texts tell how much of that is left.
 */
export function promptSize(state: Parts): Figure {
  const { turns, summaries } = state
  const last = turns.findLast(({ usage }) => usage !== null) ?? null
  const byUsage = contextUsed(last, '')
  const isNew = ({ sentFrom, upTo }: Summary) =>
    last !== null && sentFrom > last.number && turns.some(({ number }) => number === upTo)
  if (last === null || !summaries.some(isNew)) return byUsage
  const then = summaries.map((one) => (isNew(one) ? { ...one, isUndone: !one.isUndone } : one))
  const scale = byUsage.value / Math.max(1, textTokens({ ...state, summaries: then }))
  return estimated(Math.round(textTokens(state) * Math.min(MOST_SCALE, Math.max(1 / MOST_SCALE, scale))))
}

type Parts = Pick<State, 'turns' | 'summaries' | 'marks' | 'choices'>

/** An estimate from the texts is at most so many times too large or too small. */
const MOST_SCALE = 3

/** Tokens of what is sent, by the length of the texts. */
function textTokens(state: Parts): number {
  const texts = [state.choices.system ?? '', ...messagesOf(windowOf(state)).map(({ text }) => text)]
  return texts.reduce((total, text) => total + estimateTokens(text), 0)
}

/** How the size of the next prompt stands to what the model takes. */
export interface Room {
  readonly size: Figure
  readonly from: number | null
  /** A summary is due. */
  readonly isDue: boolean
  /** Without one, the next message would hardly fit. */
  readonly isFull: boolean
}

export function roomIn(state: State): Room {
  const card = modelCard(state.choices.model, state.models)
  const size = promptSize(state)
  const from = summariseFrom(card, state.choices)
  const end = state.turns.at(-1)?.end
  // Whatever we count: the server has just said that it does not fit.
  const isTooLong = end?.type === 'failed' && end.failure.kind === 'too-long'
  const isFull = isTooLong || (card.window !== null && size.value >= card.window * NO_ROOM)
  return { size, from, isFull, isDue: isFull || (from !== null && size.value >= from) }
}
