/** How many tokens a prompt will be: as the server counted the last one, or from the lengths of its texts. */

import type { Prompt } from './cache-entries.ts'
import type { State } from './conversation.ts'
import { countedNow, draftTokens, lastCounted, tokensOf } from './meter.ts'
import { promptTokens } from './turn.ts'
import { spoken } from './turns.ts'

/** @param question the last message of the prompt, where it has one; it is counted by its length */
export function promptEstimate(state: State, { path, messages }: Prompt, question: string): number {
  const last = lastCounted(state, path)
  if (last?.usage) return promptTokens(last.usage) + spoken(last) + draftTokens(state, question)
  const counted = path === state.turns ? countedNow(state) : null
  if (counted && (counted.draft === question || counted.draft === ''))
    return counted.tokens + (counted.draft === question ? 0 : draftTokens(state, question))
  const chars = messages.reduce((sum, { text }) => sum + text.length, state.choices.system?.length ?? 0)
  return tokensOf(state, chars)
}
