/** Whether a model takes the thinking and the effort a request asks for, and whether it will think. */

import type { MessageCreateParams } from '@anthropic-ai/sdk/resources/messages/messages'
import { EFFORT_LEVELS, type EffortLevel } from '../../core/models.ts'
import type { Model } from '../abilities.ts'

const TYPES: readonly string[] = ['adaptive', 'enabled', 'disabled', 'between_tools']
const DISPLAYS: readonly unknown[] = ['summarized', 'omitted', null, undefined]
/** Smallest budget of `thinking.type: 'enabled'` (source: SDK 1.11 `ThinkingConfigEnabled`). */
const LEAST_BUDGET = 1024

type Asked = Pick<MessageCreateParams, 'thinking' | 'output_config' | 'max_tokens'>

export function thinkingProblem(body: Asked, model: Model): string | null {
  return effortProblem(body.output_config?.effort, model) ?? typeProblem(body, model)
}

function effortProblem(effort: unknown, { card, abilities }: Model): string | null {
  if (effort === undefined || effort === null) return null
  const list = (levels: readonly string[]) => levels.map((level) => `'${level}'`).join(', ')
  if (!(EFFORT_LEVELS as readonly unknown[]).includes(effort))
    return `output_config.effort: Input should be ${list(EFFORT_LEVELS)}`
  if (card.efforts.length === 0) return `output_config.effort: ${abilities.id} does not support the effort parameter`
  if (card.efforts.includes(effort as EffortLevel)) return null
  return `output_config.effort: ${abilities.id} does not support '${effort}'; supported are ${list(card.efforts)}`
}

function typeProblem({ thinking, output_config, max_tokens }: Asked, { abilities }: Model): string | null {
  if (!thinking) return null
  if (!TYPES.includes(thinking.type))
    return `thinking.type: Input should be ${TYPES.map((type) => `'${type}'`).join(', ')}`
  if (!abilities.thinking.includes(thinking.type)) {
    return `thinking.type: '${thinking.type}' is not supported for ${abilities.id}; supported are ${abilities.thinking.map((type) => `'${type}'`).join(', ')}`
  }
  if ('display' in thinking && !DISPLAYS.includes(thinking.display))
    return `thinking.display: Input should be 'summarized' or 'omitted'`
  const off = thinking.type === 'disabled' || thinking.type === 'between_tools'
  const effort = output_config?.effort
  if (off && abilities.calmWhenOff && (effort === 'xhigh' || effort === 'max')) {
    return `thinking.type: '${thinking.type}' on ${abilities.id} needs an effort of 'high' or lower, got '${effort}'`
  }
  if (thinking.type !== 'enabled') return null
  const { budget_tokens: budget } = thinking
  if (!Number.isInteger(budget) || budget < LEAST_BUDGET)
    return `thinking.budget_tokens: Input should be greater than or equal to ${LEAST_BUDGET}`
  return max_tokens !== undefined && budget >= max_tokens
    ? 'max_tokens must be greater than thinking.budget_tokens'
    : null
}

/** Whether the model thinks before it answers this request. */
export function thinks({ thinking }: Asked, { card }: Model): boolean {
  if (!thinking) return card.thinksByDefault
  return thinking.type === 'adaptive' || thinking.type === 'enabled'
}

/** Whether its thinking can be read; otherwise the block holds a signature only. */
export function showsThinking({ thinking }: Asked, { abilities }: Model): boolean {
  const asked = thinking && 'display' in thinking ? thinking.display : null
  return (asked ?? abilities.display) === 'summarized'
}
