/** What the setting `models` may hold: rows over the catalogue, all but the id optional. */

import { EFFORT_LEVELS, type ModelCard } from '../models.ts'
import type { Shape } from '../schema/shape.ts'
import { jsonFrom, type Kind, WORD } from './kinds.ts'

const price: Shape = { type: 'number', minimum: 0 }
const tokens: Shape = { type: ['integer', 'null'], minimum: 1 }

/** One row of the user's catalogue: every field of a card, all but the id optional. Unknown prices stay null. */
const CARD_FIELDS: Readonly<Record<keyof ModelCard, Shape>> = {
  id: { type: 'string', pattern: WORD },
  name: { type: 'string', minLength: 1 },
  line: { type: ['string', 'null'], enum: ['haiku', 'sonnet', 'opus', 'fable', 'mythos', null] },
  window: tokens,
  maxOutput: tokens,
  prices: {
    type: ['array', 'null'],
    minItems: 1,
    items: {
      type: 'object',
      required: ['upToPrompt', 'card'],
      additionalProperties: false,
      properties: {
        upToPrompt: tokens,
        card: {
          type: 'object',
          required: ['input', 'write5m', 'write1h', 'read', 'output'],
          additionalProperties: false,
          properties: { input: price, write5m: price, write1h: price, read: price, output: price },
        },
      },
    },
  },
  minCache: tokens,
  thinking: { type: 'string', enum: ['adaptive', 'enabled', 'none'] },
  thinksByDefault: { type: 'boolean' },
  efforts: { type: 'array', items: { type: 'string', enum: EFFORT_LEVELS } },
  defaultEffort: { type: ['string', 'null'], enum: [...EFFORT_LEVELS, null] },
  cheapUpTo: tokens,
  charsPerToken: { type: 'number', exclusiveMinimum: 0 },
  prefill: { type: 'boolean' },
  sampling: { type: 'boolean' },
  fastMode: { type: 'boolean' },
  images: {
    type: 'object',
    required: ['edgePx', 'tokens'],
    additionalProperties: false,
    properties: { edgePx: { type: 'integer', minimum: 28 }, tokens: { type: 'integer', minimum: 1 } },
  },
  retires: { type: ['string', 'null'], pattern: '^\\d{4}-\\d{2}-\\d{2}$' },
  source: { type: 'string', minLength: 1 },
}

export const modelRows: Kind = {
  shape: {
    type: 'array',
    items: { type: 'object', required: ['id'], additionalProperties: false, properties: CARD_FIELDS },
  },
  expected: 'a JSON list of model rows, each with an id',
  read: jsonFrom,
  law: (value, where) => {
    // The first step a prompt fits under gives its price, so steps out of order would show a wrong one.
    for (const [index, { prices }] of (value as readonly Partial<ModelCard>[]).entries()) {
      const ends = (prices ?? []).map(({ upToPrompt }) => upToPrompt ?? Number.POSITIVE_INFINITY)
      const at = ends.findIndex((end, i) => i > 0 && end <= ends[i - 1]!)
      if (at < 0) continue
      const place = `${where}[${index}].prices[${at}].upToPrompt`
      return { where: place, expected: 'price steps in rising order, null last', came: stepEnd(ends[at]!), wayOut: '' }
    }
    return null
  },
}

const stepEnd = (end: number) =>
  end === Number.POSITIVE_INFINITY ? 'a second null' : `${end} after a larger or equal one`
