/**
 * What the server's prompt cache holds of a conversation, as far as the answers tell: each turn that was marked at its
 * end has left an entry that ends with its question. Whether one is still there is known once the server has answered.
 */

import type { State } from './conversation.ts'
import { manner } from './manner.ts'
import { modelCard } from './models.ts'
import { LIFETIME_MS } from './pauses.ts'
import type { CacheTtl, Message } from './request.ts'
import type { Ms, Usage } from './turn.ts'
import { history, type Turn } from './turns.ts'
import { messagesOf, windowOf } from './window.ts'

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

export const isAlive = ({ usedAt, ttl }: CacheEntry, now: Ms): boolean => now - usedAt < LIFETIME_MS[ttl]

export const cachedIn = ({ cacheRead, cacheWrite5m, cacheWrite1h }: Usage): number =>
  cacheRead + cacheWrite5m + cacheWrite1h

/** The prompt of a question that follows these turns. @param question null: it is not known yet */
export function promptAfter(state: State, path: readonly Turn[], question: string | null): Prompt {
  const before = messagesOf(windowOf(state, path))
  return { path, messages: question === null ? before : [...before, { role: 'user', text: question }] }
}

/** Entries that a prompt begins with, alive or not, the longest first. Lazy: who has found what it needs leaves. */
export function* entriesFor(state: State, { path, messages }: Prompt): Generator<CacheEntry> {
  if (state.choices.features === 'plain') return
  const card = modelCard(state.choices.model, state.models)
  const asked = JSON.stringify([state.choices.system, manner(state.choices, card)])
  const parent = path.at(-1)?.number ?? null
  // The same question asked before in this place: an answer that is being asked for again.
  const twins = [...state.branches, ...state.turns].filter(
    (turn) => turn.parent === parent && turn.question === messages.at(-1)?.text && !path.includes(turn),
  )
  for (const turn of [...path.slice(-LOOKED_AT), ...twins].reverse()) {
    const { usage, basis } = turn
    if (!usage || !basis || cachedIn(usage) === 0 || usage.input > FRAME_TOKENS) continue
    if (modelCard(turn.model, state.models).name !== card.name) continue
    if (JSON.stringify([basis.choices.system, manner(basis.choices, card)]) !== asked) continue
    const at = path.indexOf(turn)
    const way = at < 0 ? path : path.slice(0, at)
    if (at >= 0 && history([turn]).length === 0) continue
    const theirs = [...messagesOf(windowOf({ ...basis, turns: way })), { role: 'user', text: turn.question }]
    if (!begins(messages, theirs)) continue
    yield {
      ...{ turn: turn.number, messages: theirs.length, tokens: cachedIn(usage) },
      ...lastUse(state, path, turn, at),
    }
  }
}

/** Whether the messages begin with these. */
const begins = (messages: readonly Message[], start: readonly { role: string; text: string }[]) =>
  start.length <= messages.length &&
  start.every(({ role, text }, i) => messages[i]!.role === role && messages[i]!.text === text)

/** Its lifetime, and since when that counts: each read renews it. */
function lastUse(state: State, path: readonly Turn[], turn: Turn, at: number): Pick<CacheEntry, 'ttl' | 'usedAt'> {
  const ttl = ttlOf(path, turn)
  const tokens = cachedIn(turn.usage!)
  // The planner marks the latest hour's entry in every request, so that all turns up to the next one renew it.
  const behind = at < 0 ? [] : path.slice(at + 1)
  const next = behind.findIndex(({ usage }) => usage !== null && writesAnHour(usage))
  const marking = ttl === '1h' ? behind.slice(0, next < 0 ? behind.length : next + 1) : []
  const children = [...state.turns, ...state.branches].filter(({ parent }) => parent === turn.number)
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
