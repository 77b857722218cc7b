/** One message of Claude's data export: its words, and a line for everything in it that is not words. */

import type { Flaw } from './arrival.ts'
import { dateOf } from './times.ts'

export interface Message {
  /** Its place in the export, from 0. */
  readonly index: number
  readonly uuid: string
  readonly sender: 'human' | 'assistant'
  /** The message it follows; null: the export does not say, or it is the first. */
  readonly parent: string | null
  readonly text: string
  readonly thinking: string
  /** When it was sent, and when it was over, in ms since 1970. */
  readonly at: number
  readonly ended: number
}

interface Parts {
  /** The time of what has none. */
  readonly fallback: number
  /** Counts what is named and not taken in. */
  readonly leftOut: Map<string, number>
  /** Is told of what is wrong and can be put right. */
  mend(flaw: Flaw, how: string): void
}

type Fields = Readonly<Record<string, unknown>>

/** null: it is no message. */
export function readMessage(value: unknown, index: number, { fallback, leftOut, mend }: Parts): Message | null {
  if (!isFields(value)) {
    count(leftOut, 'something that is no message')
    return null
  }
  const sender = senderOf(value.sender)
  if (!sender) {
    count(leftOut, `message from ${textOr(value.sender, 'nobody')}`)
    return null
  }
  const created = timeOf(value.created_at, 'created_at')
  if (typeof created === 'object' && created) mend(created, 'the time before it stands in its place')
  const at = typeof created === 'number' ? created : fallback
  const text: string[] = []
  const thinking: string[] = []
  const blocks = Array.isArray(value.content) ? value.content : []
  for (const block of blocks) readBlock(block, text, thinking, leftOut)
  // Older exports have the text alone, and newer ones have it twice.
  if (text.length === 0 && typeof value.text === 'string' && value.text !== '') text.push(value.text)
  const material = [...attachments(value.attachments, leftOut), ...files(value, leftOut)]
  const ends = blocks.map((block) => timeOf(isFields(block) ? block.stop_timestamp : null, 'stop_timestamp'))
  return {
    index,
    uuid: textOr(value.uuid, `#${index}`),
    sender,
    parent: typeof value.parent_message_uuid === 'string' ? value.parent_message_uuid : null,
    text: [...material, ...text].join('\n\n'),
    thinking: thinking.join('\n\n'),
    at,
    ended: ends.reduce<number>((last, end) => (typeof end === 'number' && end > last ? end : last), at),
  }
}

/** What a message that is left out is called, and what it follows; nothing when it has no name. */
export function parentOf(value: unknown): readonly { readonly uuid: string; readonly parent: string | null }[] {
  if (!isFields(value) || typeof value.uuid !== 'string') return []
  const parent = typeof value.parent_message_uuid === 'string' ? value.parent_message_uuid : null
  return [{ uuid: value.uuid, parent }]
}

/** A time as the export writes it, in ms since 1970; null: none; or what is wrong with it. */
export function timeOf(value: unknown, field: string): number | Flaw | null {
  return value === undefined || value === null ? null : dateOf(value, field)
}

function senderOf(value: unknown): Message['sender'] | null {
  if (value === 'human' || value === 'user') return 'human'
  return value === 'assistant' ? 'assistant' : null
}

function readBlock(block: unknown, text: string[], thinking: string[], leftOut: Map<string, number>): void {
  const type = isFields(block) ? block.type : undefined
  if (!isFields(block) || typeof type !== 'string') count(leftOut, 'something that is no part of a message')
  else if (type === 'text' && typeof block.text === 'string') {
    if (block.text.trim() !== '') text.push(block.text)
  } else if (type === 'thinking' && typeof block.thinking === 'string') {
    if (block.thinking.trim() !== '') thinking.push(block.thinking)
  } else {
    const document = artifact(block)
    if (document) text.push(document)
    else text.push(named(typeof block.name === 'string' ? `${type} ${block.name}` : type, leftOut))
  }
}

/** A document that the model wrote beside the conversation. */
function artifact({ type, name, input }: Fields): string | null {
  if (type !== 'tool_use' || name !== 'artifacts' || !isFields(input) || typeof input.content !== 'string') return null
  const longest = Math.max(2, ...(input.content.match(/`{3,}/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  const language = typeof input.language === 'string' ? input.language.replace(/\W/g, '') : ''
  const title = typeof input.title === 'string' && input.title !== '' ? `**${input.title}**\n\n` : ''
  return `${title}${fence}${language}\n${input.content}\n${fence}`
}

/** Text that was attached is part of what was asked. A long paste is one without a name. */
function attachments(value: unknown, leftOut: Map<string, number>): string[] {
  return (Array.isArray(value) ? value : []).map((one: unknown) => {
    const { file_name, extracted_content: text } = isFields(one) ? one : {}
    const name = textOr(file_name, '')
    if (typeof text !== 'string' || text === '') return named(`attachment ${name}`, leftOut, 'attachment')
    return `<attachment${name === '' ? '' : ` name=${JSON.stringify(name)}`}>\n${text}\n</attachment>`
  })
}

/** Images and documents are not in the export, only their names. */
function files({ files, files_v2, attachments }: Fields, leftOut: Map<string, number>): string[] {
  const attached = new Set(
    (Array.isArray(attachments) ? attachments : []).map((one: unknown) => (isFields(one) ? one.file_name : null)),
  )
  const all = [files, files_v2].flatMap((list) => (Array.isArray(list) ? list : []))
  const names = new Set(all.map((one: unknown) => (isFields(one) ? textOr(one.file_name, 'unnamed') : 'unnamed')))
  return [...names].filter((name) => !attached.has(name)).map((name) => named(`file ${name}`, leftOut, 'file'))
}

/** A line where something stood that is not taken in. @param kind what it is counted as */
function named(what: string, leftOut: Map<string, number>, kind = what): string {
  count(leftOut, kind)
  return `[${what.replace(/[[\]\s]+/g, ' ').trim()}: left out by the import]`
}

const count = (leftOut: Map<string, number>, what: string) => void leftOut.set(what, (leftOut.get(what) ?? 0) + 1)

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textOr = (value: unknown, otherwise: string) => (typeof value === 'string' && value !== '' ? value : otherwise)
