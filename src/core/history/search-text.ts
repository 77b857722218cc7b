/** Text as the full-text index takes it, and what is typed into a search as the index understands it. */

/** Scripts written without spaces: every character is a word of its own there. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/gu

/** The text in one spelling of its letters, and with a space on both sides of every character of a script without. */
export function indexed(text: string): string {
  return text.normalize('NFC').replace(UNSPACED, ' $& ')
}

/** Shortest beginning of a word that finds the whole: one letter would find nearly everything, and slowly. */
const SHORTEST_START = 2
/** Words of a search that count, and how much of each: whole pages get pasted into a search, too. */
const MOST_WORDS = 32
const LONGEST_WORD = 100

/**
 * An FTS5 query for texts that hold all the words, the last one perhaps only begun; null when nothing is asked for.
 * Whatever is typed is taken by the letter: the query language is not for people.
 */
export function matching(typed: string): string | null {
  const words = typed
    .normalize('NFC')
    .split(/[^\p{L}\p{N}\p{M}\p{Co}]+/u)
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS)
  if (words.length === 0) return null
  const isOpen = !/[^\p{L}\p{N}\p{M}\p{Co}]$/u.test(typed)
  return words
    .map((word, i) => {
      const phrase = `"${indexed(word.slice(0, LONGEST_WORD)).trim().replace(/\s+/g, ' ')}"`
      return isOpen && i === words.length - 1 && word.length >= SHORTEST_START ? `${phrase}*` : phrase
    })
    .join(' ')
}

/** A title as it is searched: without case, and without the marks on its letters. */
export function sought(title: string): string {
  return title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

/** Patterns for SQL's LIKE (escaped by `\`) that a sought title with all the words matches, each anywhere in it. */
export function titlePatterns(typed: string): readonly string[] {
  return typed
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS)
    .map((word) => `%${sought(word.slice(0, LONGEST_WORD)).replace(/[\\%_]/g, '\\$&')}%`)
}
