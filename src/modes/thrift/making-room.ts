/**
 * A question that goes on with a conversation too long for the model's window: its beginning is summarised first, in
 * sight, or nothing is sent. What fits is sent as it is: a script is not made to wait for the sake of a price.
 */

import type { Question } from '../../core/attachments.ts'
import { type Event, type State, update } from '../../core/conversation.ts'
import { tokens } from '../../core/figures/words.ts'
import { type ModelCard, modelCard } from '../../core/models.ts'
import { planRequest } from '../../core/request/plan.ts'
import { Ending, EXIT } from '../../core/turn/outcome.ts'
import { carriedFacts } from '../../core/window/compaction/kept-facts.ts'
import { offersFor } from '../../core/window/compaction/offers.ts'
import { stretch } from '../../core/window/compaction/say.ts'
import { LEAST_TOKENS, spanOf } from '../../core/window/compaction/span.ts'
import { draftTokens, promptSize } from '../../core/window/meter.ts'
import type { Api } from '../../io/api.ts'
import { summarise } from './summarising.ts'

/** From this share of the window on the server is asked to count: before, it fits for sure. */
const UNSURE_SHARE = 0.9

export interface RoomParts {
  readonly api: Pick<Api, 'attempt' | 'count'>
  readonly now: () => number
  readonly signal: AbortSignal
  /** A line for people. */
  readonly note: (line: string) => void
  /** What happens, for the history and the bill. */
  readonly happened: (event: Event) => void
}

/** Makes this question fit behind the conversation. @throws Ending when it cannot be made to */
export async function makeRoom(past: State, question: Question, parts: RoomParts): Promise<void> {
  const { api, now, signal, note, happened } = parts
  const card = modelCard(past.choices.model, past.models)
  const size = past.turns.length === 0 ? null : await sizeOf(past, question, card, parts)
  if (size === null || card.window === null || size <= card.window) return
  const room = `${card.name} holds ${card.window.toLocaleString('en-US')}`
  const tooLarge = (why: string) =>
    new Ending(
      EXIT.tooLarge,
      `Input too large: with this question the conversation takes ${size.toLocaleString('en-US')} tokens, ${room}. ${why} Begin a new one, or choose a model with a larger window.`,
    )
  const span = spanOf(past)
  if (!span || span.tokens < LEAST_TOKENS) throw tooLarge('There is nothing in it to summarise.')
  const offers = offersFor(past, span, '', now())
  const by = offers.chosen.card.name
  note(`Summarising ${stretch(span)} first (~${tokens(span.tokens)} tokens, by ${by}): they no longer fit, ${room}.`)
  let state = past
  const happens = (event: Event) => {
    state = update(state, event).state
    happened(event)
  }
  const made = await summarise(offers.chosen, span, '', api, signal, happens)
  if ('trouble' in made) throw tooLarge(`No summary of its beginning could be made: ${made.trouble}`)
  const facts = carriedFacts(past, span.upTo)
  happens({
    type: 'summarised',
    at: now(),
    upTo: span.upTo,
    of: span.of?.id ?? null,
    kind: 'summary',
    text: made.text,
    facts,
    spared: span.spared,
  })
  note(`Summarised ${stretch(span)}: ~${tokens(promptSize(state).value)} tokens are sent. Nothing is deleted.`)
}

/** Tokens of the prompt, counted by the server where it matters; null: it fits, or nobody can say. */
async function sizeOf(
  past: State,
  question: Question,
  { window }: ModelCard,
  { api, signal }: RoomParts,
): Promise<number | null> {
  const guess = promptSize(past).value + draftTokens(past, question)
  if (window === null || guess < window * UNSURE_SHARE) return null
  return (await api.count(planRequest(past, question), signal)) ?? guess
}
