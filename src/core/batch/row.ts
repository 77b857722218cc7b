/** One row of a batch: what an input line asks for, or what is wrong with it. */

import { describe, quote } from '../problem.ts'
import type { Message } from '../request.ts'
import { filled } from './template.ts'

export interface Row {
  /** Its place in the input, from 1; blank lines are not counted. */
  readonly index: number
  readonly id: string
  /** The last one is the user's. */
  readonly messages: readonly Message[]
  /** Its own; null: that of the batch holds. */
  readonly system: string | null
  readonly model: string | null
  readonly maxTokens: number | null
}

/** A line nobody can send. */
export interface BadRow {
  /** Of the file, from 1. */
  readonly line: number
  /** A sentence without its full stop. */
  readonly why: string
}

/** Where a row stands. */
export interface Place {
  readonly index: number
  readonly line: number
}

export const isBad = (row: Row | BadRow): row is BadRow => 'why' in row

/** Characters of an id that are worth keeping. */
const LONGEST_ID = 200
const EXPECTED = 'a text, or an object with "prompt" or "messages"'

/**
 * What a value of the input asks for. A text is a prompt; of an object `prompt` or `messages`, `id`, `system`, `model` and
 * `maxTokens` are read, and everything is there for the template.
 * @param template makes the prompt of a row; null: the row brings it
 */
export function rowFrom(value: unknown, { index, line }: Place, template: string | null): Row | BadRow {
  const bad = (why: string): BadRow => ({ line, why })
  const fields = typeof value === 'string' ? { text: value, prompt: value } : value
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    return bad(`expected ${EXPECTED}, got ${describe(value)}`)
  const { id, system, model, maxTokens, prompt, messages } = fields as Readonly<Record<string, unknown>>
  const wrong =
    textProblem('id', id) ?? textProblem('system', system) ?? textProblem('model', model) ?? countProblem(maxTokens)
  if (wrong !== null) return bad(wrong)
  const said = template === null ? messagesOf(prompt, messages) : fromTemplate(template, fields as never)
  if ('why' in said) return bad(said.why)
  return {
    ...{ index, id: id === undefined || id === null || id === '' ? String(index) : String(id) },
    messages: said.messages,
    ...{
      system: given(system),
      model: given(model),
      maxTokens: maxTokens == null || maxTokens === '' ? null : Number(maxTokens),
    },
  }
}

type Said = { readonly messages: readonly Message[] } | { readonly why: string }

/** A cell of a table is empty where nothing is meant. */
const given = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

function textProblem(name: string, value: unknown): string | null {
  if (value === undefined || value === null || typeof value === 'string')
    return name === 'id' && String(value ?? '').length > LONGEST_ID
      ? `"id" has more than ${LONGEST_ID} characters`
      : null
  if (name === 'id' && typeof value === 'number' && Number.isFinite(value)) return null
  return `"${name}": expected a text, got ${describe(value)}`
}

function countProblem(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null
  const isCount = Number.isInteger(Number(value)) && Number(value) > 0 && typeof value !== 'boolean'
  return isCount ? null : `"maxTokens": expected a whole number above 0, got ${describe(value)}`
}

function fromTemplate(template: string, fields: Readonly<Record<string, unknown>>): Said {
  const result = filled(template, fields)
  if ('text' in result) return { messages: [{ role: 'user', text: result.text }] }
  const known = Object.keys(fields)
    .slice(0, 10)
    .map((name) => quote(name))
    .join(', ')
  return { why: `the template asks for {{${result.missing}}}, and the row has ${known || 'no field'}` }
}

function messagesOf(prompt: unknown, messages: unknown): Said {
  if (prompt !== undefined && messages !== undefined && messages !== null && prompt !== null)
    return { why: 'both "prompt" and "messages" came; take one of them' }
  if (messages === undefined || messages === null) {
    if (typeof prompt !== 'string')
      return { why: prompt == null ? `expected ${EXPECTED}` : `"prompt": expected a text, got ${describe(prompt)}` }
    return prompt.trim() === '' ? { why: 'the prompt is empty' } : { messages: [{ role: 'user', text: prompt }] }
  }
  return messagesFrom(messages)
}

/** Messages as the API spells them; their content is text. */
export function messagesFrom(value: unknown): Said {
  if (!Array.isArray(value) || value.length === 0)
    return { why: `"messages": expected a list of at least one, got ${describe(value)}` }
  const read: Message[] = []
  for (const [i, one] of value.entries()) {
    const { role, content } = (one ?? {}) as Readonly<Record<string, unknown>>
    const text = typeof content === 'string' ? content : textOfBlocks(content)
    if (role !== 'user' && role !== 'assistant')
      return { why: `messages[${i}].role: expected user or assistant, got ${describe(role)}` }
    if (text === null || text.trim() === '')
      return { why: `messages[${i}].content: expected a text that is not empty, or blocks of text` }
    read.push({ role, text })
  }
  return read.at(-1)!.role === 'user' ? { messages: read } : { why: 'the last of "messages" must be the user\'s' }
}

function textOfBlocks(content: unknown): string | null {
  if (!Array.isArray(content)) return null
  const texts = content.map((block) => (block?.type === 'text' && typeof block.text === 'string' ? block.text : null))
  return texts.includes(null) ? null : texts.join('\n\n')
}

/** The row as it can be fed in again. */
export function rowAsInput({ id, messages, system, model, maxTokens }: Row): object {
  const only = messages.length === 1 ? messages[0] : null
  return {
    id,
    ...(only ? { prompt: only.text } : { messages: messages.map(({ role, text }) => ({ role, content: text })) }),
    ...(system === null ? {} : { system }),
    ...(model === null ? {} : { model }),
    ...(maxTokens === null ? {} : { maxTokens }),
  }
}
