/** What a conversation must look like that a recorded session went on with. Fields that later versions add may be there. */

import { ATTACHMENTS } from '../attachments/shape.ts'
import { CHOICES, endMisfit, PRICES, TIMES, USAGE, WIRE } from '../history/import/event-shapes.ts'
import { type Misfit, misfit, type Shape } from '../schema/shape.ts'
import { MARK_PATTERN } from '../window/window.ts'
import type { Past } from './tape.ts'

const text: Shape = { type: 'string' }
const textOrNull: Shape = { type: ['string', 'null'] }
const flag: Shape = { type: 'boolean' }
const numbered: Shape = { type: 'integer', minimum: 1 }
const numberedOrNull: Shape = { type: ['integer', 'null'], minimum: 1 }
const ms: Shape = { type: ['number', 'null'] }
const facts: Shape = { type: 'array', items: text }

const shapeOf = (properties: Readonly<Record<string, Shape>>, more: Readonly<Record<string, Shape>> = {}): Shape => ({
  type: 'object',
  properties: { ...properties, ...more },
  required: Object.keys(properties),
})

const orNull = (shape: Shape): Shape => ({ ...shape, type: ['object', 'null'] })

const FIGURE = shapeOf({ value: { type: 'number', minimum: 0 }, from: { enum: ['measured', 'server', 'estimate'] } })

const END = shapeOf({ type: text })

const WASTED = shapeOf({ model: text, usage: USAGE, cost: orNull(FIGURE) }, { prices: PRICES })

const TURN = shapeOf(
  {
    ...{ number: numbered, parent: numberedOrNull, question: text, answer: text, thinking: text },
    ...{ phase: { enum: ['sending', 'waiting', 'thinking', 'answering', 'done'] }, model: text },
    usage: orNull(USAGE),
    times: TIMES,
    ...{ attempt: { type: 'integer' }, end: orNull(END), cost: orNull(FIGURE) },
  },
  {
    ...{ attachments: ATTACHMENTS, prices: PRICES, cacheMiss: textOrNull, requestId: textOrNull },
    ...{ messageId: textOrNull, effort: textOrNull, wasted: { type: 'array', items: WASTED } },
    ...{ wire: WIRE, retry: { type: 'null' }, room: { type: 'integer' }, concise: flag },
  },
)

const SUMMARY = shapeOf(
  {
    id: numbered,
    upTo: { type: 'integer' },
    of: { type: ['integer', 'null'] },
    kind: { enum: ['summary', 'omitted'] },
    text,
    facts,
  },
  {
    at: { type: 'number' },
    isUndone: flag,
    sentFrom: { type: 'integer' },
    spared: { type: 'array', items: { type: 'integer' } },
  },
)

const SHAPE: Shape = shapeOf(
  {
    choices: CHOICES,
    turns: { type: 'array', items: TURN },
    branches: { type: 'array', items: TURN },
    sideCalls: {
      type: 'array',
      items: shapeOf({ purpose: text, model: text, usage: USAGE, cost: orNull(FIGURE) }, { prices: PRICES, at: ms }),
    },
    next: numbered,
    spent: shapeOf({ known: FIGURE, unknown: { type: 'integer' }, turns: { type: 'integer' } }),
  },
  {
    title: orNull(shapeOf({ text, by: { enum: ['user', 'model'] } })),
    summaries: { type: 'array', items: SUMMARY },
    marks: { type: 'object' },
  },
)

const MARK: Shape = { type: 'string', pattern: MARK_PATTERN }

/** What is wrong with it; null: nothing. */
export function pastMisfit(past: unknown): Misfit | null {
  const found = misfit(SHAPE, past)
  if (found) return found
  const { turns, branches, marks = {} } = past as Pick<Past, 'turns' | 'branches' | 'marks'>
  for (const [name, all] of Object.entries({ turns, branches })) {
    for (const [i, { end, wasted = [] }] of all.entries()) {
      const wrong = end && endMisfit(end, `.${name}[${i}].end`)
      if (wrong) return wrong
      for (const { failure } of wasted) {
        const odd = failure && endMisfit({ type: 'failed', failure } as never, `.${name}[${i}].wasted`)
        if (odd) return odd
      }
    }
  }
  for (const mark of Object.values(marks)) {
    const wrong = misfit(MARK, mark, '.marks')
    if (wrong) return wrong
  }
  return null
}
