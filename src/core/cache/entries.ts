/**
 * What the server's prompt cache holds of a conversation, as far as the answers tell: each turn that was marked at its
 * end has left an entry that ends with its question. Whether one is still there is known once the server has answered.
 */

import { attachedTo, isSameAttached, type Question, withAttachments, wordsOf } from '../attachments.ts'
import type { State } from '../conversation.ts'
import { modelCard } from '../models.ts'
import { asSent } from '../request/concise.ts'
import { cachedManner } from '../request/manner.ts'
import { askedMessage, history } from '../request/messages.ts'
import type { CacheTtl, Message } from '../request.ts'
import { heldTo } from '../schema.ts'
import type { Basis, Turn } from '../turn/turns.ts'
import type { Ms, Usage } from '../turn.ts'
import { messagesOf, windowOf } from '../window/window.ts'
import { LIFETIME_MS } from './pauses.ts'

export interface CacheEntry {
  /** It ends with this turn's question. */
  readonly turn: number
  /** How many messages of the prompt it covers. */
  readonly messages: number
  /** By the server's count. */
  readonly tokens: number
  readonly ttl: CacheTtl
  /** Start of the request that wrote or read it last, as far as is certain. */
  readonly usedAt: Ms
}

/** A prompt that is about to be sent. */
export interface Prompt {
  /** The turns it follows, the first one first. */
  readonly path: readonly Turn[]
  readonly messages: readonly Message[]
}

/** Tokens behind the last mark that come with a mark at the end: what frames a prompt. More means: not marked there. */
const FRAME_TOKENS = 16
/** Turns looked at: an entry further back has little to save, and a long conversation should not be walked each time. */
const LOOKED_AT = 100
/** Turns whose requests are made again to be compared, for something was summarised or marked since. */
const COMPARED = 20

export const isAlive = ({ usedAt, ttl }: Pick<CacheEntry, 'usedAt' | 'ttl'>, now: Ms): boolean =>
  now - usedAt < LIFETIME_MS[ttl]

export const cachedIn = ({ cacheRead, cacheWrite5m, cacheWrite1h }: Usage): number =>
  cacheRead + cacheWrite5m + cacheWrite1h

/** The prompt of a question that follows these turns. @param question null: it is not known yet */
export function promptAfter(state: State, path: readonly Turn[], question: Question | null): Prompt {
  const before = messagesOf(windowOf(state, path))
  if (question === null) return { path, messages: before }
  const { concise, schema } = state.choices
  const text = heldTo(asSent(wordsOf(question), concise), schema)
  return { path, messages: [...before, { role: 'user', text, ...withAttachments(attachedTo(question)) }] }
}

const isSameMessage = (a: Message | undefined, b: Message): boolean =>
  a?.role === b.role && a.text === b.text && isSameAttached(a.attachments, b.attachments)

/**
 * Entries that a prompt begins with, alive or not, the longest first. Lazy: who has found what it needs leaves.
 * @param only of this lifetime
 */
export function* entriesFor(state: State, prompt: Prompt, only: CacheTtl | null = null): Generator<CacheEntry> {
  const { path } = prompt
  if (state.choices.features === 'plain') return
  const isAsked = isAskedAlike(state)
  const places = placesIn(state, prompt)
  const isAsBefore = ({ basis }: Turn) => basis?.summaries === state.summaries && basis.marks === state.marks
  // An image that comes or goes anywhere makes another prefix of all messages: an entry from before it is not found.
  const lastImage = prompt.messages.findLastIndex(({ attachments }) =>
    attachments?.some(({ kind }) => kind === 'image'),
  )
  for (const turn of twinsOf(state, prompt)) {
    if (!isMarked(turn) || !isAsked(turn)) continue
    // The same question, behind the same messages: something may have been summarised, left out or taken in since.
    if (isAsBefore(turn) || sharedWith(prompt.messages, turn.basis!, path, turn) !== null)
      yield { ...sized(turn, prompt.messages.length), ...lastUse(state, path, turn, -1) }
  }
  const first = Math.max(0, path.length - LOOKED_AT)
  let compared = 0
  for (let at = path.length - 1; at >= first; at--) {
    const turn = path[at]!
    if (!isMarked(turn) || (only && ttlOf(path, turn) !== only) || !isAsked(turn)) continue
    const { basis } = turn
    let messages: number | null = null
    if (isAsBefore(turn)) messages = places.get(turn.number) ?? null
    else if (basis && compared++ < COMPARED) messages = sharedWith(prompt.messages, basis, path.slice(0, at), turn)
    if (messages !== null && messages > lastImage) yield { ...sized(turn, messages), ...lastUse(state, path, turn, at) }
  }
}

const sized = (turn: Turn, messages: number) => ({ turn: turn.number, messages, tokens: cachedIn(turn.usage!) })

/** Whether a turn has left an entry that ends with its question. */
const isMarked = ({ usage, basis }: Turn) =>
  usage !== null && basis !== undefined && cachedIn(usage) > 0 && usage.input <= FRAME_TOKENS

/** The same question asked before in this place: an answer that is being asked for again. */
function twinsOf({ branches, turns }: State, { path, messages }: Prompt): readonly Turn[] {
  const parent = path.at(-1)?.number ?? null
  const question = messages.at(-1)
  if (question?.role !== 'user') return []
  return [...branches, ...(path === turns ? [] : turns)].filter(
    (turn) => turn.parent === parent && isSameMessage(askedMessage(turn), question),
  )
}

/** Whether a turn was asked of the same model in the same manner, under the same system prompt. */
export function isAskedAlike({ choices, models }: State): (turn: Turn) => boolean {
  const card = modelCard(choices.model, models)
  const spelled = (some: State['choices']) => JSON.stringify([some.system, cachedManner(some, card)])
  const wanted = spelled(choices)
  return ({ model, basis }) =>
    modelCard(model, models).name === card.name &&
    basis !== undefined &&
    (basis.choices === choices || spelled(basis.choices) === wanted)
}

/** By turn: how many messages of the prompt there are up to its question. Turns that are not sent have no place. */
function placesIn(state: State, { path }: Prompt): ReadonlyMap<number, number> {
  const window = windowOf(state, path)
  let messages = messagesOf({ ...window, turns: [] }).length
  const places = new Map<number, number>()
  for (const turn of window.turns) {
    const { length } = history([turn])
    if (length > 0) places.set(turn.number, messages + 1)
    messages += length
  }
  return places
}

/** The messages of an earlier request, made again, if the prompt begins with them: how many; else null. */
function sharedWith(messages: readonly Message[], basis: Basis, way: readonly Turn[], turn: Turn): number | null {
  const theirs: readonly Message[] = [...messagesOf(windowOf({ ...basis, turns: way })), askedMessage(turn)]
  const isBeginning =
    theirs.length <= messages.length && theirs.every((message, i) => isSameMessage(messages[i], message))
  return isBeginning ? theirs.length : null
}

/** Its lifetime, and since when that counts: each read renews it. */
function lastUse(state: State, path: readonly Turn[], turn: Turn, at: number): Pick<CacheEntry, 'ttl' | 'usedAt'> {
  const ttl = ttlOf(path, turn)
  const tokens = cachedIn(turn.usage!)
  // The planner marks the latest hour's entry in every request, so that all turns up to the next one renew it.
  const behind = at < 0 ? [] : path.slice(at + 1)
  const next = behind.findIndex(({ usage }) => usage !== null && writesAnHour(usage))
  const marking = ttl === '1h' ? behind.slice(0, next < 0 ? behind.length : next + 1) : behind.slice(0, 1)
  const elsewhere = path === state.turns ? state.branches : [...state.branches, ...state.turns]
  const children = elsewhere.filter(({ parent }) => parent === turn.number)
  const readers = [...marking, ...children].filter(({ usage }) => usage !== null && usage.cacheRead >= tokens)
  const sent = startOf(turn)
  const isSame = (count: number) => Math.abs(count - tokens) <= FRAME_TOKENS
  const asides = state.sideCalls.filter(
    ({ usage, model, purpose, at: calledAt }) =>
      model === turn.model &&
      calledAt > sent &&
      (isSame(usage.cacheRead) ||
        isSame(cachedIn(usage)) ||
        // A call that keeps warm marks the hour's entry, too.
        (purpose === 'warm' && ttl === '1h' && usage.cacheRead > tokens)),
  )
  return { ttl, usedAt: Math.max(sent, ...readers.map(startOf), ...asides.map((call) => call.at)) }
}

const startOf = ({ times }: Turn): Ms => times.sent ?? times.asked ?? 0

/** Whether what it wrote last, up to its end, was written for an hour. */
const writesAnHour = ({ cacheWrite1h, cacheWrite5m }: Usage) => cacheWrite1h > 0 && cacheWrite5m === 0

/** An entry that was only read lives as long as whoever wrote it wanted. */
function ttlOf(path: readonly Turn[], turn: Turn): CacheTtl {
  const { usage } = turn
  const wrote = ({ cacheWrite1h, cacheWrite5m }: Usage) => cacheWrite1h + cacheWrite5m > 0
  if (usage && wrote(usage)) return writesAnHour(usage) ? '1h' : '5m'
  const writer = path.findLast(({ number, usage: theirs }) => number <= turn.number && theirs && wrote(theirs))
  return writer?.usage && writesAnHour(writer.usage) ? '1h' : '5m'
}
