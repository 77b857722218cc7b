/** The end of every preparation: bytes, their hash, and what is known of them. */

import { webcrypto } from 'node:crypto'
import type { Ready } from '../../core/attachments/prepared.ts'
import type { Attachment } from '../../core/attachments.ts'
import { sanitiseLine } from '../../core/sanitise.ts'

/** sha256 in hex; computed beside, so that keys are heard meanwhile. */
export async function hashOf(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)).toString('hex')
}

export async function ready(
  name: string,
  bytes: Uint8Array,
  mediaType: string,
  more: Pick<Attachment, 'kind' | 'image' | 'pages' | 'chars' | 'notes'>,
): Promise<Ready> {
  const attachment = { hash: await hashOf(bytes), name: titled(name), mediaType, bytes: bytes.length, ...more }
  return { attachment, bytes }
}

/** One line for people and for the document's title. */
export const titled = (name: string): string => sanitiseLine(name).trim().slice(0, 200) || 'attachment'
