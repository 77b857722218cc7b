/** A request's prompt as a row of blocks with their tokens: what the cache compares and what usage counts. */

import type { MessageCreateParams, MessageParam, TextBlockParam } from '@anthropic-ai/sdk/resources/messages/messages'
import type { Model } from './abilities.ts'
import type { CacheBlock, CacheQuery, Layer, Ttl } from './prompt-cache.ts'
import { imageBlockTokens, pdfTokens, textTokens } from './tokens.ts'
import { isObject } from './validate/fields.ts'

export interface Prompt extends Pick<CacheQuery, 'blocks' | 'automatic' | 'salts'> {
  readonly tokens: number
}

/**
 * Tokens that frame each turn (an assumption: the real frame is not published, only that the count exceeds the
 * text's).
 */
const TURN_TOKENS = 3
/** Any block, as far as this file looks into it. */
interface Block {
  readonly type: string
  readonly text?: unknown
  readonly source?: unknown
  readonly title?: unknown
  readonly cache_control?: unknown
}

export function readPrompt(body: MessageCreateParams, model: Model): Prompt {
  const { card } = model
  const tools = (body.tools ?? []).map((tool, i) => toBlock('tools', tool as Block, '', `tools.${i}`, model))
  const system = texts(body.system ?? []).map((block, i) => toBlock('system', block, '', `system.${i}`, model))
  const messages = toMessageBlocks(body.messages, model)
  const blocks = [...tools, ...system, ...messages]
  return {
    blocks,
    automatic: body.cache_control ? (body.cache_control.ttl ?? '5m') : null,
    salts: saltsOf(body, card.defaultEffort, card.thinksByDefault),
    tokens: blocks.reduce((sum, { tokens }) => sum + tokens, 0),
  }
}

const texts = (content: string | readonly TextBlockParam[]): readonly Block[] =>
  typeof content === 'string' ? (content === '' ? [] : [{ type: 'text', text: content }]) : content

/** Neighbouring messages of one role are one turn, as at the API: only a change of role costs a frame. */
function toMessageBlocks(messages: readonly MessageParam[], model: Model): readonly CacheBlock[] {
  let before: string | null = null
  return messages.flatMap(({ role, content }, i) => {
    const blocks: readonly Block[] = typeof content === 'string' ? texts(content) : content
    return blocks.map((block, j) => {
      const made = toBlock('messages', block, role, `messages.${i}.content.${j}`, model)
      const framed = role === before ? made : { ...made, tokens: made.tokens + TURN_TOKENS }
      before = role
      return framed
    })
  })
}

function toBlock(layer: Layer, block: Block, role: string, path: string, model: Model): CacheBlock {
  const { cache_control: control, ...content } = block
  const text = content.type === 'text' && typeof content.text === 'string' ? content.text : null
  const thinking = content.type === 'thinking' || content.type === 'redacted_thinking'
  return {
    layer,
    key: `${role}\n${text === null ? JSON.stringify(content) : `text\n${text}`}`,
    tokens: text === null ? blockTokens(content, model) : textTokens(text, model.abilities.tokenizer),
    markable: !thinking && text !== '',
    mark: control ? ((control as { ttl?: Ttl }).ttl ?? '5m') : null,
    path,
  }
}

function blockTokens(block: Block, { card, abilities: { tokenizer } }: Model): number {
  const source = isObject(block.source) ? block.source : null
  const data = typeof source?.data === 'string' ? source.data : null
  if (block.type === 'image') return imageBlockTokens(data, card)
  if (block.type !== 'document') return textTokens(JSON.stringify(block), tokenizer)
  const title = typeof block.title === 'string' ? textTokens(block.title, tokenizer) : 0
  return title + (source?.type === 'text' && data !== null ? textTokens(data, tokenizer) : pdfTokens(data, card))
}

/**
 * What else a cached prefix depends on (source: prompt caching page, "what invalidates the cache"): speed from the
 * system prompt on; thinking, effort, tool choice, output format and the number of images for the messages.
 * Saying a default out loud equals leaving it out.
 */
function saltsOf(body: MessageCreateParams, defaultEffort: string | null, thinksByDefault: boolean): Prompt['salts'] {
  const effort = body.output_config?.effort ?? defaultEffort
  const { type = thinksByDefault ? 'adaptive' : 'disabled', ...thinking } = body.thinking ?? {}
  const budget = 'budget_tokens' in thinking ? thinking.budget_tokens : null
  const system = body.speed === 'fast' ? 'fast' : ''
  const rest = [
    effort,
    type,
    budget,
    body.tool_choice ?? null,
    body.output_config?.format ?? null,
    images(body.messages),
  ]
  return { system, messages: JSON.stringify([system, ...rest]) }
}

function images(messages: readonly MessageParam[]): number {
  const blocks = messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content))
  return blocks.filter(({ type }) => type === 'image').length
}
