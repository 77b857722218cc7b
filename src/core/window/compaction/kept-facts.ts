/** Facts as the lines that are kept beside a summary, word for word. */

import { sayAttachment } from '../../attachments/words.ts'
import type { State } from '../../conversation.ts'
import type { Turn } from '../../turn/turns.ts'
import { estimateTokens } from '../context.ts'
import type { Fact } from './facts.ts'

/** Tokens that kept lines take at most, those of before included. */
export const KEPT_TOKENS = 2_000

/** The lines kept so far, and those in which the lost facts stand, each once; the first ones when there is no room for all. */
export function keptFacts(before: readonly string[], lost: readonly Fact[]): readonly string[] {
  const lines = [...before]
  let left = KEPT_TOKENS - before.reduce((total, line) => total + estimateTokens(line), 0)
  for (const { text, line } of lost) {
    const whole = line.includes(text) ? line : text
    if (lines.some((one) => one.includes(whole))) continue
    left -= estimateTokens(whole)
    if (left < 0) break
    lines.push(whole)
  }
  return lines
}

/** What was attached to a question, in a line. */
const attachedTo = ({ number, attachments = [] }: Turn): readonly string[] =>
  attachments.length === 0 ? [] : [`Attached to question ${number}: ${attachments.map(sayAttachment).join('; ')}`]

/**
 * The lines that a new summary up to this turn takes along: all that were kept beside one of what it stands for, also
 * where that was taken back meanwhile, for whoever wanted them kept has not changed his mind; and the names of what was
 * attached to the turns it stands for, of which it has no other trace.
 */
export function carriedFacts(
  { turns, summaries }: Pick<State, 'turns' | 'summaries'>,
  upTo: number,
): readonly string[] {
  const end = turns.findIndex(({ number }) => number === upTo)
  const meant = new Set(turns.slice(0, end + 1).map(({ number }) => number))
  const kept = summaries.filter((one) => meant.has(one.upTo)).flatMap(({ facts }) => facts)
  return [...new Set([...kept, ...turns.slice(0, end + 1).flatMap(attachedTo)])]
}
