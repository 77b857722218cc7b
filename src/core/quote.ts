/**
 * What a question would cost and how long it would take, before it is sent. All of it is an estimate but the tokens of
 * the prompt, where the server has counted them.
 */

import { attachedTo, mostAttachmentTokens, type Question, wordsOf } from './attachments.ts'
import { cacheOutlook } from './cache-outlook.ts'
import type { State } from './conversation.ts'
import { estimated, type Figure, reported } from './figures.ts'
import { type ModelCard, modelCard, type PriceCard, priceFor } from './models.ts'
import { type Expected, expectedFrom, type Past, USUAL_OUTPUT } from './pace.ts'
import { planRequest } from './plan.ts'
import type { CacheTtl, TurnRequest } from './request.ts'
import type { Ms } from './turn.ts'

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
  question: Question,
  { counted, past, now }: { readonly counted: number | null; readonly past: readonly Past[]; readonly now: Ms },
): Quote {
  const { choices, models, turns } = state
  const card = modelCard(choices.model, models)
  const request = planRequest(state, question)
  const outlook = cacheOutlook(state, turns.at(-1)?.number ?? null, question, now)
  const input = counted === null ? outlook.whole : reported(counted)
  const { held } = outlook
  const read = held && !held.isOver ? Math.min(held.tokens.value, input.value) : 0
  const expected = expectedFrom(past)
  const most = request.maxTokens
  const likely = Math.min(most, Math.round(expected?.outputTokens.median ?? USUAL_OUTPUT))
  const price = priceFor(card, input.value)
  const prompt = (cached: number) =>
    price && promptUsd(request, price, { tokens: input.value, read: cached }, card.minCache)
  const after = input.value + likely
  return {
    ...{ model: card.id, input, cached: estimated(read), output: { likely, most }, past: expected },
    usd: price && {
      least: prompt(read)!,
      likely: prompt(read)! + (likely * price.output) / 1e6,
      most: Math.max(prompt(0)!, prompt(read)!) + (most * price.output) / 1e6,
    },
    ...{ after: estimated(after), share: card.window === null ? null : after / card.window, window: card.window },
  }
}

/** US dollars for a prompt, so much of it read from the cache, the rest written into it where the request asks for it. */
function promptUsd(
  request: Pick<TurnRequest, 'cache'>,
  price: PriceCard,
  { tokens, read }: { readonly tokens: number; readonly read: number },
  minCache: number | null,
): number {
  const isCached = minCache !== null && tokens >= minCache
  const anew = isCached ? writePrice(price, request.cache.end) : price.input
  return (read * price.read + (tokens - read) * anew) / 1e6
}

const writePrice = (price: PriceCard, ttl: CacheTtl | null) =>
  ttl === '1h' ? price.write1h : ttl === '5m' ? price.write5m : price.input

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

/** Tokens that a question has at most, with what goes with it. */
export function mostQuestionTokens(question: Question, card: Pick<ModelCard, 'images'>): number {
  return attachedTo(question).reduce((sum, one) => sum + mostAttachmentTokens(one, card), mostTokens(wordsOf(question)))
}

/** Tokens that a request's prompt has at most, where nobody has counted. A message takes a few of its own. */
export function mostPromptTokens(
  { system, messages }: Pick<TurnRequest, 'system' | 'messages'>,
  card: Pick<ModelCard, 'images'>,
): number {
  return messages.reduce((sum, one) => sum + mostQuestionTokens(one, card) + 8, mostTokens(system ?? '') + 16)
}
