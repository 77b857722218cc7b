/** How attachments look in a file that comes from elsewhere. */

import type { Shape } from '../schema/shape.ts'

const text: Shape = { type: 'string' }
const size: Shape = { type: 'integer', minimum: 0 }
const px: Shape = { type: 'integer', minimum: 1 }

const shape = (properties: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape => ({
  type: 'object',
  required: Object.keys(properties),
  properties: { ...properties, ...optional },
})

const FROM = shape({ width: px, height: px, bytes: size, mediaType: text })

const ATTACHMENT = shape(
  {
    // A recording without content has another word in the place of a hash.
    ...{ hash: { type: 'string', pattern: '^[\\da-zA-Z]{64}$' }, kind: { enum: ['image', 'pdf', 'text'] } },
    ...{ name: text, mediaType: text, bytes: size },
  },
  {
    ...{ image: shape({ width: px, height: px, from: FROM }), pages: size, chars: size },
    notes: { type: 'array', items: text },
  },
)

/** What lay beside a draft and was not ready yet. */
export const UNREADY: Shape = {
  type: 'array',
  items: shape({}, { path: text, url: text, size: text, part: text, word: text }),
}

export const ATTACHMENTS: Shape = { type: 'array', items: ATTACHMENT }
