/**
 * The cache planner: where the breakpoints of a request go, and how long what they write is to live. Pure: the same
 * conversation at the same time gives the same marks.
 *
 *   system    explicit, so that another conversation, or another branch, finds it
 *   anchors   the latest entry that lives an hour, to keep it alive; what was attached; and the entry to be read when
 *             it lies too far back to be found from the end
 *   end       automatic, moves with the conversation
 */

import { type Question, sizeOf } from './attachments.ts'
import { hourKeepsAll } from './cache/doubt.ts'
import { type CacheEntry, entriesFor, isAlive, type Prompt } from './cache/entries.ts'
import { type BreakEven, breakEven } from './cache/lifetime.ts'
import { assumedShare, longPauseChance, pausesBetween } from './cache/pauses.ts'
import type { State } from './conversation.ts'
import { type ModelCard, modelCard } from './models.ts'
import { promptEstimate } from './request/prompt-size.ts'
import { type CacheAnchor, type CacheMarks, type CacheTtl, NO_MARKS } from './request.ts'
import type { Turn } from './turn/turns.ts'
import type { Ms } from './turn.ts'
import { estimateTokens } from './window/context.ts'

/** Breakpoints the server takes in one request, the automatic one included (source: prompt caching, 2026-10-08). */
export const MAX_BREAKPOINTS = 4
/**
 * Blocks behind an entry from which on the end no longer counts on finding it: the server looks at 20, the marked one
 * included, and a message may grow a block or two.
 */
const FAR_BEHIND = 18
/** Turns whose pauses are counted. */
const PAUSES = 200

export interface CachePlan {
  readonly marks: CacheMarks
  /** The longest entry that the prompt begins with and that is alive; null: none is known. */
  readonly held: CacheEntry | null
  /** The longest of them that lives an hour. */
  readonly hour: CacheEntry | null
  /** What the lifetime follows from; null: it was not weighed. */
  readonly weighed: BreakEven | null
}

const NOTHING: CachePlan = { marks: NO_MARKS, held: null, hour: null, weighed: null }

/** Whether the system prompt alone can be cached, by the estimate of its size; `null` when the minimum is unknown. */
export function systemCacheable(card: ModelCard, system: string): boolean | null {
  return card.minCache === null ? null : estimateTokens(system) >= card.minCache
}

/** Whether a text is too short to be cached for certain: even if each of its characters were a token. */
const isTooShort = (chars: number, card: ModelCard) => card.minCache === null || chars < card.minCache

/**
 * The marks of one request.
 * @param prompt with the question
 * @param now start of the request, on the clock of the turns' times
 */
export function planCache(state: State, prompt: Prompt, now: Ms): CachePlan {
  const { choices } = state
  const wanted = choices.cacheTtl ?? 'auto'
  const card = modelCard(choices.model, state.models)
  if (choices.features === 'plain' || wanted === 'off' || card.minCache === null) return NOTHING
  const system = choices.system?.length ?? 0
  if (choices.kind === 'single') {
    // Nothing follows: only a system prompt that others share is worth a write, and it costs more than a plain token.
    const isWorth = choices.system !== null && systemCacheable(card, choices.system) === true
    return { ...NOTHING, marks: { system: isWorth ? (wanted === 'auto' ? '5m' : wanted) : null, end: null } }
  }
  const size = sizeOf(prompt.messages, card)
  const question: Question = prompt.messages.at(-1) ?? ''
  const whole = promptEstimate(state, prompt, question)
  if (isTooShort(Math.max(system + size.chars + size.tokens, whole), card)) return NOTHING
  const { held, hour } = heldBy(state, prompt, now)
  const weighed = wanted === 'auto' ? weigh(state, prompt.path, whole, now, card, { held, hour }) : null
  const ttl: CacheTtl = wanted === 'auto' ? (weighed?.best ?? '5m') : wanted
  const last = prompt.messages.length - 1
  const far = held && last - (held.messages - 1) >= FAR_BEHIND ? held : null
  const places = [far, hour].flatMap((entry) => (entry ? [{ at: entry.messages - 1, ttl: entry.ttl }] : []))
  // What was attached last: however the conversation goes on, what is largest in it is found.
  const attachedAt = prompt.messages.findLastIndex(({ attachments }) => attachments !== undefined)
  if (attachedAt >= 0) places.push({ at: attachedAt, ttl })
  const anchors = ordered(places, last, ttl)
  const isMarked = choices.system !== null && !isTooShort(system, card)
  return {
    marks: {
      system: isMarked ? (anchors[0]?.ttl ?? ttl) : null,
      ...(anchors.length > 0 ? { anchors } : {}),
      end: ttl,
    },
    ...{ held, hour, weighed },
  }
}

/**
 * Anchors in the order of the prompt, as many as there is room for besides the system prompt and the end, those named
 * first before others. What must live an hour somewhere behind makes those before it live an hour as well: the server
 * takes no other order, and where an entry is read already, its mark writes nothing.
 */
function ordered(
  places: readonly { readonly at: number; readonly ttl: CacheTtl }[],
  last: number,
  end: CacheTtl,
): readonly CacheAnchor[] {
  const taken = new Map<number, CacheTtl>()
  for (const { at, ttl } of places) {
    if (at >= last || (!taken.has(at) && taken.size >= MAX_BREAKPOINTS - 2)) continue
    taken.set(at, taken.get(at) === '1h' ? '1h' : ttl)
  }
  let isHour = end === '1h'
  const anchors: CacheAnchor[] = []
  for (const [message, ttl] of [...taken].sort(([a], [b]) => b - a)) {
    isHour ||= ttl === '1h'
    anchors.unshift({ message, ttl: isHour ? '1h' : ttl })
  }
  return anchors
}

/** What a prompt can be read from: the longest entry that is alive, and the longest that lives an hour. */
export function heldBy(state: State, prompt: Prompt, now: Ms): Pick<CachePlan, 'held' | 'hour'> {
  return { held: alive(entriesFor(state, prompt), now), hour: alive(entriesFor(state, prompt, '1h'), now) }
}

/** The first that is alive. */
function alive(entries: Iterable<CacheEntry>, now: Ms): CacheEntry | null {
  for (const entry of entries) if (isAlive(entry, now)) return entry
  return null
}

function weigh(
  state: State,
  path: readonly Turn[],
  whole: number,
  now: Ms,
  card: ModelCard,
  { held, hour }: Pick<CachePlan, 'held' | 'hour'>,
): BreakEven {
  const pauses = pausesBetween([...state.turns.slice(-PAUSES), ...state.branches.slice(-PAUSES)], now)
  return breakEven({
    ...{ card, whole, held: held?.tokens ?? 0, hour: hour?.tokens ?? 0 },
    keepsAll: hourKeepsAll(path),
    chance: longPauseChance(pauses, state.habit),
    assumed: assumedShare(pauses, state.habit),
  })
}
