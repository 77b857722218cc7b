/**
 * Claude's data export (claude.ai, Settings, Privacy, Export data): a list of conversations, each a list of messages,
 * with or without the tree they stood in. What has no place here is named where it stood, and counted.
 */

import type { Event } from '../../conversation.ts'
import { describe, type Problem } from '../../problem.ts'
import { failure } from '../../weather/failures.ts'
import { type Arrival, asUid, type Flaw, Unreadable } from './arrival.ts'
import { type Message, parentOf, readMessage, timeOf } from './claude-message.ts'

/** What stands for a question that is missing: the API takes no empty one. */
const NO_QUESTION = '(The export holds no question here.)'

/** What the first message of a conversation is said to follow. */
const NO_PARENT = /^0{8}-0{4}-[04]0{3}-[08]0{3}-0{12}$/

/** The export does not say which model answered. */
const UNKNOWN_MODEL = 'unknown'

interface Exchange {
  /** Its number of the one it follows; null: it begins a branch. */
  readonly parent: number | null
  readonly question: string
  readonly asked: number
  /** The messages of the answer: usually one. */
  readonly answers: Message[]
}

export const isClaudes = (value: object): boolean => 'chat_messages' in value

/** @throws Unreadable */
export function fromClaude(value: object): Arrival {
  const { uuid, name, created_at, chat_messages, model, current_leaf_message_uuid } = value as Record<string, unknown>
  if (!Array.isArray(chat_messages)) {
    const problem = { where: '', expected: 'chat_messages: a list', came: describe(chat_messages), wayOut: '' }
    throw new Unreadable(problem)
  }
  const leftOut = new Map<string, number>()
  const mended: Problem[] = []
  const date = timeOf(created_at, 'created_at')
  if (typeof date === 'object' && date)
    mended.push({ where: '', ...date, wayOut: 'the time of its first message stands in its place' })
  const created = typeof date === 'number' ? date : null
  const messages: Message[] = []
  const skipped = new Map<string, string | null>()
  const mendAt = (index: number) => (flaw: Flaw, wayOut: string) =>
    void mended.push({ where: `message ${index + 1}`, ...flaw, wayOut })
  for (const [i, message] of chat_messages.entries()) {
    const fallback = messages.at(-1)?.at ?? created ?? 0
    const read = readMessage(message, i, { fallback, leftOut, mend: mendAt(i) })
    if (read) messages.push(read)
    else for (const { uuid, parent } of parentOf(message)) skipped.set(uuid, parent)
  }
  const { exchanges, ending } = exchangesOf(joinedUp(messages, skipped), mendAt)
  const by = typeof model === 'string' && model !== '' ? model : UNKNOWN_MODEL
  const title = typeof name === 'string' ? name.replace(/\s+/g, ' ').trim() : ''
  const leaf = typeof current_leaf_message_uuid === 'string' ? ending.get(current_leaf_message_uuid) : undefined
  return {
    uid: asUid(uuid),
    kind: 'import',
    createdMs: created,
    updatedMs: null,
    events: [
      ...(title === '' ? [] : [{ type: 'titled', title, by: 'user' } as const]),
      ...eventsOf(exchanges, leaf ?? null, by),
    ],
    left: null,
    leftOut,
    mended,
  }
}

/** The messages without those that were left out: what followed one of these follows what that had followed. */
function joinedUp(messages: readonly Message[], skipped: ReadonlyMap<string, string | null>): readonly Message[] {
  if (skipped.size === 0) return messages
  return messages.map((message) => {
    let { parent } = message
    for (let steps = skipped.size; parent !== null && steps > 0 && skipped.has(parent); steps--)
      parent = skipped.get(parent) ?? null
    return { ...message, parent }
  })
}

type MendAt = (index: number) => (flaw: Flaw, wayOut: string) => void

/** Pairs questions with their answers. A question that was answered twice is two exchanges on two branches. */
function exchangesOf(
  messages: readonly Message[],
  mendAt: MendAt,
): {
  readonly exchanges: readonly Exchange[]
  /** Number of the exchange that a message belongs to. */
  readonly ending: ReadonlyMap<string, number>
} {
  const tree = treeOf(messages, mendAt)
  const exchanges: Exchange[] = []
  const ending = new Map<string, number>()
  const add = (exchange: Exchange, last: Message) => ending.set(last.uuid, exchanges.push(exchange))
  for (const { message, parent, children } of tree) {
    const before = parent === null ? null : (ending.get(parent.uuid) ?? null)
    if (message.sender === 'human') {
      if (children.some(({ sender }) => sender === 'assistant')) {
        // Its answers make the exchange; until then it stands where it follows.
        if (before !== null) ending.set(message.uuid, before)
        continue
      }
      add({ parent: before, question: message.text, asked: message.at, answers: [] }, message)
    } else if (parent?.sender === 'assistant' && exchanges[before! - 1]?.answers.at(-1) === parent) {
      // An answer in several messages is one.
      exchanges[before! - 1]!.answers.push(message)
      ending.set(message.uuid, before!)
    } else {
      const question = parent?.sender === 'human' ? parent : null
      const asked = question?.at ?? message.at
      add({ parent: before, question: question?.text || NO_QUESTION, asked, answers: [message] }, message)
    }
  }
  return { exchanges, ending }
}

interface Placed {
  readonly message: Message
  readonly parent: Message | null
  readonly children: readonly Message[]
}

/** The messages, none before the one it follows. Without a word about parents, each follows the one before. */
function treeOf(messages: readonly Message[], mendAt: MendAt): readonly Placed[] {
  const isTree = messages.some(({ parent }) => parent !== null)
  const known = new Map(messages.map((message) => [message.uuid, message]))
  const lost = ({ index, parent }: Message, expected = 'the uuid of another message') =>
    mendAt(index)({ expected: `parent_message_uuid: ${expected}`, came: describe(parent) }, 'it begins a branch')
  const above = (message: Message, i: number): Message | null => {
    if (!isTree) return messages[i - 1] ?? null
    const parent = known.get(message.parent ?? '') ?? null
    if (!parent && message.parent !== null && !NO_PARENT.test(message.parent)) lost(message)
    return parent
  }
  const children = new Map<Message | null, Message[]>()
  const parents = new Map<Message, Message | null>()
  for (const [i, message] of messages.entries()) {
    const parent = above(message, i)
    parents.set(message, parent)
    const siblings = children.get(parent)
    if (siblings) siblings.push(message)
    else children.set(parent, [message])
  }
  const order = new Map(messages.map((message, i) => [message, i]))
  const placed: Placed[] = []
  const seen = new Set<Message>()
  const place = (first: Message) => {
    const waiting = [first]
    for (let message = waiting.pop(); message; message = waiting.pop()) {
      if (seen.has(message)) continue
      const parent = parents.get(message) ?? null
      const own = (children.get(message) ?? []).filter((child) => !seen.has(child))
      placed.push({ message, parent: parent && seen.has(parent) ? parent : null, children: own })
      seen.add(message)
      for (const child of own.toReversed()) waiting.push(child)
    }
  }
  for (const root of children.get(null) ?? []) place(root)
  // What is left follows itself in a circle.
  for (const message of messages) {
    if (!seen.has(message)) lost(message, 'the uuid of a message that does not follow this one')
    place(message)
  }
  return isTree ? inTime(placed, order) : placed
}

/** As they stood in the export wherever that leaves none before the one it follows. */
function inTime(placed: readonly Placed[], order: ReadonlyMap<Message, number>): readonly Placed[] {
  const sorted = [...placed].sort((a, b) => order.get(a.message)! - order.get(b.message)!)
  const seen = new Set<Message | null>([null])
  for (const { message, parent } of sorted) {
    if (!seen.has(parent)) return placed
    seen.add(message)
  }
  return sorted
}

function* eventsOf(exchanges: readonly Exchange[], leaf: number | null, model: string): Generator<Event> {
  let last: number | null = null
  for (const [i, { parent, question, asked, answers }] of exchanges.entries()) {
    if (parent !== last) yield { type: 'moved', to: parent }
    last = i + 1
    const at = answers.reduce((last, { ended }) => Math.max(last, ended), asked)
    yield { type: 'asked', at: asked, text: question === '' ? NO_QUESTION : question, model }
    const joined = (part: 'text' | 'thinking') =>
      answers
        .map((answer) => answer[part])
        .filter((text) => text !== '')
        .join('\n\n')
    const thinking = joined('thinking')
    const text = joined('text')
    // Nothing was measured there: all of it comes at once, and no speed follows from it.
    if (thinking !== '') yield { type: 'thinking', at, phase: 'more', text: thinking }
    if (text !== '') yield { type: 'delta', at, text }
    if (answers.length > 0) yield { type: 'finished', at, stopReason: 'end_turn', explanation: null }
    else yield { type: 'failed', at, failure: failure('interrupted', 'The export holds no answer to this.') }
  }
  if (leaf !== null && leaf !== last) yield { type: 'moved', to: leaf }
}
