/**
 * Levers of earlier days: temperature, top_p, and an answer that the request begins. Who still takes them, and what does
 * their work elsewhere. They are never sent unless somebody asked for them, nor where they would be refused.
 */

import type { Choices } from '../conversation/choices.ts'
import type { ModelCard } from '../models.ts'
import type { TurnRequest } from '../request.ts'

/** The API version that took no sampling any more. */
const WITHOUT_SAMPLING = '2026-10-21'

export type OldLever = 'temperature' | 'topP' | 'prefill'
export const OLD_LEVERS: readonly OldLever[] = ['temperature', 'topP', 'prefill']

type Server = Pick<Choices, 'features' | 'olderApi'>

/** Whether this model on this server takes it. A server of one's own is taken at its word. */
export function takes(lever: OldLever, { features, olderApi }: Server, card: ModelCard): boolean {
  if (features === 'plain') return true
  return lever === 'prefill' ? card.prefill : card.sampling && olderApi === true
}

/** What of them goes into a request. */
export function sampling(choices: Choices, card: ModelCard): Pick<TurnRequest, OldLever> {
  const asked = OLD_LEVERS.filter((lever) => choices[lever] != null && takes(lever, choices, card))
  return Object.fromEntries(asked.map((lever) => [lever, choices[lever]]))
}

/** Why it is not taken, and what to use instead. @param name as the person knows it: a flag, a setting, a lever */
export function sayNotTaken(lever: OldLever, name: string, card: ModelCard): string {
  const model = card.name.replace(/^Claude /, '')
  if (lever === 'prefill')
    return `${name} is not taken by ${model}: from version 4.6 on, Claude begins its own answers. Say in the prompt how it is to begin, such as "Reply with JSON alone". Claude 4.5 models take it, and servers of your own (--base-url).`
  const why = card.sampling
    ? `the API has taken none since version ${WITHOUT_SAMPLING}`
    : 'from version 4.7 on, Claude takes none'
  return `${name} is not taken by ${model}: ${why}. What steers an answer now is the prompt, and --effort. Servers of your own take it (--base-url).`
}

/** What is wrong with the beginning of an answer; null: nothing. */
export function prefillProblem(text: string): string | null {
  if (text.trim() === '') return 'expected the words an answer is to begin with, got nothing'
  return /\s$/.test(text) ? 'expected a text that does not end in white space, as the API asks' : null
}

/** Whether the headers a person adds to each request (lines `name: value`) ask for an API version with sampling. */
export function asksForOlderApi(headers: string | undefined): boolean {
  const [, version] = /^\s*anthropic-version\s*:\s*(\d{4}-\d\d-\d\d)\s*$/im.exec(headers ?? '') ?? []
  return version !== undefined && version < WITHOUT_SAMPLING
}
