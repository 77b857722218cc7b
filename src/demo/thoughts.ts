/** What the demo "thinks": how much, by the effort asked for, and the words of it. */

import type { MessageCreateParams } from '@anthropic-ai/sdk/resources/messages/messages'
import type { EffortLevel } from '../core/models.ts'
import type { Model } from './abilities.ts'

/** Thinking tokens by effort: enough to be seen, little enough to be waited for. Chosen for the demo, not measured. */
const BY_EFFORT: Readonly<Record<EffortLevel, number>> = { low: 20, medium: 60, high: 110, xhigh: 220, max: 400 }

export function thoughtTokens(body: MessageCreateParams, { card }: Model): number {
  const effort = body.output_config?.effort ?? card.defaultEffort ?? 'medium'
  const budget = body.thinking?.type === 'enabled' ? body.thinking.budget_tokens : Number.POSITIVE_INFINITY
  return Math.min(BY_EFFORT[effort], budget)
}

const SENTENCES = [
  'Nobody thinks here: this is a script that takes its time, so that a client can show how it waits.',
  'A model would weigh the question now, and its thoughts would be summarised in this place.',
  'They count as output tokens, they come before the first visible word, and most models hide them unless asked.',
  'The seconds that pass belong to the time to first token as a reader feels it, though tokens are already flowing.',
  'Next comes a look at what was asked, and whether one of the known topics is in it.',
]

/** At least `chars` characters of it, cut at a word. */
export function thoughtText(chars: number): string {
  let text = ''
  for (let i = 0; text.length < chars; i++) text += `${i === 0 ? '' : ' '}${SENTENCES[i % SENTENCES.length]}`
  const end = text.lastIndexOf(' ', chars)
  return text.length <= chars || end < 1 ? text.slice(0, chars) : text.slice(0, end)
}
