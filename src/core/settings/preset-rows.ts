/** What the setting `presets` may hold: rows of presets, all but the name optional. */

import { EFFORT_LEVELS } from '../models/catalogue.ts'
import type { Preset } from '../models/presets.ts'
import type { Shape } from '../schema/shape.ts'
import { jsonFrom, type Kind } from './kinds.ts'

const FIELDS: Readonly<Record<keyof Preset, Shape>> = {
  name: { type: 'string', pattern: '^[\\p{L}\\p{N}_-]{1,40}$' },
  tells: { type: 'string', minLength: 1 },
  reason: { type: 'string', minLength: 1 },
  model: { type: 'string', pattern: '^[^\\s\\p{C}]+$' },
  effort: { type: ['string', 'null'], enum: [...EFFORT_LEVELS, null] },
  maxTokens: { type: ['integer', 'null'], minimum: 1 },
  thinking: { type: 'string', enum: ['summarised', 'hidden'] },
  concise: { type: 'boolean' },
  cacheTtl: { type: 'string', enum: ['auto', '5m', '1h', 'off'] },
}

export const presetRows: Kind = {
  shape: {
    type: 'array',
    items: { type: 'object', required: ['name'], additionalProperties: false, properties: FIELDS },
  },
  expected: 'a JSON list of presets, each with a name',
  read: jsonFrom,
}
