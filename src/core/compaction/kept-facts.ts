/** Facts as the lines that are kept beside a summary, word for word. */

import { estimateTokens } from '../context.ts'
import type { Fact } from './facts.ts'

/** Tokens that kept lines take at most, those of before included. */
const MOST_TOKENS = 2_000

/** The lines kept so far, and those in which the lost facts stand, each once; the first ones when there is no room for all. */
export function keptFacts(before: readonly string[], lost: readonly Fact[]): readonly string[] {
  const lines = [...before]
  let left = MOST_TOKENS - before.reduce((total, line) => total + estimateTokens(line), 0)
  for (const { text, line } of lost) {
    const whole = line.includes(text) ? line : text
    if (lines.some((one) => one.includes(whole))) continue
    left -= estimateTokens(whole)
    if (left < 0) break
    lines.push(whole)
  }
  return lines
}
