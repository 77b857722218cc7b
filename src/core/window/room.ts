/**
 * What fills the window, part by part, and what each part costs with every turn that goes on with it: its rent. The parts
 * of what is sent add up to the prompt that the next question follows.
 */

import { type Attachment, askingOf, sizeOf } from '../attachments.ts'
import { writtenCold } from '../cache/cold-send.ts'
import { promptAfter } from '../cache/entries.ts'
import type { State } from '../conversation.ts'
import type { ReadingPace } from '../figures/pace.ts'
import { estimated, type Figure, reported } from '../figures.ts'
import { type ModelCard, modelCard, priceFor } from '../models.ts'
import { history } from '../request/messages.ts'
import { planRequest } from '../request/plan.ts'
import { outputTokens, questionIn, spoken, type Turn } from '../turn/turns.ts'
import { type Ms, promptTokens } from '../turn.ts'
import { charsPerToken } from './chars-per-token.ts'
import { lastCounted, promptSize } from './meter.ts'
import { attachedSizes, questionSize } from './told-sizes.ts'
import { leftOutBy, type Mark, messagesOf, type Summary, windowOf } from './window.ts'

export interface Part {
  /** A turn's number; 0: the system prompt; below 0: the summary. */
  readonly id: number
  readonly kind: 'system' | 'summary' | 'turn'
  /** Of a turn. */
  readonly turn: Turn | null
  readonly summary: Summary | null
  readonly mark: Mark | null
  /** `summarised`: a summary stands for it; `nothing`: there is no answer to send. */
  readonly place: 'sent' | 'dropped' | 'summarised' | 'nothing'
  /** What it takes, or would take if it were sent. */
  readonly tokens: Figure
  /** What of that goes with its question. */
  readonly attached: readonly {
    readonly attachment: Attachment
    readonly tokens: Figure
    /** It goes with its question. */
    readonly isSent: boolean
  }[]
}

export interface Room {
  readonly parts: readonly Part[]
  /** Tokens of the prompt that the next question follows, and of what the meter shows. */
  readonly whole: Figure
  readonly used: Figure
  /** Thinking of the last answer, which the meter counts and nobody sends back. */
  readonly thinking: number
  /** Of the model; null: unknown. */
  readonly window: number | null
}

/** What fills the window of a conversation between two turns. */
export function roomOf(state: State): Room {
  const now = windowOf(state)
  const sent = new Set(now.turns.map(({ number }) => number))
  const last = lastCounted(state, state.turns)
  const perToken = charsPerToken(state)
  const card = modelCard(state.choices.model, state.models)
  const behind = now.summary ? state.turns.findIndex(({ number }) => number === now.summary!.upTo) : -1
  const { system } = state.choices
  const summary = now.summary && messagesOf({ summary: now.summary, turns: [] })
  const raw: readonly Sized[] = [
    ...(system === null ? [] : [{ ...NEITHER, id: 0, kind: 'system' as const, size: system.length / perToken }]),
    ...(summary
      ? [
          {
            ...{ ...NEITHER, id: -1, kind: 'summary' as const, summary: now.summary },
            size: summary.reduce((sum, { text }) => sum + text.length, 0) / perToken,
          },
        ]
      : []),
    ...state.turns.map((turn, i) => {
      const mark = state.marks[turn.number] ?? null
      const isNothing = history([turn]).length === 0
      const away = mark === 'dropped' ? 'dropped' : i <= behind ? 'summarised' : 'nothing'
      return {
        ...{ ...NEITHER, id: turn.number, kind: 'turn' as const, turn, mark },
        place:
          sent.has(turn.number) && !isNothing ? ('sent' as const) : isNothing ? ('nothing' as const) : (away as never),
        size: isNothing ? 0 : Math.max(1, turnSize(state, i, perToken, card) - leftOut(state, turn)),
      }
    }),
  ]
  const own = last?.usage ? promptTokens(last.usage) + spoken(last) : promptSize({ ...state, live: null }).value
  const whole = last?.end?.type === 'finished' && last.usage?.thinking !== null ? reported(own) : estimated(own)
  const going = raw.filter(({ place }) => place === 'sent')
  const sum = going.reduce((total, { size }) => total + size, 0)
  const fixed = going.reduce((total, part) => total + imagesIn(state, part), 0)
  // What is not known of a single part is known of all together; an image is known.
  const isRoomy = own > fixed && sum > fixed
  const scale = isRoomy ? (own - fixed) / (sum - fixed) : sum > 0 ? own / sum : 1
  const scaled = (part: Sized) => {
    const known = isRoomy ? imagesIn(state, part) : 0
    return known + (part.size - known) * scale
  }
  const used = promptSize({ ...state, live: null })
  return {
    parts: raw.map(({ size, ...part }) => ({
      ...part,
      tokens: estimated(part.place === 'sent' ? scaled({ size, ...part }) : size),
      attached: attachedSizes(state, part.turn).map(({ attachment, tokens }) => ({
        attachment,
        tokens: estimated(tokens),
        isSent: part.place === 'sent' && !leftOutBy(part.mark).includes(attachment.hash),
      })),
    })),
    ...{ whole, used, thinking: last ? Math.max(0, (outputTokens(last)?.value ?? 0) - spoken(last)) : 0 },
    window: card.window,
  }
}

const NEITHER = { turn: null, summary: null, mark: null, place: 'sent' } as const

type Sized = Omit<Part, 'tokens' | 'attached'> & { readonly size: number }

/** Tokens of the images that go with a part: they follow from the pixels. Never more than it has. */
function imagesIn(state: State, { turn, mark, size }: Sized): number {
  const out = leftOutBy(mark)
  const images = attachedSizes(state, turn).filter(
    ({ attachment: { kind, hash } }) => kind === 'image' && !out.includes(hash),
  )
  return Math.min(
    size,
    images.reduce((sum, { tokens }) => sum + tokens, 0),
  )
}

/** Tokens of what a mark leaves out of a turn. */
function leftOut(state: State, turn: Turn): number {
  const out = leftOutBy(state.marks[turn.number] ?? null)
  return attachedSizes(state, turn).reduce(
    (sum, { attachment, tokens }) => sum + (out.includes(attachment.hash) ? tokens : 0),
    0,
  )
}

/** Tokens of a turn: by how the prompt grew with it, where the server's counts tell; else by its length. */
function turnSize(state: State, at: number, perToken: number, card: ModelCard): number {
  const turn = state.turns[at]!
  const { chars, tokens } = sizeOf([askingOf(questionIn(turn)), { text: turn.answer }], card)
  const question = questionSize(state, at, perToken)
  return question === null ? chars / perToken + tokens : question + spoken(turn)
}

/** What so many tokens of the prompt cost with each further turn. Dollars are null where the price is unknown. */
export interface Rent {
  /** Read from the cache. */
  readonly warm: Figure | null
  readonly warmMs: Ms
  /** Read anew, for nothing of it is in the cache. */
  readonly cold: Figure | null
  readonly coldMs: Ms
}

/** Reading from the cache takes about a fifth of the time: 2.4 s for 100,000 tokens, 11.5 s anew (source: see `pace`). */
const CACHED_SHARE = 0.2

/** @param whole tokens of the prompt they are part of: a price may depend on it */
export function rentOf(state: State, whole: number): (tokens: number, pace: ReadingPace) => Rent {
  const price = priceFor(modelCard(state.choices.model, state.models), whole)
  const { end } = planRequest(state, '').cache
  const prompt = promptAfter(state, state.turns, '')
  const last = state.turns.at(-1)?.times.ended ?? 0
  const [read, write] = !price
    ? [null, null]
    : end === null
      ? [price.input, price.input]
      : [price.read, (writtenCold(state, prompt, whole, last) ?? end) === '1h' ? price.write1h : price.write5m]
  return (tokens, { msPerToken }) => ({
    warm: read === null ? null : estimated((tokens * read) / 1e6),
    warmMs: tokens * msPerToken * (end === null ? 1 : CACHED_SHARE),
    cold: write === null ? null : estimated((tokens * write) / 1e6),
    coldMs: tokens * msPerToken,
  })
}
