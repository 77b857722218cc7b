/** Whether two requests ask the very same, whichever model they go to. */

import type { TurnRequest } from '../request.ts'

/** Alike for requests with the same system prompt and the same messages, to the letter, with the same attachments. */
export const asksFor = ({ system, messages, prefill, schema }: TurnRequest): string =>
  JSON.stringify([
    system,
    messages.map(({ role, text, attachments = [] }) => [role, text, attachments.map(({ hash }) => hash)]),
    prefill ?? null,
    schema ?? null,
  ])
