/**
 * Cuts an answer into deltas: pieces of about four characters, as tokens would be, and numbered words for measuring.
 */

/**
 * A word's beginning with its space, a word's rest, white space, or a few signs. Whole code points only: each delta is
 * JSON of its own.
 */
const PIECE = / ?[\p{L}\p{N}_]{1,5}|\s+|[^\s\p{L}\p{N}_]{1,3}/gu

/** The text in pieces; joined they are the text again. */
export function cutDeltas(text: string): readonly string[] {
  return text.match(PIECE) ?? []
}

const PARAGRAPH_WORDS = 50

/**
 * `count` numbered words, one per piece: `tag00001 tag00002 …`, in paragraphs. Each word is unique, so that a reader of
 * the screen can tell a lost, a doubled and a late one.
 */
export function numberedWords(count: number, tag: string): readonly string[] {
  return Array.from({ length: count }, (_, i) => {
    const end = i + 1 === count ? '' : (i + 1) % PARAGRAPH_WORDS === 0 ? '\n\n' : ' '
    return `${tag}${String(i + 1).padStart(5, '0')}${end}`
  })
}
