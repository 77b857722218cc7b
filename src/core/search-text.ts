/** Text as the full-text index takes it, and what is typed into a search as the index understands it. */

/** Scripts written without spaces: every character is a word of its own there. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/gu

/** The text with a space on both sides of every character of a script that has none. */
export function indexed(text: string): string {
  return text.replace(UNSPACED, ' $& ')
}

/** Shortest beginning of a word that finds the whole: one letter would find nearly everything, and slowly. */
const SHORTEST_START = 2

/**
 * An FTS5 query for texts that hold all the words, the last one perhaps only begun; null when nothing is asked for.
 * Whatever is typed is taken by the letter: the query language is not for people.
 */
export function matching(typed: string): string | null {
  const words = searchWords(typed)
  if (words.length === 0) return null
  return words
    .map(({ word, isOpen }) => {
      const phrase = `"${indexed(word).trim().replace(/\s+/g, ' ')}"`
      return isOpen ? `${phrase}*` : phrase
    })
    .join(' ')
}

/** The words that are looked for. `isOpen`: the word may only be begun. */
export function searchWords(typed: string): readonly { readonly word: string; readonly isOpen: boolean }[] {
  const words = typed
    .normalize('NFC')
    .split(/[^\p{L}\p{N}\p{M}\p{Co}]+/u)
    .filter((word) => word !== '')
  const isOpen = !/[^\p{L}\p{N}\p{M}\p{Co}]$/u.test(typed)
  return words.map((word, i) => ({
    word,
    isOpen: isOpen && i === words.length - 1 && word.length >= SHORTEST_START,
  }))
}

const UNIT =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}])[\p{L}\p{N}\p{M}\p{Co}])+/gu

/** The words of a text as the index tells them apart: where they stand, and without case and accents. */
export function* unitsOf(
  text: string,
): Generator<{ readonly start: number; readonly end: number; readonly folded: string }> {
  for (const { 0: word, index } of text.matchAll(UNIT)) {
    yield { start: index, end: index + word.length, folded: folded(word) }
  }
}

function folded(word: string): string {
  if (/^[\x20-\x7e]*$/.test(word)) return word.toLowerCase()
  return word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
