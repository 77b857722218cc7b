/**
 * How a summary can be had, and for how much: over the conversation itself on its own model, which reads it from the
 * prompt cache; or by the fast model, which reads what is to be summarised afresh. The cheaper one is taken.
 */

import { cacheOutlook } from '../../cache/outlook.ts'
import type { State } from '../../conversation.ts'
import { estimated, type Figure } from '../../figures.ts'
import { type ModelCard, modelCard, priceFor } from '../../models.ts'
import { history } from '../../request/messages.ts'
import { planRequest } from '../../request/plan.ts'
import { NO_MARKS, type TurnRequest } from '../../request.ts'
import type { Ms } from '../../turn.ts'
import { estimateTokens } from '../context.ts'
import { askAbout, askBelow, material, piecesOf, SUMMARISING, wordsFor } from './prompts.ts'
import type { Span } from './span.ts'

/** Room for a thought and a summary. */
const MAX_TOKENS = 16_000
/** Tokens a word of a summary is expected to take, thinking included. */
export const TOKENS_A_WORD = 2.5
/** The same of what of it is sent from then on: the thinking is not. */
const TOKENS_IN_PLACE = 1.6
/** Share of a window that a piece of a conversation may take: its tokens are only estimated. */
const PIECE_SHARE = 0.4
/** UTF-16 units to a token, as `estimateTokens` counts. */
const CHARS_PER_TOKEN = 2.5

export interface Offer {
  /** `below`: at the end of the conversation itself; `fresh`: as material; `pieces`: as material, piece by piece. */
  readonly way: 'below' | 'fresh' | 'pieces'
  readonly card: ModelCard
  /** Asked one after the other; of several the texts are summarised again, by `reduced`. */
  readonly requests: readonly TurnRequest[]
  /** US dollars, expected; null: the price is unknown. */
  readonly cost: Figure | null
  /** The prompt is expected to be read from the cache. */
  readonly isCached: boolean
}

export interface Offers {
  readonly chosen: Offer
  /** The other way; null: there is none, or it does not fit. */
  readonly other: Offer | null
}

/** @param now on the clock of the turns' times */
export function offersFor(state: State, span: Span, focus: string, now: Ms): Offers {
  const own = modelCard(state.choices.model, state.models)
  // A server of one's own has the models it has.
  const fast = state.choices.features === 'full' ? modelCard('fast', state.models) : own
  const below = belowOffer(state, span, focus, own, now)
  const fresh = freshOffer(span, focus, fast)
  const possible = [below, fresh].filter((offer) => offer !== null)
  const [first, second] = possible
  if (!first) return { chosen: piecesOffer(span, focus, wider(own, fast)), other: null }
  const cheaper = second?.cost && (first.cost === null || second.cost.value < first.cost.value)
  return cheaper ? { chosen: second, other: first } : { chosen: first, other: second ?? null }
}

/** Tokens that a summary of it is expected to take in the prompt, with the lines that are kept beside it: an estimate. */
export const expectedSize = (span: Span, facts: readonly string[]): number =>
  Math.ceil(wordsFor(span.tokens) * TOKENS_IN_PLACE) + facts.reduce((sum, fact) => sum + estimateTokens(fact), 0)

const expected = (span: Span) => Math.ceil(wordsFor(span.tokens) * TOKENS_A_WORD)

function belowOffer(state: State, span: Span, focus: string, card: ModelCard, now: Ms): Offer | null {
  const recent = history(span.recent).length / 2
  const text = askBelow(span.tokens, recent, span.pinned, focus)
  // The same request as for a next question, up to that question: else the cache would not know it.
  const plainly = { ...state, choices: { ...state.choices, concise: false, prefill: null } }
  const { previousMessageId: _, ...request } = planRequest(plainly, text)
  const outlook = cacheOutlook(state, state.turns.at(-1)?.number ?? null, text, now)
  const whole = outlook.whole.value
  if (card.window !== null && whole + MAX_TOKENS > card.window) return null
  const isCached = outlook.held !== null && !outlook.held.isOver
  const prompt = isCached ? outlook.cost : outlook.costAnew
  const price = priceFor(card, whole)
  const cost = prompt && price ? estimated(prompt.value + (expected(span) * price.output) / 1e6) : null
  const maxTokens = Math.min(card.maxOutput ?? MAX_TOKENS, MAX_TOKENS)
  return { way: 'below', card, requests: [{ ...request, maxTokens, stream: true }], cost, isCached }
}

function freshOffer(span: Span, focus: string, card: ModelCard): Offer | null {
  const text = askAbout(material(span.of?.text || null, span.covered), span.tokens, focus, null)
  if (card.window !== null && estimateTokens(text) + MAX_TOKENS > card.window) return null
  return asMaterial('fresh', [text], card, expected(span))
}

function piecesOffer(span: Span, focus: string, card: ModelCard): Offer {
  const chars = Math.floor((card.window ?? 0) * PIECE_SHARE * CHARS_PER_TOKEN)
  const pieces = piecesOf(material(span.of?.text || null, span.covered), chars)
  const texts = pieces.map((piece, i) => askAbout(piece, estimateTokens(piece), focus, [i + 1, pieces.length]))
  return asMaterial('pieces', texts, card, expected(span) * 2)
}

/** The summary of the summaries of pieces. */
export function reduced(texts: readonly string[], span: Span, focus: string, card: ModelCard): TurnRequest {
  return materialRequest(askAbout(texts.join('\n\n'), span.tokens, focus, null), card)
}

function asMaterial(way: Offer['way'], texts: readonly string[], card: ModelCard, output: number): Offer {
  let usd: number | null = 0
  for (const text of texts) {
    const size = estimateTokens(text) + estimateTokens(SUMMARISING)
    const price = priceFor(card, size)
    usd = price && usd !== null ? usd + (size * price.input + (output / texts.length) * price.output) / 1e6 : null
  }
  const requests = texts.map((text) => materialRequest(text, card))
  return { way, card, requests, cost: usd === null ? null : estimated(usd), isCached: false }
}

const materialRequest = (text: string, card: ModelCard): TurnRequest => ({
  model: card.id,
  system: SUMMARISING,
  messages: [{ role: 'user', text }],
  maxTokens: Math.min(card.maxOutput ?? MAX_TOKENS, MAX_TOKENS),
  effort: null,
  thinking: 'unsaid',
  cache: NO_MARKS,
  stream: true,
})

const wider = (one: ModelCard, other: ModelCard) => ((other.window ?? 0) > (one.window ?? 0) ? other : one)
