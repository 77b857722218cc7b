/** What attachments take and cost, before they are sent: each in a line, and all that would go with them. */

import { type Attachment, attachedTo, attachedTokens, bytesSent, type Question } from '../attachments.ts'
import { type Prompt, promptAfter } from '../cache/entries.ts'
import type { State } from '../conversation.ts'
import { rounded } from '../figures/rounded.ts'
import { bytes, count, money } from '../figures/words.ts'
import { estimated, type Figure, mark, withMark } from '../figures.ts'
import { modelCard, priceFor } from '../models.ts'
import { about as aboutUsd } from '../money/budget.ts'
import { promptPrice } from '../money/prompt-price.ts'
import { planRequest } from '../request/plan.ts'
import { promptEstimate } from '../request/prompt-size.ts'
import { sanitiseLine } from '../text/sanitise.ts'
import type { Ms } from '../turn.ts'
import { countedNow, isCountOf } from '../window/meter.ts'
import { attachmentSizes } from './sizes.ts'

export interface Previewed {
  readonly attachment: Attachment
  readonly tokens: Figure
  /** US dollars with every turn that carries it along: read from the cache, where there are marks. null: unknown. */
  readonly usdPerTurn: number | null
}

export interface Preview {
  readonly rows: readonly Previewed[]
  /** Of all attachments together. */
  readonly tokens: Figure
  /** Of the request's body, about. */
  readonly bytes: Figure
  /** US dollars for the prompt with everything in it, without an answer; null: the price is unknown. */
  readonly usd: Figure | null
}

/**
 * Of a question that follows all there is: a turn that still runs goes before it, as far as it has come.
 * @param now on the clock of the turns' times
 */
export function previewOf(given: State, question: Question, now: Ms): Preview {
  const state = withRunning(given)
  const card = modelCard(state.choices.model, state.models)
  const next = promptAfter(state, state.turns, question)
  const request = planRequest(state, question)
  const attached = attachedTo(question)
  const sizes = attachmentSizes(given, attached)
  const whole = wholePrompt(state, next, question, sizes)
  const price = priceFor(card, whole)
  const perToken = price && (request.cache.end === null ? price.input : price.read) / 1e6
  const rows = attached.map((attachment, i) => {
    const tokens = sizes[i]!
    return { attachment, tokens, usdPerTurn: perToken === null ? null : tokens.value * perToken }
  })
  const together = rows.reduce((all, { tokens }) => all + tokens.value, 0)
  const sent = request.messages.reduce(
    (sum, { text, attachments = [] }) => attachments.reduce((all, one) => all + bytesSent(one), sum + text.length),
    request.system?.length ?? 0,
  )
  const usd = promptPrice(state, next, whole, now)?.usd ?? null
  return {
    rows,
    tokens: sizes.length === 1 && attached[0]!.kind !== 'image' ? sizes[0]! : estimated(together),
    bytes: estimated(sent),
    usd: usd === null ? null : estimated(usd),
  }
}

/** The turn that runs as one of the others: by the time the next question goes out, it has an answer. */
function withRunning(state: State): State {
  const { live, turns } = state
  return live ? { ...state, turns: [...turns, live.answer.trim() === '' ? { ...live, answer: '…' } : live] } : state
}

/** What the server has counted of what is attached goes before what was estimated. */
function wholePrompt(state: State, next: Prompt, question: Question, sizes: readonly Figure[]): number {
  const whole = promptEstimate(state, next, question)
  const counted = countedNow(state)
  if (counted && isCountOf(counted, question)) return whole
  const more = sizes.reduce((all, { value }) => all + value, 0)
  return whole + more - attachedTokens(attachedTo(question), modelCard(state.choices.model, state.models))
}

/** `photo.jpg 4032x3024 → 1176x882 · 1,344 tok · $0.0027/turn`. */
export function sayPreviewed({ attachment, tokens, usdPerTurn }: Previewed): string {
  const rent = usdPerTurn === null ? '$?' : withMark({ ...tokens, value: usdPerTurn }, money)
  const name = `${sanitiseLine(attachment.name)} ${sayShape(attachment)}`
  return [name, `${mark(tokens)}${tokens.value.toLocaleString('en-US')} tok`, `${rent}/turn`].join(' · ')
}

/** What it is, and what it was: `4032x3024 → 1176x882`, `PDF, 12 pages`, `48 kB`. */
export function sayShape({ image, kind, pages, bytes: size }: Attachment): string {
  if (image) {
    const { width, height, from } = image
    const sent = `${width}x${height}`
    return width === from.width && height === from.height ? sent : `${from.width}x${from.height} → ${sent}`
  }
  return kind === 'pdf' ? `PDF${pages === undefined ? '' : `, ${count(pages, 'page')}`}` : bytes(size)
}

/** `2 attachments · ~2,688 tok · request ~310 kB · ~$0.0058`. */
export function sayPreviewTotal({ rows, tokens, bytes: size, usd }: Preview): string {
  return [
    count(rows.length, 'attachment'),
    `${mark(tokens)}${tokens.value.toLocaleString('en-US')} tok`,
    `request ${mark(size)}${bytes(size.value)}`,
    usd ? aboutUsd(usd.value) : '$?',
  ].join(' · ')
}

/** Each figure with where it comes from. */
export function previewInJson({ rows, tokens, bytes: size, usd }: Preview) {
  return {
    attachments: rows.map(({ attachment, tokens: own, usdPerTurn }) => ({
      ...attachment,
      tokens: estimated(own.value),
      usdPerTurn: usdPerTurn === null ? null : estimated(rounded(usdPerTurn, 9)),
    })),
    ...{ attachedTokens: tokens, requestBytes: size, promptUsd: usd && { ...usd, value: rounded(usd.value, 9) } },
  }
}
