/** How many tokens a prompt will be: as the server counted the last one, or from the lengths of its texts. */

import type { Prompt } from './cache-entries.ts'
import { estimateTokens } from './context.ts'
import type { State } from './conversation.ts'
import { promptTokens } from './turn.ts'
import { history, type Turn } from './turns.ts'

/** @param question the last message of the prompt, where it has one; it is counted by its length */
export function promptEstimate(state: State, { path, messages }: Prompt, question: string): number {
  const last = path.findLast((turn) => history([turn]).length > 0)
  const counted = last?.usage && isSentAsThen(state, last) ? promptTokens(last.usage) : 0
  if (last && counted > 0) return counted + spoken(last) + estimateTokens(question)
  return estimateTokens(state.choices.system ?? '') + messages.reduce((sum, { text }) => sum + estimateTokens(text), 0)
}

/** Whether what stands for earlier turns is still what it was: otherwise the count is that of another prompt. */
const isSentAsThen = ({ summaries, marks }: State, { basis }: Turn) =>
  !basis || (basis.summaries === summaries && basis.marks === marks)

/** Tokens of an answer as it is sent back: without its thinking. */
export function spoken({ usage, answer, end }: Turn): number {
  if (end?.type !== 'finished' || !usage || usage.thinking === null) return estimateTokens(answer)
  return Math.max(0, usage.output - usage.thinking)
}
