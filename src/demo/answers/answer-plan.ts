/**
 * One answer, decided before its first byte: the pieces of thinking and text, why it stops, and its output tokens.
 * When the pieces go out, and what happens on the way, is the business of `perform`.
 */

import type { MessageCreateParams, RefusalStopDetails, StopReason } from '@anthropic-ai/sdk/resources/messages/messages'
import type { Model } from '../abilities.ts'
import { cutDeltas, numberedWords } from '../cut.ts'
import type { Play } from '../script.ts'
import { thoughtText, thoughtTokens } from '../thoughts.ts'
import { CHARS_PER_TOKEN, weight } from '../tokens.ts'
import { showsThinking, thinks } from '../validate/thinking.ts'

export interface AnswerPlan {
  /** Null: the answer has no thinking block. */
  readonly thinking: { readonly pieces: readonly string[]; readonly visible: boolean } | null
  /** Null: the answer has no text block, not even an empty one. */
  readonly text: readonly string[] | null
  readonly stop: Stop
  /** Thinking included. */
  readonly outputTokens: number
  readonly thinkingTokens: number
}

export interface Stop {
  readonly reason: StopReason
  readonly sequence: string | null
  readonly details: RefusalStopDetails | null
}

export interface PlanInput {
  readonly body: MessageCreateParams
  readonly model: Model
  readonly play: Play
  readonly promptTokens: number
  /** The normal answer's text; asked for only when the play wants it. */
  answer(): string
}

/** Tokens of an answer without any words (source: handling stop reasons, 2026-08-22: "2 to 3"). */
const EMPTY_TOKENS = 3

const stopping = (reason: StopReason, more: Partial<Stop> = {}): Stop => ({
  reason,
  sequence: null,
  details: null,
  ...more,
})

export function planAnswer(input: PlanInput): AnswerPlan {
  const { body, model, play, promptTokens } = input
  const weigh = weigher(input)
  const room = (model.card.window ?? Number.POSITIVE_INFINITY) - promptTokens
  const limit = Math.min(body.max_tokens, room)
  const full = stopping(room < body.max_tokens ? 'model_context_window_exceeded' : 'max_tokens')
  if (body.max_tokens === 0) return { thinking: null, text: null, stop: full, outputTokens: 0, thinkingTokens: 0 }

  const thoughts = within(thoughtPieces(input), limit, weigh)
  const visible = showsThinking(body, model)
  const thinking = thoughts.pieces.length > 0 ? { pieces: thoughts.pieces, visible } : null
  const thinkingTokens = Math.ceil(thoughts.weight)
  if (thoughts.cut) return { thinking, text: null, stop: full, outputTokens: limit, thinkingTokens }

  const stopped = stopAt(textPieces(input), play, body.stop_sequences ?? [])
  const text = within(stopped.pieces, limit - thinkingTokens, weigh)
  const outputTokens = Math.min(limit, thinkingTokens + Math.max(EMPTY_TOKENS, Math.ceil(text.weight)))
  const wordless = play.content.kind === 'empty' || (stopped.stop.reason === 'refusal' && stopped.pieces.length === 0)
  return {
    thinking,
    text: wordless ? null : text.pieces,
    stop: text.cut ? full : stopped.stop,
    outputTokens,
    thinkingTokens,
  }
}

/**
 * Tokens of a piece. A numbered word or a delta given as such is one token, so that `rate` is tokens a second; so is a
 * huge delta, which is there to be large and would otherwise run into `max_tokens`.
 */
function weigher({ play, model }: PlanInput): (piece: string) => number {
  const { content } = play
  const given = content.kind === 'text' && content.texts.length > 1
  return given || content.kind === 'words' || content.kind === 'huge'
    ? () => 1
    : (piece) => weight(piece, model.abilities.tokenizer)
}

/** As many pieces as the limit allows; `cut` tells that there were more. */
function within(pieces: readonly string[], limit: number, weigh: (piece: string) => number) {
  let total = 0
  for (const [i, piece] of pieces.entries()) {
    const more = total + weigh(piece)
    if (Math.ceil(more) > limit) return { pieces: pieces.slice(0, i), weight: total, cut: true }
    total = more
  }
  return { pieces, weight: total, cut: false }
}

/** Numbered words and given texts think only when their line says so: they are for measuring and comparing. */
function thoughtPieces({ body, model, play }: PlanInput): readonly string[] {
  const { kind } = play.content
  if (kind === 'words' && play.thinking !== null) return numberedWords(play.thinking, play.content.tag.toUpperCase())
  const scripted = kind === 'words' || kind === 'text' || kind === 'huge'
  const byItself = !scripted && thinks(body, model) ? thoughtTokens(body, model) : 0
  const tokens = play.thinking ?? byItself
  return tokens === 0 ? [] : cutDeltas(thoughtText(Math.ceil(tokens * CHARS_PER_TOKEN[model.abilities.tokenizer])))
}

function textPieces({ play, answer }: PlanInput): readonly string[] {
  const { content } = play
  switch (content.kind) {
    case 'words':
      return numberedWords(content.count, content.tag)
    case 'text':
      return content.texts.length === 1 ? cutDeltas(content.texts[0]!) : content.texts
    case 'huge':
      return content.bytes === 0 ? [] : [hugeText(content.bytes)]
    case 'empty':
      return []
    case 'ok':
      return cutDeltas(answer())
  }
}

/** Exactly so many bytes of plain lines, each with its number. */
function hugeText(bytes: number): string {
  const line = (n: number) => `line ${String(n).padStart(6, '0')} of one very large delta, which comes in one piece\n`
  return Array.from({ length: Math.ceil(bytes / line(0).length) }, (_, i) => line(i + 1))
    .join('')
    .slice(0, bytes)
}

/** The pieces up to where the script, or a stop sequence, ends them. */
function stopAt(pieces: readonly string[], play: Play, sequences: readonly string[]) {
  const { ending } = play
  if (ending?.kind === 'max-tokens') return { pieces: pieces.slice(0, ending.after), stop: stopping('max_tokens') }
  if (ending?.kind === 'refusal') {
    const details = {
      type: 'refusal',
      category: ending.category as RefusalStopDetails['category'],
      explanation: 'The script of this demo server declined the request.',
    } as const
    return { pieces: pieces.slice(0, ending.after), stop: stopping('refusal', { details }) }
  }
  const found = sequences.length > 0 ? firstSequence(pieces.join(''), sequences) : null
  if (!found) return { pieces, stop: stopping('end_turn') }
  return {
    pieces: cutDeltas(pieces.join('').slice(0, found.at)),
    stop: stopping('stop_sequence', { sequence: found.sequence }),
  }
}

function firstSequence(text: string, sequences: readonly string[]) {
  return sequences
    .map((sequence) => ({ sequence, at: text.indexOf(sequence) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)[0]
}
