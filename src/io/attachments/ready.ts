/** The end of every preparation: bytes, their hash, and what is known of them. */

import { createHash } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import type { Ready } from '../../core/attachments/prepared.ts'
import type { Attachment } from '../../core/attachments.ts'
import { sanitiseLine } from '../../core/text/sanitise.ts'

/** Bytes that are hashed between two breaths: 3 ms. */
const AT_ONCE = 4_000_000

/** sha256 in hex; large ones in parts, so that keys are heard meanwhile. */
export async function hashOf(bytes: Uint8Array): Promise<string> {
  const hash = createHash('sha256')
  for (let at = 0; at < bytes.length; at += AT_ONCE) {
    if (at > 0) await breathe()
    hash.update(bytes.subarray(at, at + AT_ONCE))
  }
  return hash.digest('hex')
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
