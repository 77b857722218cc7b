/**
 * The conversation: its state, everything that can happen to it, and the one function that changes it.
 * Effects are wishes as plain data; the runtime fulfils them and reports back with events.
 */

import { cacheMarks } from './cache.ts'
import type { EffortLevel } from './catalogue.ts'
import { estimateTokens } from './context.ts'
import { estimated, type Figure, reported, sum } from './figures.ts'
import { clocked, NO_TIMES, type TurnTimes } from './metrics.ts'
import { CATALOGUE, costUsd, type ModelCard, type Models, modelCard, overlay } from './models.ts'
import type { Message, TurnRequest } from './request.ts'
import {
  type Failure,
  isEnd,
  type Limits,
  type Ms,
  promptTokens,
  type TurnEnd,
  type TurnEvent,
  type Usage,
} from './turn.ts'

/** Where a turn stands. `waiting`: for the next attempt; `done`: nothing more comes. */
export type Phase = 'sending' | 'waiting' | 'thinking' | 'answering' | 'done'

export interface Turn {
  /** Counts from 1 within a conversation. */
  readonly number: number
  readonly question: string
  /** The visible answer, exactly as it came. */
  readonly answer: string
  /** Readable thinking; empty when there was none or the server hides it. */
  readonly thinking: string
  readonly phase: Phase
  /** The model asked for; once `began`, the one that answers. */
  readonly model: string
  readonly messageId: string | null
  readonly usage: Usage | null
  readonly cacheMiss: string | null
  readonly requestId: string | null
  readonly times: TurnTimes
  readonly attempt: number
  /** The wait before the next attempt; null when not waiting. */
  readonly retry: {
    readonly until: Ms
    readonly attempt: number
    readonly of: number
    readonly failure: Failure
  } | null
  readonly end: TurnEnd | null
  /** US dollars; null: the price is unknown, or nothing is known yet. Known while it runs as an estimate. */
  readonly cost: Figure | null
}

/** What the user chose for the turns to come. */
export interface Choices {
  /** Model id or alias. */
  readonly model: string
  readonly effort: EffortLevel | null
  readonly system: string | null
  readonly maxTokens: number | null
  readonly thinking: 'summarised' | 'hidden'
  /** Whether this server takes cache marks, thinking and effort. */
  readonly features: 'full' | 'plain'
  readonly stream: boolean
  /** Share of the window at which a conversation is worth summarising, 0 to 1. */
  readonly summariseAt: number
  /** `chat`: more turns will follow, so the conversation's end is worth caching; `single`: none will. */
  readonly kind: 'chat' | 'single'
}

export interface State {
  readonly choices: Choices
  readonly models: Models
  /** Turns that are over, oldest first. They never change again. */
  readonly turns: readonly Turn[]
  readonly live: Turn | null
  /** Messages typed while an answer runs, sent one by one after it. */
  readonly queue: readonly string[]
  readonly limits: Limits
  /** What the session cost so far, turns of cleared conversations included. `unknown` counts turns without a price. */
  readonly spent: { readonly known: Figure; readonly unknown: number }
  /** Number the next turn gets. */
  readonly next: number
  /** Number of the first turn that still belongs to the conversation: what came before was cleared. */
  readonly since: number
}

export type Event =
  | TurnEvent
  | { readonly type: 'asked'; readonly at: Ms; readonly text: string }
  | { readonly type: 'unqueued' }
  | { readonly type: 'stopAsked' }
  | { readonly type: 'chosen'; readonly choices: Partial<Choices> }
  | { readonly type: 'cleared' }
  | { readonly type: 'modelsLearned'; readonly rows: readonly (Partial<ModelCard> & { readonly id: string })[] }

export type Effect = { readonly type: 'send'; readonly request: TurnRequest } | { readonly type: 'stop' }

export interface Step {
  readonly state: State
  readonly effects: readonly Effect[]
}

export function newConversation(choices: Choices, models: Models = CATALOGUE): State {
  return {
    choices,
    models,
    turns: [],
    live: null,
    queue: [],
    limits: {},
    spent: { known: reported(0), unknown: 0 },
    next: 1,
    since: 1,
  }
}

const still = (state: State): Step => ({ state, effects: [] })

/** The only place that changes state. */
export function update(state: State, event: Event): Step {
  switch (event.type) {
    case 'asked':
      return state.live ? still({ ...state, queue: [...state.queue, event.text] }) : ask(state, event.text, event.at)
    case 'unqueued':
      return still({ ...state, queue: [] })
    case 'stopAsked':
      return { state, effects: state.live ? [{ type: 'stop' }] : [] }
    case 'chosen':
      return still({ ...state, choices: { ...state.choices, ...event.choices } })
    case 'cleared':
      // An answer that still runs is cleared, too: it is stopped, and joins no later request.
      return {
        state: { ...state, turns: [], since: state.next },
        effects: state.live ? [{ type: 'stop' }] : [],
      }
    case 'modelsLearned':
      return still({ ...state, models: overlay(state.models, event.rows) })
    default:
      return state.live ? onTurn(state, state.live, event) : still(state)
  }
}

function ask(state: State, question: string, at: Ms): Step {
  const request = planRequest(state, question)
  const live: Turn = {
    number: state.next,
    question,
    answer: '',
    thinking: '',
    phase: 'sending',
    model: request.model,
    messageId: null,
    usage: null,
    cacheMiss: null,
    requestId: null,
    times: { ...NO_TIMES, asked: at },
    attempt: 1,
    retry: null,
    end: null,
    cost: null,
  }
  return { state: { ...state, live, next: state.next + 1 }, effects: [{ type: 'send', request }] }
}

/** Folds one event of the running turn; the last one settles it and sends what was queued. */
function onTurn(state: State, live: Turn, event: TurnEvent): Step {
  const turn = priced(grown(live, event), state.models)
  const limits = event.type === 'heard' ? { ...state.limits, ...event.limits } : state.limits
  if (!isEnd(event)) return still({ ...state, live: turn, limits })
  const settled: State = { ...state, live: null, limits, turns: [...state.turns, turn], spent: paid(state, turn) }
  const [next, ...queue] = settled.queue
  if (next === undefined || event.type !== 'finished') return still(settled)
  return ask({ ...settled, queue }, next, event.at)
}

function grown(turn: Turn, event: TurnEvent): Turn {
  const times = clocked(turn.times, event)
  switch (event.type) {
    case 'sent':
      return { ...turn, times, attempt: event.attempt, phase: 'sending', retry: null }
    case 'heard':
      return { ...turn, times, requestId: event.requestId }
    case 'began': {
      const { model, messageId, usage, cacheMiss } = event
      return { ...turn, times, model, messageId, usage, cacheMiss }
    }
    case 'thinking':
      return { ...turn, times, phase: 'thinking', thinking: turn.thinking + event.text }
    case 'delta':
      return { ...turn, times, phase: 'answering', answer: turn.answer + event.text }
    case 'usage':
      return { ...turn, times, usage: event.usage }
    case 'waiting': {
      const retry = {
        until: event.at + event.delayMs,
        attempt: event.attempt + 1,
        of: event.of,
        failure: event.failure,
      }
      return { ...turn, times, phase: 'waiting', retry, answer: '', thinking: '' }
    }
    case 'alive':
      return turn
    default:
      return { ...turn, times, phase: 'done', retry: null, end: event }
  }
}

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

/** Keeps the cost beside the tokens it follows from: the server's own once finished, an estimate before. */
function priced(turn: Turn, models: Models): Turn {
  const output = outputTokens(turn)
  if (!turn.usage || !output) return turn
  const usd = costUsd(modelCard(turn.model, models), { ...turn.usage, output: output.value })
  return { ...turn, cost: usd === null ? null : { value: usd, from: output.from } }
}

function paid({ spent }: State, turn: Turn): State['spent'] {
  // A turn that never began was not billed: nothing to add, and nothing unknown about it.
  if (!turn.usage) return spent
  return turn.cost ? { ...spent, known: sum(spent.known, turn.cost) } : { ...spent, unknown: spent.unknown + 1 }
}

/**
 * Whether a turn goes back to the model in later requests: it has an answer to show for it, and the model did not
 * refuse (a refused exchange in the history invites more refusals).
 */
function isRemembered(turn: Turn): boolean {
  return turn.answer.trim() !== '' && !(turn.end?.type === 'finished' && turn.end.stopReason === 'refusal')
}

/** The turns as messages. Thinking is never sent back: it is bound to a history that the user may edit. */
export function history(turns: readonly Turn[]): readonly Message[] {
  return turns.filter(isRemembered).flatMap((turn): readonly Message[] => [
    { role: 'user', text: turn.question },
    { role: 'assistant', text: turn.answer },
  ])
}

/** Output limit for a model we know nothing about; small enough for any server of today. */
const UNKNOWN_MAX_OUTPUT = 8_192
/** Output limit of a chat turn: far above any answer, and free, since only what is generated is billed. */
const CHAT_MAX_OUTPUT = 64_000

/** What is sent for this question after these turns. Same state, same request. */
export function planRequest(state: State, question: string): TurnRequest {
  const { choices, turns } = state
  const card = modelCard(choices.model, state.models)
  const full = choices.features === 'full'
  const last = turns.findLast(({ usage, number }) => usage !== null && number >= state.since)
  const contextTokens = last?.usage ? promptTokens(last.usage) + last.usage.output : 0
  const marks = { card, system: choices.system, contextTokens, conversation: choices.kind === 'chat' }
  return {
    model: card.id,
    system: choices.system,
    messages: [...history(turns.filter(({ number }) => number >= state.since)), { role: 'user', text: question }],
    maxTokens: choices.maxTokens ?? Math.min(card.maxOutput ?? UNKNOWN_MAX_OUTPUT, CHAT_MAX_OUTPUT),
    effort: full ? effortFor(choices, card) : null,
    thinking:
      full && choices.thinking === 'summarised' && card.thinking === 'adaptive' && card.thinksByDefault
        ? 'summarised'
        : 'unsaid',
    cache: full ? cacheMarks(marks) : { system: null, end: null },
    ...(full && choices.kind === 'chat' ? { previousMessageId: last?.messageId ?? null } : {}),
    stream: choices.stream,
  }
}

/** Sonnet's own default, `high`, thinks long before the first word; `medium` is right for a conversation. */
function effortFor(choices: Choices, card: ModelCard): EffortLevel | null {
  const wanted = choices.effort ?? (choices.kind === 'chat' && card.line === 'sonnet' ? 'medium' : null)
  return wanted && card.efforts.includes(wanted) && wanted !== card.defaultEffort ? wanted : null
}
