/** How many tokens a prompt will be: as the server counted the last one, or from the lengths of its texts. */

import type { Question } from '../attachments.ts'
import type { Prompt } from '../cache/entries.ts'
import type { State } from '../conversation.ts'
import { spoken } from '../turn/turns.ts'
import { promptTokens } from '../turn.ts'
import { countedNow, draftTokens, isAlone, isCountOf, lastCounted } from '../window/meter.ts'
import { tokensOf } from '../window/told-sizes.ts'

/** @param question the last message of the prompt, where it has one; it is counted by its length */
export function promptEstimate(state: State, { path, messages }: Prompt, question: Question): number {
  const last = lastCounted(state, path)
  if (last?.usage) return promptTokens(last.usage) + spoken(last) + draftTokens(state, question)
  const counted = path === state.turns ? countedNow(state) : null
  if (counted && isCountOf(counted, question)) return counted.tokens
  if (counted && isAlone(counted)) return counted.tokens + draftTokens(state, question)
  return tokensOf(state, [{ text: state.choices.system ?? '' }, ...messages])
}
