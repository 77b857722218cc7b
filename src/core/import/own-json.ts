/** Our own JSON, as `core/export/json` writes it, back into events. The pauses within an answer are not in it. */

import type { Choices, Event } from '../conversation.ts'
import { JSON_HEAD } from '../export/json.ts'
import { misfit, type Shape } from '../shape.ts'
import type { SideCall } from '../side-calls.ts'
import type { TurnEnd } from '../turn.ts'
import type { Turn } from '../turns.ts'
import type { Mark, Summary } from '../window.ts'
import { type Arrival, asUid, Unreadable } from './arrival.ts'
import { endMisfit, misfitProblem, PRICES, USAGE } from './event-shapes.ts'

const text: Shape = { type: 'string' }
const textOrNull: Shape = { type: ['string', 'null'] }
const ms: Shape = { type: ['number', 'null'] }

const TURN: Shape = {
  type: 'object',
  required: ['number', 'parent', 'question', 'answer', 'model', 'times'],
  properties: {
    ...{ number: { type: 'integer' }, parent: { type: ['integer', 'null'] }, shown: { type: 'boolean' } },
    ...{ question: text, answer: text, thinking: text, model: text, cacheMiss: textOrNull },
    ...{ requestId: textOrNull, messageId: textOrNull, attempts: { type: 'integer', minimum: 1 }, prices: PRICES },
    usage: { ...USAGE, type: ['object', 'null'] },
    end: { type: ['object', 'null'], required: ['type'], properties: { type: text } },
    times: {
      type: 'object',
      properties: {
        ...{ asked: ms, sent: ms, heard: ms, began: ms, firstThinking: ms, thinkingEnded: ms, firstText: ms },
        ...{ lastOutput: ms, ended: ms },
      },
    },
  },
}

const DOCUMENT: Shape = {
  type: 'object',
  required: ['type', 'format', 'title', 'turns'],
  properties: {
    ...{ type: { enum: [JSON_HEAD.type] }, format: { enum: [JSON_HEAD.format] }, uid: textOrNull, title: text },
    ...{ titleBy: { enum: ['question', 'model', 'user'] }, kind: text, created: textOrNull },
    choices: { type: 'object', properties: { model: text, effort: textOrNull, system: textOrNull } },
    sideCalls: {
      type: 'array',
      items: {
        type: 'object',
        required: ['at', 'purpose', 'model', 'usage'],
        properties: { at: text, purpose: text, model: text, usage: USAGE, requestId: textOrNull, prices: PRICES },
      },
    },
    summaries: {
      type: 'array',
      items: {
        type: 'object',
        required: ['at', 'upTo', 'of', 'kind', 'text', 'facts', 'isUndone'],
        properties: {
          ...{
            at: text,
            upTo: { type: 'integer' },
            of: { type: ['integer', 'null'] },
            text,
            isUndone: { type: 'boolean' },
          },
          ...{ kind: { enum: ['summary', 'omitted'] }, facts: { type: 'array', items: text } },
        },
      },
    },
    marks: {
      type: 'array',
      items: {
        ...{ type: 'object', required: ['turn', 'as'] },
        properties: { turn: { type: 'integer' }, as: { enum: ['pinned', 'dropped'] } },
      },
    },
    turns: { type: 'array', items: TURN },
  },
}

/** A turn as the document tells it: the fields of `Turn` that are needed to tell it again. */
type ToldTurn = Pick<Turn, 'number' | 'parent' | 'question' | 'answer' | 'model' | 'times'> &
  Partial<Pick<Turn, 'thinking' | 'usage' | 'prices' | 'cacheMiss' | 'requestId' | 'messageId'>> & {
    readonly shown?: boolean
    readonly attempts?: number
    readonly end?: { readonly type: string } | null
  }

interface Document {
  readonly uid?: string | null
  readonly title: string
  readonly titleBy?: 'question' | 'model' | 'user'
  readonly kind?: string
  readonly created?: string | null
  readonly choices?: Partial<Pick<Choices, 'model' | 'effort' | 'system'>>
  readonly sideCalls?: readonly (Omit<SideCall, 'at' | 'cost'> & { readonly at: string })[]
  readonly summaries?: readonly (Omit<Summary, 'at' | 'id' | 'sentFrom'> & { readonly at: string })[]
  readonly marks?: readonly { readonly turn: number; readonly as: Mark }[]
  readonly turns: readonly ToldTurn[]
}

export const isOwnJson = (value: object): boolean => (value as { type?: unknown }).type === JSON_HEAD.type

/** @throws Unreadable */
export function fromOwnJson(value: object): Arrival {
  const found = misfit(DOCUMENT, value)
  if (found) throw new Unreadable(misfitProblem(found, ''))
  const document = value as Document
  for (const [i, { end }] of document.turns.entries()) {
    if (end && endMisfit(end)) {
      const problem = { where: '', expected: `turns[${i}].end: how a turn ended`, came: 'something else', wayOut: '' }
      throw new Unreadable(problem)
    }
  }
  const created = Date.parse(document.created ?? '')
  return {
    uid: asUid(document.uid),
    kind: document.kind === 'chat' || document.kind === 'single' ? document.kind : 'import',
    createdMs: Number.isNaN(created) ? null : created,
    events: [...eventsOf(document)],
    isUnbilled: false,
    leftOut: new Map(),
  }
}

function* eventsOf(document: Document): Generator<Event> {
  const { title, titleBy = 'question', choices, sideCalls = [], summaries = [], marks = [], turns } = document
  if (choices) yield { type: 'chosen', choices }
  if (titleBy !== 'question') yield { type: 'titled', title, by: titleBy }
  const numbers = new Map<number, number>()
  let last: number | null = null
  for (const turn of [...turns].sort((a, b) => a.number - b.number)) {
    const parent = numbers.get(turn.parent ?? 0) ?? null
    if (parent !== last) yield { type: 'moved', to: parent }
    yield* eventsOfTurn(turn)
    numbers.set(turn.number, numbers.size + 1)
    last = numbers.size
  }
  const shown = turns.reduce((most, turn) => (turn.shown === false ? most : Math.max(most, turn.number)), 0)
  const end = numbers.get(shown) ?? null
  if (end !== last) yield { type: 'moved', to: end }
  for (const { at, purpose, model, usage, requestId = null, prices = null } of sideCalls) {
    yield { type: 'billed', at: Date.parse(at) || 0, purpose, model, usage, requestId, prices }
  }
  for (const { turn, as } of marks) yield { type: 'marked', turn: numbers.get(turn) ?? turn, as }
  for (const [i, { at, upTo, of, kind, text, facts, isUndone }] of summaries.entries()) {
    yield { type: 'summarised', at: Date.parse(at) || 0, upTo: numbers.get(upTo) ?? upTo, of, kind, text, facts }
    if (isUndone) yield { type: 'unsummarised', id: i + 1, isUndone }
  }
}

function* eventsOfTurn(turn: ToldTurn): Generator<Event> {
  const { question, answer, thinking = '', model, usage = null, prices = null, requestId = null, times } = turn
  const asked = times.asked ?? times.sent ?? times.ended ?? 0
  yield { type: 'asked', at: asked, text: question, model }
  if (times.sent !== null && times.sent !== undefined) {
    yield { type: 'sent', at: times.sent, attempt: turn.attempts ?? 1, model }
  }
  if (times.heard !== null && times.heard !== undefined) {
    yield { type: 'heard', at: times.heard, requestId, limits: {} }
  }
  if (usage) {
    const { messageId, cacheMiss = null } = turn
    yield { type: 'began', at: times.began ?? asked, model, messageId: messageId ?? '', usage, cacheMiss, prices }
  }
  const thoughtFrom = times.firstThinking ?? null
  const thoughtTo = times.thinkingEnded ?? null
  if (thoughtFrom !== null || thinking !== '') {
    const since = thoughtFrom ?? asked
    const until = thoughtTo ?? (answer === '' ? times.lastOutput : null) ?? since
    yield { type: 'thinking', at: until, since, phase: 'more', text: thinking }
    if (thoughtTo !== null) yield { type: 'thinking', at: thoughtTo, phase: 'end', text: '' }
  }
  if (answer !== '' || (times.firstText ?? null) !== null) {
    const since = times.firstText ?? asked
    yield { type: 'delta', at: times.lastOutput ?? since, since, text: answer }
  }
  const at = times.ended ?? times.lastOutput ?? asked
  if (turn.end) yield { ...(turn.end as TurnEnd), at }
}
