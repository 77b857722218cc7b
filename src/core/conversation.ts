/**
 * The conversation: its state, everything that can happen to it, and the one function that changes it.
 * Effects are wishes as plain data; the runtime fulfils them and reports back with events. A saved conversation is the
 * list of its events: folding them gives the state again.
 */

import { type Asking, type Attachment, askingOf, type Question, questionOf, withAttachments } from './attachments.ts'
import type { Habit } from './cache/pauses.ts'
import type { Choices } from './conversation/choices.ts'
import { billed, type SideCall, type SideCallEvent } from './conversation/side-calls.ts'
import { type Figure, reported, sum } from './figures.ts'
import { CATALOGUE, type ModelCard, type Models, modelCard, overlay } from './models.ts'
import { outrun, unheard } from './money/unheard.ts'
import { planRequest, replanned } from './request/plan.ts'
import type { TurnRequest } from './request.ts'
import { grown, newTurn, questionIn, type Turn } from './turn/turns.ts'
import { isEnd, type Limits, type Ms, type TurnEvent } from './turn.ts'
import type { Wish } from './weather/resilience.ts'
import type { Counted } from './window/meter.ts'
import { type Mark, reviewed, type Summary, type WindowEvent } from './window/window.ts'

export type { Phase, Turn } from './turn/turns.ts'

export interface State {
  readonly choices: Choices
  readonly models: Models
  /** Turns of the conversation that are over, oldest first. They never change again. */
  readonly turns: readonly Turn[]
  /** Turns of the same conversation that lead elsewhere: they were edited, retried or undone. Nothing is destroyed. */
  readonly branches: readonly Turn[]
  readonly live: Turn | null
  /** The turn that was the last to be over, whether or not it still belongs to the conversation. */
  readonly settled: Turn | null
  /** Messages typed while an answer runs, sent one by one after it, each with what goes with it. */
  readonly queue: readonly Question[]
  /** What the conversation is called, and who said so; null: nobody yet. */
  readonly title: { readonly text: string; readonly by: 'user' | 'model' } | null
  /** What stands for the beginning of the conversation when it is sent, the latest last. */
  readonly summaries: readonly Summary[]
  /** What the user wants of single turns, by their numbers. */
  readonly marks: Readonly<Record<number, Mark>>
  /** Calls beside the turns, such as for a title. They are part of the bill. */
  readonly sideCalls: readonly SideCall[]
  /** What the server counted of a prompt that is not sent yet; null: nothing that it has not counted since. */
  readonly counted: Counted | null
  /** Rate limits by the model they hold for, as the server told them last. */
  readonly limits: Readonly<Record<string, Limits>>
  /** Models that are not asked for now, because they were limited or overloaded too often: until when; past: a probe is due. */
  readonly resting: Readonly<Record<string, Ms>>
  /** How this person's pauses were lately, in other conversations; null: nobody has looked. */
  readonly habit: Habit | null
  /**
   * What the session cost so far, cleared conversations and what a resumed one had cost included. `unknown` counts
   * what has no price, `turns` the turns that are over.
   */
  readonly spent: { readonly known: Figure; readonly unknown: number; readonly turns: number }
  /** Number the next turn gets. */
  readonly next: number
  /** The running turn is the last of a conversation that was cleared while it ran. */
  readonly clearing: boolean
}

export type Event =
  | TurnEvent
  | SideCallEvent
  | WindowEvent
  /** `model`: who was asked, of a turn that was held elsewhere; absent: the model chosen here. */
  | ({
      readonly type: 'asked'
      readonly at: Ms
      readonly model?: string
      /** It goes to these models at once, and not by the road of a turn: what comes of it is `compared`. Not while one runs. */
      readonly race?: readonly string[]
    } & Asking)
  /** What the answers of a race have cost so far: billed if their program ends before they are `compared`. */
  | { readonly type: 'racing'; readonly at: Ms; readonly bills: readonly SideCallEvent[] }
  | { readonly type: 'unqueued' }
  | { readonly type: 'stopAsked' }
  /** While the next attempt is waited for: it now. */
  | { readonly type: 'hurryAsked' }
  /** The running answer, which is silent, is given up for another try; `reason` says for how long. */
  | { readonly type: 'gaveUp'; readonly reason: string }
  /** The running request is to be sent a second time beside it. */
  | { readonly type: 'hedgeAsked' }
  /** While the next attempt is waited for: another model in its place, and what is different with it, in sentences. */
  | { readonly type: 'otherAsked'; readonly model: string; readonly notes: readonly string[] }
  /** A model is left alone for a while, after so many failures in a row; `until` null: it is asked again as ever. */
  | {
      readonly type: 'rested'
      readonly at: Ms
      readonly model: string
      readonly until: Ms | null
      readonly failures: number
    }
  | { readonly type: 'chosen'; readonly choices: Partial<Choices> }
  | { readonly type: 'cleared' }
  /** The next question follows this turn, wherever it stands in the tree; null: it begins anew. Not while one runs. */
  | { readonly type: 'moved'; readonly to: number | null }
  | { readonly type: 'titled'; readonly title: string; readonly by: 'user' | 'model' }
  /** A saved conversation takes the place of this one. Not while a turn runs. */
  | { readonly type: 'resumed'; readonly past: State }
  /** Known of this program's user, not of the conversation. */
  | { readonly type: 'habitLearned'; readonly habit: Habit }
  /** The server has counted what this question would send; empty: the conversation alone. */
  | {
      readonly type: 'counted'
      readonly draft: string
      readonly attachments?: readonly Attachment[]
      readonly tokens: number
    }
  | { readonly type: 'modelsLearned'; readonly rows: readonly (Partial<ModelCard> & { readonly id: string })[] }

type Asked = Extract<Event, { type: 'asked' }>

export type Effect =
  | { readonly type: 'send'; readonly request: TurnRequest }
  | { readonly type: 'stop' }
  /** To whoever waits for the next attempt. */
  | { readonly type: 'wish'; readonly wish: Wish }

export interface Step {
  readonly state: State
  readonly effects: readonly Effect[]
}

export function newConversation(choices: Choices, models: Models = CATALOGUE): State {
  return {
    choices,
    models,
    ...EMPTY,
    live: null,
    settled: null,
    queue: [],
    limits: {},
    resting: {},
    habit: null,
    spent: { known: reported(0), unknown: 0, turns: 0 },
  }
}

const EMPTY: Omit<
  State,
  'choices' | 'models' | 'live' | 'settled' | 'queue' | 'limits' | 'resting' | 'habit' | 'spent'
> = {
  turns: [],
  branches: [],
  title: null,
  summaries: [],
  marks: {},
  sideCalls: [],
  counted: null,
  next: 1,
  clearing: false,
}

/** The only place that changes state. */
export function update(state: State, event: Event): Step {
  const next = after(state, event)
  return { state: next, effects: wished(state, event, next) }
}

/** The state after events that have happened before: their effects have had their time, and are not even thought of. */
export function fold(state: State, events: readonly Event[]): State {
  return events.reduce(after, state)
}

function after(state: State, event: Event): State {
  switch (event.type) {
    case 'asked':
      return state.live
        ? { ...state, queue: [...state.queue, questionOf(event.text, event.attachments)] }
        : ask(state, event)
    case 'unqueued':
      return { ...state, queue: [] }
    case 'stopAsked':
    case 'hurryAsked':
    case 'otherAsked':
    case 'gaveUp':
    case 'hedgeAsked':
      return state
    case 'rested':
      return { ...state, resting: restingAfter(state.resting, event) }
    case 'chosen':
      return { ...state, choices: { ...state.choices, ...event.choices } }
    case 'cleared':
      // An answer that still runs is stopped first, and then goes the way of the others.
      return state.live ? { ...state, clearing: true } : { ...state, ...EMPTY }
    case 'moved':
      return state.live ? state : moved(state, event.to)
    case 'titled':
      // A model is asked for a name when there is none; a person may have given one in another terminal since.
      if (event.by === 'model' && state.title?.by === 'user') return state
      return { ...state, title: { text: event.title, by: event.by } }
    case 'billed': {
      const call = billed(event, state.models)
      const limits = limitsAfter(state, event.model, event.limits)
      return { ...state, limits, sideCalls: [...state.sideCalls, call], spent: paid(state.spent, call) }
    }
    case 'marked':
    case 'summarised':
    case 'amended':
    case 'unsummarised':
      return { ...state, ...reviewed(state, event) }
    case 'resumed':
      return state.live ? state : ofThisProgram(event.past, state)
    case 'habitLearned':
      return { ...state, habit: event.habit }
    case 'counted': {
      const { turns, choices, summaries, marks } = state
      const { draft, attachments, tokens } = event
      const counted = { draft, ...withAttachments(attachments), tokens, turns, basis: { choices, summaries, marks } }
      return { ...state, counted }
    }
    case 'racing':
      return state
    case 'compared':
      return state.live ? onTurn(state, state.live, event) : { ...state, turns: lateCompared(state, event) }
    case 'modelsLearned':
      return { ...state, models: overlay(state.models, event.rows) }
    default:
      return state.live ? onTurn(state, state.live, event) : state
  }
}

/** What is known of its server and its user stays with the program, whatever conversation it holds. */
const ofThisProgram = (past: State, { models, limits, resting, habit }: State): State => ({
  ...past,
  ...{ models, limits, resting, habit },
})

function restingAfter(resting: State['resting'], { model, until }: Extract<Event, { type: 'rested' }>) {
  const { [model]: _, ...others } = resting
  return until === null ? others : { ...others, [model]: until }
}

/** What follows from an event, besides the state. A request is planned here: it takes as long as the conversation is. */
function wished(state: State, event: Event, next: State): readonly Effect[] {
  const { type } = event
  if ((type === 'stopAsked' || type === 'cleared') && state.live) return [{ type: 'stop' }]
  if (state.live?.phase === 'waiting') {
    if (type === 'hurryAsked') return [{ type: 'wish', wish: { type: 'now' } }]
    if (type === 'otherAsked') {
      const request = replanned(state, state.live, event.model)
      return [{ type: 'wish', wish: { type: 'other', request, notes: event.notes } }]
    }
  }
  const { live } = next
  const isNew = live !== null && live.number !== state.live?.number
  return isNew && !live.race ? [{ type: 'send', request: planRequest(next, questionIn(live)) }] : []
}

function ask(state: State, { text: question, attachments, at, model, race }: Omit<Asked, 'type'>): State {
  const { id } = modelCard(model ?? race?.[0] ?? state.choices.model, state.models)
  // With which effort it was held elsewhere nobody knows here.
  const effort = model === undefined ? state.choices.effort : null
  const parent = state.turns.at(-1)?.number ?? null
  const { choices, summaries, marks } = state
  const basis = { choices, summaries, marks }
  const concise = model === undefined && choices.concise === true ? { concise: true as const } : {}
  const start = { number: state.next, parent, question, ...withAttachments(attachments), model: id, effort, basis }
  const live = newTurn({ ...start, ...concise, ...(race ? { race: { models: race } } : {}) }, at)
  return { ...state, live, counted: null, next: state.next + 1 }
}

/** Folds one event of the running turn; the last one settles it and sends what was queued. */
function onTurn(state: State, live: Turn, event: TurnEvent): State {
  const inVain = [unheard(state, live, event), outrun(state, live, event)].filter((one) => one !== null)
  const next = grown(live, event, state.models)
  const turn = inVain.length > 0 ? { ...next, wasted: [...next.wasted, ...inVain] } : next
  const limits = event.type === 'heard' ? limitsAfter(state, live.model, event.limits) : state.limits
  if (!isEnd(event)) return { ...state, live: turn, limits }
  const over: State = { ...state, live: null, settled: turn, limits, spent: paidFor(state.spent, turn) }
  if (state.clearing) return { ...over, ...EMPTY }
  const settled: State = { ...over, turns: [...state.turns, turn] }
  const [question, ...queue] = settled.queue
  if (question === undefined || event.type !== 'finished') return settled
  return ask({ ...settled, queue }, { ...askingOf(question), at: event.at })
}

/** A program that ends stops the turn of its race first, and tells of the answers then. */
function lateCompared({ turns, models }: State, event: Extract<TurnEvent, { type: 'compared' }>): State['turns'] {
  const last = turns.at(-1)
  if (!last?.race || last.race.others) return turns
  return [...turns.slice(0, -1), grown(last, { ...event, kept: null }, models)]
}

/** An answer without a word of limits, such as one of the history, changes none. */
function limitsAfter({ limits }: State, model: string, told: Limits = {}): State['limits'] {
  return Object.keys(told).length === 0 ? limits : { ...limits, [model]: told }
}

/** The same turns, with another of them as the last one. A turn nobody knows changes nothing. */
function moved(state: State, to: number | null): State {
  const all = new Map([...state.turns, ...state.branches].map((turn) => [turn.number, turn]))
  if (to !== null && !all.has(to)) return state
  const turns: Turn[] = []
  for (let at = to; at !== null; ) {
    const turn = all.get(at)!
    turns.unshift(turn)
    all.delete(at)
    at = turn.parent !== null && all.has(turn.parent) ? turn.parent : null
  }
  return { ...state, turns, branches: [...all.values()].sort((a, b) => a.number - b.number) }
}

/** A turn that the server refused was not billed: nothing to add, and nothing unknown about it. */
const paidFor = (spent: State['spent'], turn: Turn) => ({
  ...[...turn.wasted, ...(turn.usage ? [turn] : [])].reduce(paid, spent),
  turns: spent.turns + 1,
})

function paid(spent: State['spent'], { cost }: { readonly cost: Figure | null }): State['spent'] {
  return cost ? { ...spent, known: sum(spent.known, cost) } : { ...spent, unknown: spent.unknown + 1 }
}
