/** What redacting changed, in figures: words are counted where they stood, since each is as long as what replaced it. */

/** Letters and digits, with the sign that joins the parts of an id. */
const WORD = /[\p{L}\p{M}\p{N}_]+/gu
const ID = /^[a-z]+_\w{6,}$/

export interface Replaced {
  readonly words: number
  readonly ids: number
}

/** @param before lines of a tape. @param after the same lines without content */
export function replaced(before: readonly string[], after: readonly string[]): Replaced {
  let words = 0
  let ids = 0
  for (const [i, line] of before.entries()) {
    const other = after[i] ?? ''
    if (line === other) continue
    // Where something was left out, nothing stands where it stood.
    const kept = line.length === other.length ? null : new Set(other.match(WORD))
    for (const { 0: word, index } of line.matchAll(WORD)) {
      const isKept = kept ? kept.has(word) : other.startsWith(word, index)
      if (isKept) continue
      if (ID.test(word)) ids++
      else words++
    }
  }
  return { words, ids }
}
