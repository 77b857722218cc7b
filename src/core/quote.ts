/**
 * What a question would cost and how long it would take, before it is sent. All of it is an estimate but the tokens of
 * the prompt, where the server has counted them.
 */

import { promptAfter } from './cache-entries.ts'
import type { State } from './conversation.ts'
import { estimated, type Figure, reported } from './figures.ts'
import { modelCard, type PriceCard, priceFor } from './models.ts'
import { type Expected, expectedFrom, type Past, USUAL_OUTPUT } from './pace.ts'
import { planRequest } from './plan.ts'
import { promptPrice, promptUsd, readable, writePrice, writtenFor } from './prompt-price.ts'
import { promptEstimate } from './prompt-size.ts'
import type { TurnRequest } from './request.ts'
import { type Ms, promptTokens } from './turn.ts'

export interface Quote {
  readonly model: string
  /** Tokens of the prompt, and how many of them are expected to be read from the cache. */
  readonly input: Figure
  readonly cached: Figure
  /** Tokens of the answer, thinking included: what is likely, and the limit. */
  readonly output: { readonly likely: number; readonly most: number }
  /** US dollars: without an answer, with a likely one, and the most it can be; null: the price is unknown. */
  readonly usd: { readonly least: number; readonly likely: number; readonly most: number } | null
  /** Of the model's last answers here; null: there are none. */
  readonly past: Expected | null
  /** Tokens of the conversation after a likely answer, and their share of the window; null: its size is unknown. */
  readonly after: Figure
  readonly share: number | null
  readonly window: number | null
}

/**
 * @param counted tokens of the prompt by the server's count; null: it did not count
 * @param past finished answers of this model
 * @param now on the clock of the turns' times
 */
export function quoteOf(
  state: State,
  question: string,
  { counted, past, now }: { readonly counted: number | null; readonly past: readonly Past[]; readonly now: Ms },
): Quote {
  const { choices, models, turns } = state
  const card = modelCard(choices.model, models)
  const request = planRequest(state, question)
  const next = promptAfter(state, turns, question)
  const input = counted === null ? estimated(promptEstimate(state, next, question)) : reported(counted)
  const found = promptPrice(state, next, input.value, now)
  const read = found?.read ?? Math.min(input.value, readable(state, next, now))
  const expected = expectedFrom(past)
  const most = request.maxTokens
  const likely = Math.min(most, Math.round(expected?.outputTokens.median ?? USUAL_OUTPUT))
  const price = priceFor(card, input.value)
  const cold = price && promptUsd(price, { tokens: input.value, read: 0 }, writtenFor(state, next, input.value, now))
  const after = input.value + likely
  return {
    ...{ model: card.id, input, cached: estimated(read), output: { likely, most }, past: expected },
    usd: price && {
      least: found!.usd,
      likely: found!.usd + (likely * price.output) / 1e6,
      most: Math.max(cold!, found!.usd) + (most * price.output) / 1e6,
    },
    ...{ after: estimated(after), share: card.window === null ? null : after / card.window, window: card.window },
  }
}

/** The most a prompt can cost for every token, whatever the cache does. */
export function dearest(request: Pick<TurnRequest, 'cache'>, price: PriceCard): number {
  return Math.max(price.input, writePrice(price, request.cache.end), writePrice(price, request.cache.system))
}

/** Characters of a text that no more than a token stands for: enough for code and for any script. */
const LEAST_CHARS = { ascii: 1.6, other: 0.7 } as const

/** Tokens that a text has at most. */
export function mostTokens(text: string): number {
  const other = text.replace(/[\u0000-\u007f]+/g, '').length
  return Math.ceil((text.length - other) / LEAST_CHARS.ascii + other / LEAST_CHARS.other)
}

/** Whether a question costs no more than this however it turns out, so that nothing needs to be looked up. */
export function isSurelyBelow(usd: number, state: State, question: string): boolean {
  const last = state.turns.findLast(({ usage }) => usage !== null)?.usage
  const before = last ? promptTokens(last) + last.output : mostTokens(state.choices.system ?? '')
  const prompt = before + mostTokens(question)
  const price = priceFor(modelCard(state.choices.model, state.models), prompt)
  return !price || (prompt * price.write1h + 10 * USUAL_OUTPUT * price.output) / 1e6 <= usd
}

/** Tokens that a request's prompt has at most, where nobody has counted. A message takes a few of its own. */
export function mostPromptTokens({ system, messages }: Pick<TurnRequest, 'system' | 'messages'>): number {
  return messages.reduce((sum, { text }) => sum + mostTokens(text) + 8, mostTokens(system ?? '') + 16)
}
