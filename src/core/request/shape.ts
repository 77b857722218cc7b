/** A request as a dry run shows it. */

import type { TurnRequest } from '../request.ts'

/** What a request is made of, with lengths in the place of texts. */
export function shapeOf({ system, messages, cache, effort, thinking, schema, ...request }: TurnRequest) {
  const parts = messages.map(({ role, text, attachments = [] }) => ({
    ...{ role, chars: text.length },
    ...(attachments.length > 0 && { attachments: attachments.length }),
  }))
  const { model, maxTokens, stream } = request
  return {
    ...{ model, maxTokens, effort, thinking, stream, systemChars: system?.length ?? 0, messages: parts, cache },
    ...(schema && { schema }),
  }
}
