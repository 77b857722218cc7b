/** How many characters a token stands for in a conversation, as the server's counts tell, and what was counted. */

import { type Asking, type Size, sizeOf } from '../attachments.ts'
import type { State } from '../conversation.ts'
import { modelCard } from '../models.ts'
import { askedMessage } from '../request/messages.ts'
import type { Basis, Turn } from '../turn/turns.ts'
import { promptTokens } from '../turn.ts'
import { messagesOf, windowOf } from './window.ts'

/** Characters that a token may stand for; what lies beyond is no text, or too little of it to tell. */
const LEAST_CHARS = 0.7
export const MOST_CHARS = 6
/** A prompt shorter than this, in characters, tells little: what frames its messages, and a single odd one, weigh too much. */
const TELLING_CHARS = 8_000

/** What a turn was asked with; where nobody has kept that, what is known of it. */
export function basisOf({ choices, summaries, marks }: State, { basis, model, number }: Turn): Basis {
  if (basis) return basis
  return { choices: { ...choices, model }, summaries: summaries.filter(({ sentFrom }) => sentFrom <= number), marks }
}

export const isSameModel = ({ choices, models }: State, model: string): boolean =>
  model === choices.model || modelCard(model, models).name === modelCard(choices.model, models).name

/** The last turn whose prompt the server has counted. */
export const latestCount = ({ turns }: State) =>
  turns.findLast(({ usage }) => usage !== null && promptTokens(usage) > 0)

/** Characters that a token of the chosen model stands for, as the server's counts of this conversation tell. */
export function charsPerToken(state: State): number {
  const { charsPerToken: usual } = modelCard(state.choices.model, state.models)
  const last = latestCount(state)
  if (!last?.usage) return usual
  const { chars, tokens, isVague } = askedSize(state, last)
  if (chars < TELLING_CHARS || isVague) return usual
  // Another model's tokens are smaller, or larger, by about as much as its card says.
  const other = modelCard(basisOf(state, last).choices.model, state.models).charsPerToken
  const told = (chars / Math.max(1, promptTokens(last.usage) - tokens)) * (usual / other)
  return Math.min(MOST_CHARS, Math.max(LEAST_CHARS, told))
}

const asked = new WeakMap<Turn, Size>()

/** The size of the prompt that a turn was asked with. Walked once for each turn: it does not change any more. */
function askedSize(state: State, turn: Turn): Size {
  const known = asked.get(turn)
  if (known !== undefined) return known
  const size = sizeOf(askedWith(state, turn), modelCard(basisOf(state, turn).choices.model, state.models))
  asked.set(turn, size)
  return size
}

/** All that a turn was asked with, its question last. */
export function askedWith(state: State, turn: Turn): readonly Asking[] {
  const basis = basisOf(state, turn)
  const window = windowOf({ ...basis, turns: [] }, state.turns.slice(0, state.turns.indexOf(turn)))
  return [{ text: basis.choices.system ?? '' }, ...messagesOf(window), askedMessage(turn)]
}
