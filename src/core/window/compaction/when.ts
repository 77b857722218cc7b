/** When a conversation is worth summarising. */

import type { Choices } from '../../conversation/choices.ts'
import type { State } from '../../conversation.ts'
import type { Figure } from '../../figures.ts'
import { type ModelCard, modelCard } from '../../models.ts'
import { lacksRoom } from '../../weather/failures.ts'
import { promptSize } from '../meter.ts'

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
  // Whatever we count: the server has just said that its tokens do not fit.
  const isTooLong = end?.type === 'failed' && lacksRoom(end.failure)
  const isFull = isTooLong || (card.window !== null && size.value >= card.window * NO_ROOM)
  return { size, from, isFull, isDue: isFull || (from !== null && size.value >= from) }
}
