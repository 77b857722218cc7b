/**
 * Attachments on a tape: their hashes stand in the place of their bytes, which nobody needs to play it. So a recording
 * stays small however often a picture is sent along, and tells nothing of what is on it.
 */

import { createHash } from 'node:crypto'
import type { Attachment } from '../core/attachments.ts'
import type { Tape } from '../core/tape/tape.ts'
import type { Shelf } from '../io/attachments/shelf.ts'

/** The body of a request with the hash of each attachment where its bytes were. */
export function withoutBytes(body: unknown): unknown {
  const messages = (body as { readonly messages?: unknown } | null)?.messages
  if (!Array.isArray(messages)) return body
  return { ...(body as object), messages: messages.map(bare) }
}

function bare(message: { readonly content?: unknown } | null): unknown {
  if (!Array.isArray(message?.content)) return message
  return {
    ...message,
    content: message.content.map(
      (block: { readonly source?: { readonly type?: unknown; readonly data?: unknown } }) => {
        const { type, data } = block?.source ?? {}
        if (typeof data !== 'string') return block
        const hash = createHash('sha256')
          .update(data, type === 'base64' ? 'base64' : 'utf8')
          .digest('hex')
        return { ...block, source: { ...block.source, data: hash } }
      },
    ),
  }
}

/** What stands on the shelf while a tape is played: bytes that are sent as their hash. */
export function shelfOf({ deeds }: Tape): Pick<Shelf, 'get'> {
  const all = deeds.flatMap(({ deed }): readonly Attachment[] => {
    if (deed.type === 'asked') return deed.attachments ?? []
    const turns = deed.type === 'resumed' ? [...deed.past.turns, ...deed.past.branches] : []
    return turns.flatMap(({ attachments = [] }) => attachments)
  })
  const texts = new Set(all.flatMap(({ kind, hash }) => (kind === 'text' ? [hash] : [])))
  return {
    // 64 letters and digits are base64 as well: what they spell is written as they are.
    get: (hash) => (texts.has(hash) ? Buffer.from(hash) : Buffer.from(hash, 'base64')),
  }
}
