/** Text from bytes of whatever encoding. */

import { type Decoded, decodeUnicode } from '../../core/attachments/text.ts'

/** @returns null when it is text of no encoding that is known here; older ones are guessed, and their name is to be told */
export async function decodeText(bytes: Uint8Array): Promise<Decoded | null> {
  const unicode = decodeUnicode(bytes)
  if (unicode || bytes.includes(0)) return unicode
  // 90 kB of tables of languages, for the few who need them.
  const { guessed } = await import('./guess-encoding.ts')
  return guessed(bytes)
}
