/** Whether the messages of a request are a conversation the API would take: roles, order, blocks. */

import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages'
import type { Model } from '../abilities.ts'
import { cacheControlProblem, isObject } from './fields.ts'
import { mediaProblem } from './media.ts'

/** Most messages of one request (source: SDK 1.11 doc of `messages`). */
const MOST_MESSAGES = 100_000

const BLOCKS: Readonly<Record<string, ReadonlySet<string>>> = {
  user: new Set(['text', 'image', 'document', 'search_result', 'tool_result', 'container_upload']),
  assistant: new Set([
    'text',
    'thinking',
    'redacted_thinking',
    'tool_use',
    'server_tool_use',
    'search_result',
    'container_upload',
    'web_search_tool_result',
    'web_fetch_tool_result',
    'code_execution_tool_result',
    'bash_code_execution_tool_result',
    'text_editor_code_execution_tool_result',
    'tool_search_tool_result',
  ]),
  system: new Set(['text']),
}

/** The first thing wrong with the messages, in a sentence; null when nothing is. */
export function messagesProblem(messages: unknown, model: Model): string | null {
  if (!Array.isArray(messages)) return 'messages: Input should be a valid list'
  if (messages.length === 0) return 'messages: at least one message is required'
  if (messages.length > MOST_MESSAGES) return `messages: at most ${MOST_MESSAGES} messages are allowed`
  for (const [i, message] of messages.entries()) {
    const problem = messageProblem(message, `messages.${i}`, i === messages.length - 1)
    if (problem !== null) return problem
  }
  return mediaProblem(messages, model) ?? orderProblem(messages, model)
}

function messageProblem(message: unknown, path: string, isLast: boolean): string | null {
  if (!isObject(message)) return `${path}: Input should be an object`
  const extra = Object.keys(message).find((key) => key !== 'role' && key !== 'content')
  if (extra !== undefined) return `${path}.${extra}: Extra inputs are not permitted`
  const { role, content } = message
  if (typeof role !== 'string' || !Object.hasOwn(BLOCKS, role))
    return `${path}.role: Input should be 'user', 'assistant' or 'system'`
  if (content === undefined || content === null) return `${path}.content: Field required`
  const empty = content === '' || (Array.isArray(content) && content.length === 0)
  if (empty && !(role === 'assistant' && isLast))
    return `${path}: all messages must have non-empty content except for the optional final assistant message`
  return textsProblem(content, `${path}.content`, BLOCKS[role])
}

/** What is wrong with a text or a list of blocks; null when nothing is. */
export function textsProblem(
  content: unknown,
  path: string,
  allowed: ReadonlySet<string> = BLOCKS.system!,
): string | null {
  if (typeof content === 'string') return null
  if (!Array.isArray(content)) return `${path}: Input should be a valid string or a list of blocks`
  for (const [i, block] of content.entries()) {
    const at = `${path}.${i}`
    if (!isObject(block)) return `${at}: Input should be an object`
    if (typeof block.type !== 'string' || !allowed.has(block.type))
      return `${at}.type: Input should be one of ${[...allowed].map((type) => `'${type}'`).join(', ')}`
    if (block.type === 'text' && typeof block.text !== 'string') return `${at}.text: Field required`
    if (block.type === 'text' && block.text === '') return `${at}: text content blocks must be non-empty`
    if ((block.type === 'image' || block.type === 'document') && !isObject(block.source))
      return `${at}.source: Field required`
    if (block.type === 'thinking' && typeof block.signature !== 'string') return `${at}.signature: Field required`
    const control = cacheControlProblem(block.cache_control, `${at}.cache_control`)
    if (control !== null) return control
  }
  return null
}

function orderProblem(messages: readonly MessageParam[], { abilities }: Model): string | null {
  if (messages[0]!.role !== 'user') return `messages: first message must use the 'user' role`
  for (const [i, { role }] of messages.entries()) {
    if (role !== 'system') continue
    if (!abilities.systemMessages)
      return `messages.${i}.role: ${abilities.id} does not support the 'system' role in messages`
    const after = messages[i + 1]?.role ?? 'assistant'
    if (messages[i - 1]?.role !== 'user' || after !== 'assistant') {
      return `messages.${i}.role: a 'system' message must follow a user turn, and be last or be followed by an assistant turn`
    }
  }
  const last = messages.at(-1)!
  if (last.role !== 'assistant') return null
  if (!abilities.prefill)
    return 'This model does not support assistant message prefill. The conversation must end with a user message.'
  const { content } = last
  const text = typeof content === 'string' ? content : content.findLast((block) => block.type === 'text')?.text
  return text !== undefined && /\s$/.test(text)
    ? 'messages: final assistant content cannot end with trailing whitespace'
    : null
}
