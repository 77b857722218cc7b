/** When a conversation is worth summarising, and how large its next prompt is before a word of it is typed. */

import { contextUsed, estimateTokens } from '../context.ts'
import type { Choices, State } from '../conversation.ts'
import { estimated, type Figure } from '../figures.ts'
import { type ModelCard, modelCard } from '../models.ts'
import { messagesOf, windowOf } from '../window.ts'

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
 * be sent; once a summary has come between, or has been taken back, by the texts.
 */
export function promptSize(state: Pick<State, 'turns' | 'summaries' | 'marks' | 'choices'>): Figure {
  const { turns, summaries, choices } = state
  const last = turns.findLast(({ usage }) => usage !== null) ?? null
  const byUsage = contextUsed(last, '')
  const changed = Math.max(
    0,
    ...summaries.filter(({ upTo }) => turns.some(({ number }) => number === upTo)).map(({ sentFrom }) => sentFrom),
  )
  if (last === null || last.number >= changed) return byUsage
  const texts = [choices.system ?? '', ...messagesOf(windowOf(state)).map(({ text }) => text)]
  return estimated(texts.reduce((total, text) => total + estimateTokens(text), 0))
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
  return {
    ...{ size, from, isDue: from !== null && size.value >= from },
    isFull: card.window !== null && size.value >= card.window * NO_ROOM,
  }
}
