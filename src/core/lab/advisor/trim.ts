/** What of a prompt says the same twice: sentences that share most of their runs of three words. Looks, and changes nothing. */

import { sanitiseLine } from '../../text/sanitise.ts'
import { clip } from '../../text/wrap.ts'

/** Share of their runs of words from which on two sentences count as the same. */
const ALIKE = 0.6
/** Words below which a sentence says too little to be compared. */
const LEAST_WORDS = 4
/** Columns of a sentence that is quoted. */
const QUOTED = 60
/** Sentences that are compared, each with each. */
const MOST = 400

export interface Pair {
  readonly one: string
  readonly other: string
}

/** @returns pairs of sentences, and the characters that would be spared without the shorter of each */
export function trimmable(text: string): { readonly pairs: readonly Pair[]; readonly chars: number } {
  const sentences = (text.match(/[^.!?\n]+[.!?]*/g) ?? [])
    .map((sentence) => ({ sentence: sentence.trim(), shingles: shinglesOf(sentence) }))
    .filter(({ shingles }) => shingles.size > 0)
    .slice(0, MOST)
  const pairs: Pair[] = []
  const gone = new Set<number>()
  let chars = 0
  for (const [i, one] of sentences.entries()) {
    if (gone.has(i)) continue
    for (let j = i + 1; j < sentences.length; j++) {
      const other = sentences[j]!
      if (gone.has(j) || alike(one.shingles, other.shingles) < ALIKE) continue
      gone.add(j)
      chars += Math.min(one.sentence.length, other.sentence.length)
      pairs.push({ one: quoted(one.sentence), other: quoted(other.sentence) })
    }
  }
  return { pairs, chars }
}

const quoted = (sentence: string) => clip(sanitiseLine(sentence), QUOTED)

/** Runs of three words, or of as many as there are. */
function shinglesOf(sentence: string): ReadonlySet<string> {
  const words = sentence.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? []
  if (words.length < LEAST_WORDS) return new Set()
  return new Set(words.slice(2).map((_, i) => words.slice(i, i + 3).join(' ')))
}

/** What two sets share, of what they have together (Jaccard). */
function alike(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = [...a].filter((one) => b.has(one)).length
  return shared / (a.size + b.size - shared)
}
