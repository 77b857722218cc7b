/** A text in UTF-8, all of it or the part that is asked for; or why it is none. */

import type { Prepared, PrepareOptions, Source } from '../../core/attachments/prepared.ts'
import { partOf } from '../../core/attachments/text.ts'
import { decodeText } from './decode-text.ts'
import { ready } from './ready.ts'

/** A request may take 32 MB; a megabyte is left for the words. Quotes and line ends of JSON make it no more than 1.5 times as long in practice. */
const MOST_TEXT_BYTES = 20_000_000

export async function prepareText(
  { name, bytes }: Source,
  { card, part = 'whole' }: PrepareOptions,
): Promise<Prepared> {
  const decoded = await decodeText(bytes)
  if (!decoded) {
    return {
      refused: `${name} is text in an encoding that cannot be told, or no text at all. Make it UTF-8: iconv -f ENCODING -t UTF-8 FILE > NEW.`,
    }
  }
  const { text, note } = partOf(decoded.text, part, card.charsPerToken)
  // As the server sees it: a byte order mark is a blank, too.
  if (text.trim() === '') return { refused: `${name} holds nothing but blanks. Attach a file with something in it.` }
  const tokens = Math.ceil(text.length / card.charsPerToken)
  const utf8 = new TextEncoder().encode(text)
  const offer =
    part === 'whole'
      ? 'Attach its head, its tail or a summary of it.'
      : `Attach less of its ${part.end}, or a summary of it.`
  const tooLong = { isTooLong: true, chars: text.length } as const
  if (card.window !== null && tokens > card.window) {
    return {
      ...tooLong,
      refused: `${name} has about ${tokens.toLocaleString('en-US')} tokens; the model takes ${card.window.toLocaleString('en-US')}. ${offer}`,
    }
  }
  if (utf8.length > MOST_TEXT_BYTES) {
    return {
      ...tooLong,
      refused: `${name} has ${(utf8.length / 1e6).toFixed(1)} MB; ${MOST_TEXT_BYTES / 1e6} MB of text fit into a request. ${offer}`,
    }
  }
  const notes = [...(decoded.encoding === 'UTF-8' ? [] : [`read as ${decoded.encoding}`]), ...(note ? [note] : [])]
  return ready(name, utf8, 'text/plain', { kind: 'text', chars: text.length, ...(notes.length > 0 && { notes }) })
}
