/** The running question for another model: whether it fits there, and what is different, in sentences. */

import type { Question } from '../attachments.ts'
import { promptAfter } from '../cache/entries.ts'
import type { State } from '../conversation.ts'
import { money, tokens } from '../figures/words.ts'
import { about } from '../figures.ts'
import { sayUnsent } from '../models/levers.ts'
import { type ModelCard, modelCard, priceFor, shortName } from '../models.ts'
import { withModel } from '../request/plan.ts'
import { promptEstimate } from '../request/prompt-size.ts'
import { questionIn, type Turn } from '../turn/turns.ts'

/** What an estimate of a prompt may be off by, either way. */
const DOUBT = 1.4

export interface Elsewhere {
  readonly model: string
  /** Tokens of the prompt, by estimate. */
  readonly tokens: number
  readonly window: number | null
  /** Whether it fits the window; unsure: worth asking the server to count. */
  readonly fits: 'yes' | 'unsure' | 'no'
  /** What is different, in sentences; empty: nothing. */
  readonly notes: readonly string[]
}

/** @param turn the one that runs */
export function elsewhere(state: State, turn: Turn, name: string): Elsewhere {
  const card = modelCard(name, state.models)
  const there = withModel(state, turn, card.id)
  const question: Question = questionIn(turn)
  const size = promptEstimate(there, promptAfter({ ...there, live: null }, there.turns, question), question)
  const { window } = card
  const fits = window === null || size * DOUBT <= window ? 'yes' : size > window * DOUBT ? 'no' : 'unsure'
  const notes = [sayReading(there, card, size), sayShorter(there, card), sayUnsent(there)]
  return { model: card.id, tokens: size, window, fits, notes: notes.filter((note) => note !== '') }
}

/** Its prompt cache has nothing of this conversation, and a long prompt may be in a dearer class of prices. */
function sayReading({ turns }: State, card: ModelCard, size: number): string {
  const price = priceFor(card, size)
  const step = price && price.input > (priceFor(card, 0)?.input ?? price.input)
  const dear = step ? `, at its price for long prompts (${money(price.input)} a million tokens in)` : ''
  if (turns.length === 0) return step ? `It reads ~${tokens(size)} tokens${dear}.` : ''
  const cost = price ? `, ${about(money((size * price.input) / 1e6))}` : ''
  return `It reads the conversation anew: ~${tokens(size)} tokens${cost}${dear}.`
}

const sayShorter = ({ choices }: State, { maxOutput }: ModelCard) =>
  choices.maxTokens !== null && maxOutput !== null && choices.maxTokens > maxOutput
    ? `It writes at most ${tokens(maxOutput)} tokens.`
    : ''

/** Why a model is passed over that cannot hold the prompt. @param isCounted by its server, else by estimate */
export function sayTooLarge(
  state: Pick<State, 'models'>,
  one: Pick<Elsewhere, 'model' | 'tokens' | 'window'>,
  isCounted: boolean,
): string {
  const size = `${isCounted ? '' : '~'}${one.tokens.toLocaleString('en-US')}`
  return `${shortName(one.model, state.models)} is passed over: this takes ${size} tokens, its window holds ${one.window?.toLocaleString('en-US') ?? '?'}.`
}
