/**
 * Attachments in the API's dialect, with their bytes from the shelf. Loaded when the first one is sent. The same
 * attachments give the same blocks, byte for byte, in this program and in any other: the prompt cache depends on it.
 */

import type { ContentBlockParam } from '@anthropic-ai/sdk/resources/messages/messages'
import { type Excess, lessInChat, tooHeavy, tooMany } from '../../core/attachments/limits.ts'
import type { Attachment } from '../../core/attachments.ts'
import { modelCard } from '../../core/models.ts'
import type { TurnRequest } from '../../core/request.ts'
import type { Failure } from '../../core/turn.ts'
import { failure } from '../../core/weather/failures.ts'
import { toParams } from '../wire.ts'
import type { Shelf } from './shelf.ts'

/** A request as it goes out, or why it does not. */
export type Spelled = ReturnType<typeof toParams> | Failure

/** Spells a request with what is attached to its messages. What is too large is not even sent. */
export function spelled(request: TurnRequest, shelf: Pick<Shelf, 'get'>): Spelled {
  const hashes = request.messages.flatMap(({ attachments = [] }) => attachments.map(({ hash }) => hash))
  // Each is read once, however often it is attached.
  const bytesOf = new Map([...new Set(hashes)].map((hash) => [hash, shelf.get(hash)]))
  const missing = missingIn(request, bytesOf)
  if (missing) return missing
  const sent = request.messages.map(({ attachments = [] }) => ({
    attachments: attachments.filter(({ hash }) => bytesOf.get(hash)),
  }))
  const many = tooMany(sent, modelCard(request.model))
  if (many) return refused(many)
  const blocks = (attachments: readonly Attachment[]) =>
    attachments.map((one) => blockOf(one, bytesOf.get(one.hash) ?? null))
  const params = toParams(request, blocks)
  const heavy = tooHeavy(sent, bodyBytes(params))
  return heavy ? refused(heavy) : params
}

const refused = (excess: Excess): Failure =>
  failure('too-long', `Not sent: ${excess.why.replace(/^With/, 'with')}`, { remedy: lessInChat(excess) })

/**
 * What is asked now cannot go without what it asks about. Of earlier questions a note stands in its place: a
 * conversation goes on without a file that is gone, as it would on paper.
 */
function missingIn({ messages }: TurnRequest, bytesOf: ReadonlyMap<string, Uint8Array | null>): Failure | null {
  const gone = (messages.at(-1)?.attachments ?? []).filter(({ hash }) => !bytesOf.get(hash))
  if (gone.length === 0) return null
  const names = gone.map(({ name }) => name).join(', ')
  return failure('invalid', `The bytes of ${names} are no longer at hand: it was not sent.`, {
    remedy: 'Attach it again and ask once more.',
  })
}

function blockOf({ kind, name, mediaType }: Attachment, bytes: Uint8Array | null): ContentBlockParam {
  if (bytes === null) return { type: 'text', text: `[${name} was attached here and is no longer at hand.]` }
  if (kind === 'text')
    return {
      type: 'document',
      source: { type: 'text', media_type: 'text/plain', data: new TextDecoder().decode(bytes) },
      title: name,
    }
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  return kind === 'image'
    ? { type: 'image', source: { type: 'base64', media_type: mediaType as 'image/png', data } }
    : { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data }, title: name }
}

/** Bytes of the body. Base64 is as long as it is written: it is not spelled once more to be measured. */
function bodyBytes(params: object): number {
  let data = 0
  const rest = JSON.stringify(params, function (this: { readonly type?: unknown }, key, value: unknown) {
    if (key !== 'data' || typeof value !== 'string' || this.type !== 'base64') return value
    data += value.length
    return ''
  })
  return data + Buffer.byteLength(rest)
}
