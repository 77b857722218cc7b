/** How an answer begins that is not the API's, however it is cut into pieces or packed: whether it is a web page. */

import { packingOf, unpacked } from '../transport/content-encoding.ts'
import { contentType, isPage, PAGE } from './understand.ts'

/** So much of an answer tells what it is, in bytes as they come. */
const MOST_BYTES = 2_048
/** What they may unpack to, in bytes. */
const MOST_UNPACKED = 4 * 1024 * 1024
/** Whoever has said no more within this time is not waited for, in ms. */
const WITHIN_MS = 5_000

/**
 * The first words of an answer of which nothing was read yet, as many as it takes to tell a page; empty: there are none.
 * @throws what breaks the connection
 */
export async function openingOf(response: Pick<Response, 'body' | 'headers'>): Promise<string> {
  // Its header has told already.
  if (isPage(contentType(response))) return ''
  const pieces = ((response.body ?? []) as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
  const packing = packingOf(response.headers)
  const words = () => unpacked(bytes, packing, MOST_UNPACKED).toString('utf8')
  const { promise: late, resolve: giveUp } = Promise.withResolvers<null>()
  const timer = setTimeout(() => giveUp(null), WITHIN_MS)
  let bytes = Buffer.alloc(0)
  try {
    while (bytes.length < MOST_BYTES) {
      const piece = await Promise.race([pieces.next(), late])
      if (piece === null || piece.done) break
      bytes = Buffer.concat([bytes, piece.value])
      if (tells(words())) break
    }
  } finally {
    clearTimeout(timer)
    // Nobody reads the rest. What is late breaks nothing any more.
    void pieces.return?.().catch(() => {})
  }
  return words()
}

/** Whether enough is there: a page's first tag, or a word that no page begins with. */
const tells = (opening: string) => PAGE.test(opening) || /^[^<]/.test(opening.replace(/^\ufeff?\s*/, ''))
