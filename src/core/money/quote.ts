/**
 * What a question would cost and how long it would take, before it is sent. All of it is an estimate but the tokens of
 * the prompt, where the server has counted them.
 */

import { attachedTo, mostAttachmentTokens, type Question, wordsOf } from '../attachments.ts'
import { promptAfter } from '../cache/entries.ts'
import type { State } from '../conversation.ts'
import { type Expected, expectedFrom, type Past, USUAL_OUTPUT } from '../figures/pace.ts'
import { estimated, type Figure, reported } from '../figures.ts'
import { type ModelCard, modelCard, type PriceCard, priceFor } from '../models.ts'
import { planRequest } from '../request/plan.ts'
import { promptEstimate } from '../request/prompt-size.ts'
import type { CacheTtl, TurnRequest } from '../request.ts'
import { type Ms, promptTokens } from '../turn.ts'
import {
  promptPrice,
  promptUsd,
  readable,
  worthWritingFrom,
  writePrice,
  writtenAlone,
  writtenFor,
} from './prompt-price.ts'

export interface Quote {
  readonly model: string
  /** Tokens of the prompt, and how many of them are expected to be read from the cache. */
  readonly input: Figure
  readonly cached: Figure
  /** Tokens of the answer, thinking included: what is likely, and the limit. */
  readonly output: {
    readonly likely: number
    readonly most: number
    /** The limit is what a budget pays for. */
    readonly isHeld?: true
  }
  /** US dollars: without an answer, with a likely one, and the most it can be; null: the price is unknown. */
  readonly usd: { readonly least: number; readonly likely: number; readonly most: number } | null
  /** The system prompt where it is written for other calls, what that adds, and from which chance of one it is worth it. */
  readonly shared: {
    readonly tokens: number
    readonly ttl: CacheTtl
    readonly usd: number
    readonly from: number
  } | null
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
  const next = promptAfter(state, turns, question)
  const input = counted === null ? estimated(promptEstimate(state, next, question)) : reported(counted)
  const found = promptPrice(state, next, input.value, now)
  const read = found?.read ?? Math.min(input.value, readable(state, next, now))
  const expected = expectedFrom(past)
  const most = request.maxTokens
  const likely = Math.min(most, Math.round(expected?.outputTokens.median ?? USUAL_OUTPUT))
  const price = priceFor(card, input.value)
  const alone = writtenAlone(state, next, input.value, now)
  const whole = { tokens: input.value, read: 0, alone }
  const cold = price && promptUsd(price, whole, writtenFor(state, next, input.value, now))
  const premium = price && alone && read < alone.tokens ? writePrice(price, alone.ttl) - price.input : null
  const after = input.value + likely
  return {
    ...{ model: card.id, input, cached: estimated(read), output: { likely, most }, past: expected },
    usd: price && {
      least: found!.usd,
      likely: found!.usd + (likely * price.output) / 1e6,
      most: Math.max(cold!, found!.usd) + (most * price.output) / 1e6,
    },
    shared:
      price && alone && premium !== null
        ? { ...alone, usd: ((alone.tokens - read) * premium) / 1e6, from: worthWritingFrom(price, alone.ttl) }
        : null,
    ...{ after: estimated(after), share: card.window === null ? null : after / card.window, window: card.window },
  }
}

/** The most that a prompt of so many tokens can cost, whatever the cache does, in US dollars. */
export function dearest(
  { cache, system }: Pick<TurnRequest, 'cache' | 'system'>,
  tokens: number,
  price: PriceCard,
): number {
  const end = Math.max(price.input, writePrice(price, cache.end))
  const before = [cache.system, ...(cache.anchors ?? []).map(({ ttl }) => ttl)]
  const most = Math.max(end, ...before.map((ttl) => writePrice(price, ttl)))
  // Only the system prompt is written where nothing behind it is marked.
  const isAlone = cache.end === null && (cache.anchors ?? []).length === 0
  const marked = isAlone ? Math.min(tokens, mostTokens(system ?? '')) : tokens
  return (tokens * end + marked * (most - end)) / 1e6
}

/** Characters of a text that no more than a token stands for: enough for code and for any script. */
const LEAST_CHARS = { ascii: 1.6, other: 0.7 } as const

/** Tokens that a text has at most. */
export function mostTokens(text: string): number {
  const other = text.replace(/[\u0000-\u007f]+/g, '').length
  return Math.ceil((text.length - other) / LEAST_CHARS.ascii + other / LEAST_CHARS.other)
}

/** Whether a question costs no more than this however it turns out, so that nothing needs to be looked up. */
export function isSurelyBelow(usd: number, state: State, question: Question): boolean {
  const last = state.turns.findLast(({ usage }) => usage !== null)?.usage
  const before = last ? promptTokens(last) + last.output : mostTokens(state.choices.system ?? '')
  const card = modelCard(state.choices.model, state.models)
  const prompt = before + mostQuestionTokens(question, card)
  const price = priceFor(card, prompt)
  return !price || (prompt * price.write1h + 10 * USUAL_OUTPUT * price.output) / 1e6 <= usd
}

/** Tokens that a question has at most, with what goes with it. */
function mostQuestionTokens(question: Question, card: Pick<ModelCard, 'images'>): number {
  return attachedTo(question).reduce((sum, one) => sum + mostAttachmentTokens(one, card), mostTokens(wordsOf(question)))
}

/** Tokens that a request's prompt has at most, where nobody has counted. A message takes a few of its own. */
export function mostPromptTokens(
  { system, messages }: Pick<TurnRequest, 'system' | 'messages'>,
  card: Pick<ModelCard, 'images'>,
): number {
  return messages.reduce((sum, one) => sum + mostQuestionTokens(one, card) + 8, mostTokens(system ?? '') + 16)
}
