/** One turn: a question and what came back, how it grows event by event, and what it costs. */

import { type Attachment, type Question, questionOf } from '../attachments.ts'
import type { State } from '../conversation.ts'
import { clocked, NO_TIMES, type TurnTimes } from '../figures/metrics.ts'
import { estimated, type Figure, measured, reported } from '../figures.ts'
import type { EffortLevel } from '../models/catalogue.ts'
import { costUsd, type ModelCard, type Models, modelCard, scaledPrices } from '../models.ts'
import type { Failure, Ms, Rival, TurnEnd, TurnEvent, Usage, Wire } from '../turn.ts'
import { isUnsent } from '../weather/resilience.ts'
import { estimateTokens } from '../window/context.ts'

/** Where a turn stands. `waiting`: for the next attempt; `done`: nothing more comes. */
export type Phase = 'sending' | 'waiting' | 'thinking' | 'answering' | 'done'

/** An attempt that was billed, though nothing of it is in the answer. Its output is an estimate. */
export interface Wasted extends Pick<Turn, 'model' | 'prices' | 'requestId' | 'messageId' | 'cost'> {
  readonly usage: Usage
  /** Why it failed; null: the user stopped it. */
  readonly failure: Failure | null
  /** It was given up before the server said anything: all of its usage is an estimate. Absent: it had begun. */
  readonly isUnheard?: true
  /** It ran beside another one, which went on alone. */
  readonly isHedge?: true
  /** A cascade gave it up: it was not good enough. By the server's own count, where it was finished. */
  readonly isGivenUp?: 'server' | 'estimate'
}

/** One model after another in a cascade, and why. */
export type Escalation = Pick<Extract<TurnEvent, { type: 'escalated' }>, 'from' | 'to' | 'reason'>

/** A question that was asked of several models at once. */
export interface Race {
  readonly models: readonly string[]
  /** Whose answer was kept; null: nobody's. Absent: the race is not over. */
  readonly kept?: string | null
  /** The answers that were not. */
  readonly others?: readonly Rival[]
}

/** One model in the place of another. */
export type Instead = Pick<Extract<TurnEvent, { type: 'fellBack' }>, 'from' | 'to' | 'failure' | 'notes'>

/** The same in a turn. `before`: requests that went to others until then. */
type InsteadThere = Instead & { readonly before: number }

/** What a request was planned from besides the turns before it: with it, the request can be planned again. */
export type Basis = Pick<State, 'choices' | 'summaries' | 'marks'>

export interface Turn {
  /** Counts from 1 within a conversation, over all its branches. */
  readonly number: number
  /** The turn it follows; null: it is the first of its branch. */
  readonly parent: number | null
  readonly question: string
  /** What goes with the question; absent: nothing. */
  readonly attachments?: readonly Attachment[]
  /** What was chosen and marked when it was asked; absent: unknown. */
  readonly basis?: Basis
  /** It was asked for a short answer. */
  readonly concise?: true
  /** The visible answer, exactly as it came. */
  readonly answer: string
  /** Readable thinking; empty when there was none or the server hides it. */
  readonly thinking: string
  readonly phase: Phase
  /** The model asked for; once `began`, the one that answers. */
  readonly model: string
  /** The effort that was chosen for it; null: none was. */
  readonly effort: EffortLevel | null
  readonly messageId: string | null
  readonly usage: Usage | null
  /** Prices of the model that answers, as they were when it began; null: unknown. */
  readonly prices: ModelCard['prices']
  readonly cacheMiss: string | null
  readonly requestId: string | null
  readonly times: TurnTimes
  /** How its last request got to the server; absent: nobody knows. */
  readonly wire?: Wire
  /** Requests that were sent for it so far, one beside another not counted. */
  readonly attempt: number
  /** Output tokens that a budget paid for; absent: it left as many as were wanted. */
  readonly room?: number
  /** Attempts that came to nothing: part of the bill, though not of the answer's cost. */
  readonly wasted: readonly Wasted[]
  /** Two requests ran for it side by side: which of them went on, null while both run, and why the other failed. Absent: one. */
  readonly hedge?: { readonly won: 'first' | 'second' | null; readonly failure: Failure | null }
  /** The wait before the next attempt: which one of how many of this model; null when not waiting. */
  readonly retry: {
    readonly until: Ms
    readonly attempt: number
    readonly of: number
    readonly failure: Failure
  } | null
  /** Why the request that was sent last came to nothing, with none on its way since; absent: one is, or none was sent. */
  readonly vain?: Failure
  /** Models that were asked in the place of others, in order; absent: none was. */
  readonly instead?: readonly InsteadThere[]
  /** Absent: one model was asked. */
  readonly race?: Race
  /** Steps up a cascade, in order; absent: none was taken. */
  readonly escalations?: readonly Escalation[]
  /** The answer is an earlier one, from the history: when it was given, and why none could be had now. */
  readonly recalled?: { readonly saidMs: number; readonly failure: Failure; readonly notes: readonly string[] }
  readonly end: TurnEnd | null
  /** US dollars; null: the price is unknown, or nothing is known yet. Known while it runs as an estimate. */
  readonly cost: Figure | null
}

/** A turn whose request is about to be sent. */
export function newTurn(
  start: Pick<
    Turn,
    'number' | 'parent' | 'question' | 'attachments' | 'model' | 'effort' | 'basis' | 'concise' | 'race'
  >,
  at: Ms,
): Turn {
  return {
    ...start,
    answer: '',
    thinking: '',
    phase: 'sending',
    messageId: null,
    usage: null,
    prices: null,
    cacheMiss: null,
    requestId: null,
    times: { ...NO_TIMES, asked: at },
    attempt: 0,
    wasted: [],
    retry: null,
    end: null,
    cost: null,
  }
}

/** The turn after one more of its events. */
export function grown(turn: Turn, event: TurnEvent, models: Models): Turn {
  return priced(told(turn, event, models))
}

function told(turn: Turn, event: TurnEvent, models: Models): Turn {
  const times = clocked(turn.times, event)
  switch (event.type) {
    case 'sent': {
      const { wire: _, vain: __, ...anew } = turn
      // The person has waited since the first of two requests went out, whichever of them answers.
      const since = turn.hedge?.won === 'second' ? (turn.times.sent ?? event.at) : event.at
      return {
        ...{ ...anew, times: { ...times, sent: since }, attempt: event.attempt, phase: 'sending', retry: null },
        ...(event.room === undefined ? {} : { room: event.room }),
      }
    }
    case 'heard':
      return { ...turn, times, requestId: event.requestId, ...(event.wire && { wire: event.wire }) }
    case 'began': {
      const { model, messageId, usage, cacheMiss, priceFactor } = event
      const prices =
        event.prices === undefined ? scaledPrices(modelCard(model, models).prices, priceFactor) : event.prices
      return { ...turn, times, model, messageId, usage, cacheMiss, prices }
    }
    case 'thinking':
      return { ...turn, times, phase: 'thinking', thinking: turn.thinking + event.text }
    case 'delta':
      return { ...turn, times, phase: 'answering', answer: turn.answer + event.text }
    case 'usage':
      return { ...turn, times, usage: event.usage }
    case 'fellBack': {
      const { from, to, failure, notes } = event
      const instead = [...(turn.instead ?? []), { from, to, failure, notes, before: turn.attempt }]
      return { ...givenUp(turn, failure), times, model: to, phase: 'sending', retry: null, instead }
    }
    case 'recalled': {
      const { model, saidMs, failure, notes } = event
      const recalled = { saidMs, failure, notes }
      // Nothing of it was heard just now: no time of the attempts before is one of its own.
      const untimed = { ...NO_TIMES, asked: times.asked }
      const { wire: _, ...unsent } = givenUp(turn, failure)
      const none = { phase: 'answering', retry: null, cost: measured(0) } as const
      return { ...unsent, ...none, times: untimed, model, recalled }
    }
    case 'waiting': {
      const retry = {
        until: event.at + event.delayMs,
        attempt: event.attempt + 1,
        of: event.of,
        failure: event.failure,
      }
      return { ...givenUp(turn, event.failure), times, phase: 'waiting', retry }
    }
    case 'hedged':
      return { ...turn, hedge: { won: null, failure: null } }
    case 'raced': {
      const hedge = { won: event.won, failure: event.lost.failure }
      return event.won === 'first' ? { ...turn, hedge } : { ...turn, ...NOTHING_YET, requestId: null, hedge }
    }
    case 'compared':
      return comparedIn(turn, event)
    case 'escalated': {
      const { from, to, reason } = event
      const escalations = [...(turn.escalations ?? []), { from, to, reason }]
      const wasted = [...turn.wasted, ...notGoodEnough(turn, event)]
      return { ...turn, ...NOTHING_YET, times, wasted, model: to, phase: 'sending', requestId: null, escalations }
    }
    case 'alive':
    case 'connecting':
    case 'connected':
      return { ...turn, times }
    default:
      return { ...turn, times, phase: 'done', retry: null, end: event }
  }
}

/** What follows is planned as if the one that was kept had been asked alone. */
function comparedIn(turn: Turn, { kept, others }: Extract<TurnEvent, { type: 'compared' }>): Turn {
  const race: Race = { models: turn.race?.models ?? [], kept, others }
  if (kept === null) return { ...turn, race }
  const basis = turn.basis && { ...turn.basis, choices: { ...turn.basis.choices, model: kept } }
  return { ...turn, ...(basis ? { basis } : {}), model: kept, race }
}

/** What a turn has of an answer before the first event of one. */
const NOTHING_YET = {
  ...{ answer: '', thinking: '', usage: null, prices: null, cost: null, messageId: null, cacheMiss: null },
} as const

/** Requests that were sent to the model that is asked now. */
export const attemptsOf = ({ attempt, instead }: Pick<Turn, 'attempt' | 'instead'>): number =>
  attempt - (instead?.at(-1)?.before ?? 0)

/** The turn without what its last attempt brought: that is on the bill alone. */
function givenUp(turn: Turn, failure: Failure): Turn {
  const wasted = [...turn.wasted, ...wastedBy(turn, failure)]
  const { hedge: _, ...alone } = turn
  const isVain = turn.times.sent !== null && !isUnsent(failure)
  return { ...alone, ...NOTHING_YET, wasted, ...(isVain ? { vain: failure } : {}) }
}

/** What a failed attempt cost; nothing when it never began. */
function wastedBy(turn: Turn, failure: Failure): readonly Wasted[] {
  const { usage, model, prices, requestId, messageId, cost } = turn
  const output = outputTokens(turn)
  if (!usage || !output) return []
  return [{ usage: { ...usage, output: output.value }, model, prices, requestId, messageId, cost, failure }]
}

/** What a cascade paid for an answer that it did not keep. */
function notGoodEnough(turn: Turn, event: Extract<TurnEvent, { type: 'escalated' }>): readonly Wasted[] {
  const { usage } = event
  if (!usage) return []
  const { model, prices, requestId, messageId } = turn
  const from = event.isEstimate ? 'estimate' : 'server'
  const usd = costUsd({ prices }, usage)
  const cost = usd === null ? null : ({ value: usd, from } as const)
  return [{ usage, model, prices, requestId, messageId, cost, failure: null, isGivenUp: from }]
}

/** US dollars of a whole call; null: the price of its answer is unknown. An answer that never began costs nothing. */
export const totalUsd = ({ cost, usage }: Pick<Turn, 'cost' | 'usage'>, paidUsd: number): number | null =>
  cost ? cost.value + paidUsd : usage === null ? paidUsd : null

/** What was asked in it, with all that went with it. */
export const questionIn = ({ question, attachments }: Pick<Turn, 'question' | 'attachments'>): Question =>
  questionOf(question, attachments)

/** Output tokens: the server's own count once finished, an estimate from the text before and after a stop; null: none. */
export function outputTokens({
  usage,
  end,
  answer,
  thinking,
}: Pick<Turn, 'usage' | 'end' | 'answer' | 'thinking'>): Figure | null {
  if (!usage) return null
  if (end?.type === 'finished') return reported(usage.output)
  return estimated(Math.max(usage.output, estimateTokens(answer) + estimateTokens(thinking)))
}

/** Tokens of an answer as it is sent back: without its thinking. */
export function spoken({ usage, answer, end }: Pick<Turn, 'usage' | 'answer' | 'end'>): number {
  if (end?.type !== 'finished' || !usage || usage.thinking === null) return estimateTokens(answer)
  return Math.max(0, usage.output - usage.thinking)
}

/** Keeps the cost beside the tokens it follows from: the server's own once finished, an estimate before. */
function priced(turn: Turn): Turn {
  const output = outputTokens(turn)
  if (!turn.usage || !output) return turn
  const usd = costUsd(turn, { ...turn.usage, output: output.value })
  return { ...turn, cost: usd === null ? null : { value: usd, from: output.from } }
}
