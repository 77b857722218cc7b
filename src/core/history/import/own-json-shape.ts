/** What our own JSON must look like to be taken in: its shape, and what no shape can tell. */

import { ATTACHMENTS } from '../../attachments/shape.ts'
import type { Choices } from '../../conversation/choices.ts'
import type { SideCall } from '../../conversation/side-calls.ts'
import { SPANS } from '../../figures/metrics.ts'
import { describe } from '../../problem.ts'
import { misfit, type Shape } from '../../schema/shape.ts'
import type { Turn } from '../../turn/turns.ts'
import { MARK_PATTERN, type Mark, type Summary } from '../../window/window.ts'
import { JSON_HEAD } from '../export/json.ts'
import { type Flaw, Unreadable } from './arrival.ts'
import { CHOICES, endMisfit, misfitProblem, PRICES, TIMES, USAGE, WIRE } from './event-shapes.ts'
import { timeFlaw } from './times.ts'

const text: Shape = { type: 'string' }
const textOrNull: Shape = { type: ['string', 'null'] }

const TURN: Shape = {
  type: 'object',
  required: ['number', 'parent', 'question', 'answer', 'model', 'times'],
  properties: {
    number: { type: 'integer', minimum: 1 },
    ...{ parent: { type: ['integer', 'null'] }, shown: { type: 'boolean' } },
    ...{ question: text, attachments: ATTACHMENTS, answer: text, thinking: text, model: text, cacheMiss: textOrNull },
    ...{ requestId: textOrNull, messageId: textOrNull, attempts: { type: 'integer', minimum: 0 }, prices: PRICES },
    usage: { ...USAGE, type: ['object', 'null'] },
    wire: { ...WIRE, type: ['object', 'null'] },
    end: { type: ['object', 'null'], required: ['type'], properties: { type: text } },
    times: TIMES,
  },
}

const DOCUMENT: Shape = {
  type: 'object',
  required: ['type', 'format', 'title', 'turns'],
  properties: {
    ...{ type: { enum: [JSON_HEAD.type] }, format: { enum: [JSON_HEAD.format] }, uid: textOrNull, title: text },
    ...{ titleBy: { enum: ['question', 'model', 'user'] }, kind: text, created: textOrNull, updated: textOrNull },
    choices: CHOICES,
    sideCalls: {
      type: 'array',
      items: {
        type: 'object',
        required: ['at', 'purpose', 'model', 'usage'],
        properties: {
          ...{ at: text, purpose: text, model: text, usage: USAGE, requestId: textOrNull, prices: PRICES },
          cost: { type: ['object', 'null'], properties: { from: { enum: ['server', 'estimate'] } } },
        },
      },
    },
    summaries: {
      type: 'array',
      items: {
        ...{ type: 'object', required: ['at', 'upTo', 'of', 'kind', 'text', 'facts', 'isUndone'] },
        properties: {
          ...{ at: text, upTo: { type: 'integer' }, of: { type: ['integer', 'null'] }, text },
          ...{ isUndone: { type: 'boolean' }, kind: { enum: ['summary', 'omitted'] } },
          facts: { type: 'array', items: text },
          spared: { type: 'array', items: { type: 'integer' } },
        },
      },
    },
    marks: {
      type: 'array',
      items: {
        ...{ type: 'object', required: ['turn', 'as'] },
        properties: { turn: { type: 'integer' }, as: { type: 'string', pattern: MARK_PATTERN } },
      },
    },
    turns: { type: 'array', items: TURN },
  },
}

/** A turn as the document tells it: the fields of `Turn` that are needed to tell it again. */
export type ToldTurn = Pick<Turn, 'number' | 'parent' | 'question' | 'answer' | 'model'> &
  Partial<Pick<Turn, 'attachments' | 'thinking' | 'usage' | 'prices' | 'cacheMiss' | 'requestId' | 'messageId'>> & {
    readonly times: Partial<Turn['times']>
    readonly shown?: boolean
    readonly attempts?: number
    readonly wire?: Turn['wire'] | null
    readonly end?: { readonly type: string } | null
  }

export interface Document {
  readonly uid?: string | null
  readonly title: string
  readonly titleBy?: 'question' | 'model' | 'user'
  readonly kind?: string
  readonly created?: string | null
  readonly updated?: string | null
  readonly choices?: Partial<Pick<Choices, 'model' | 'effort' | 'system'>>
  readonly sideCalls?: readonly (Omit<SideCall, 'at' | 'cost'> & {
    readonly at: string
    readonly cost?: SideCall['cost']
  })[]
  readonly summaries?: readonly (Omit<Summary, 'at' | 'id' | 'sentFrom'> & { readonly at: string })[]
  readonly marks?: readonly { readonly turn: number; readonly as: Mark }[]
  readonly turns: readonly ToldTurn[]
}

/** The value as the document it is. @throws Unreadable */
export function documentIn(value: object): Document {
  const turns = 'turns' in value && Array.isArray(value.turns) ? (value.turns as unknown[]) : []
  const found = misfit(DOCUMENT, value)
  if (found) throw new Unreadable(misfitProblem(found, placeOf(found.at, turns)))
  const document = value as Document
  checkTurns(document.turns)
  return document
}

/** The turn that a place of the document is in, in words; empty: none. */
function placeOf(at: string, turns: readonly unknown[]): string {
  const index = /^\.turns\[(\d+)\]/.exec(at)?.[1]
  if (index === undefined) return ''
  const { number } = (turns[Number(index)] ?? {}) as { readonly number?: unknown }
  return `turn ${Number.isInteger(number) ? number : Number(index) + 1}`
}

/** What no shape can tell: whether the turns are a tree, and their times are times. @throws Unreadable */
function checkTurns(turns: readonly ToldTurn[]): void {
  const numbers = new Set<number>()
  const all = new Set(turns.map(({ number }) => number))
  for (const [i, { number, parent, times, end }] of turns.entries()) {
    const wrong = end ? endMisfit(end, `.turns[${i}].end`) : null
    if (wrong) throw new Unreadable(misfitProblem(wrong, `turn ${number}`))
    const flaw = treeFlaw(i, number, parent, all, numbers) ?? timesFlaw(i, times)
    if (flaw) throw new Unreadable({ where: `turn ${number}`, ...flaw, wayOut: '' })
    numbers.add(number)
  }
}

function treeFlaw(
  index: number,
  number: number,
  parent: number | null,
  all: ReadonlySet<number>,
  before: ReadonlySet<number>,
): Flaw | null {
  if (before.has(number))
    return { expected: `turns[${index}].number: one that no other turn has`, came: describe(number) }
  if (parent === null || (parent < number && all.has(parent))) return null
  return { expected: `turns[${index}].parent: the number of an earlier turn, or null`, came: describe(parent) }
}

function timesFlaw(index: number, times: ToldTurn['times']): Flaw | null {
  for (const [name, at] of Object.entries(times)) {
    if (SPANS.has(name as keyof typeof times)) continue
    const flaw = typeof at === 'number' ? timeFlaw(at, `turns[${index}].times.${name}`) : null
    if (flaw) return flaw
  }
  return null
}
