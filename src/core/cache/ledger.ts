/** The cache ledger: what each turn could have read from the prompt cache, what it did read, and why not all of it. */

import type { State } from '../conversation.ts'
import { age, percent, tokens } from '../figures/words.ts'
import { modelCard, priceFor } from '../models.ts'
import { questionIn, type Turn } from '../turn/turns.ts'
import { promptTokens } from '../turn.ts'
import { cachedIn, entriesFor, isAlive, promptAfter } from './entries.ts'
import { LIFETIME_MS } from './pauses.ts'
import { askedOf, prefixDifference, sayDifference } from './prefix-difference.ts'

/**
 * `hit`: all that was known to be there was read; `part`: some of it; `miss`: none; `first`: nothing was there yet;
 * `short`: the prompt is below the model's minimum; `off`: not marked.
 */
export interface Verdict {
  readonly turn: number
  readonly kind: 'hit' | 'part' | 'miss' | 'first' | 'short' | 'off'
  /** Tokens that an earlier request had left there, as far as this prompt is long. */
  readonly left: number
  readonly read: number
  /** In words; empty for a hit. */
  readonly why: readonly string[]
}

/** The server's words for why it missed (source: SDK 1.11 `CacheMissReason`). */
const SERVER_WORDS: Readonly<Record<string, string>> = {
  model_changed: 'the model or its speed changed',
  system_changed: 'the system prompt changed',
  tools_changed: 'the tools changed',
  messages_changed: 'earlier messages changed',
  previous_message_not_found: 'it does not know the message before',
  unavailable: 'it cannot compare',
}

/** Below this share of the prompts read from the cache, a session is told so, once. */
export const LOW_RATIO = 0.75
/** Turns before that: the first ones of any conversation have little to read. */
const EARLY_TURNS = 5
/** A count of tokens may differ by what frames a prompt. */
const FRAME_TOKENS = 16

/** What became of one turn of the branch that is shown. @param at its place in `state.turns` */
export function verdictOf(state: State, at: number): Verdict | null {
  const turn = state.turns[at]!
  const { usage, basis, model } = turn
  if (!usage || !basis) return null
  const way = state.turns.slice(0, at)
  const read = usage.cacheRead
  const common = { turn: turn.number, read }
  if (basis.choices.cacheTtl === 'off' || basis.choices.features === 'plain') {
    return { ...common, kind: 'off', left: 0, why: [] }
  }
  const sent = turn.times.sent ?? turn.times.asked ?? 0
  const then: State = {
    ...state,
    ...basis,
    choices: { ...basis.choices, model },
    turns: way,
    branches: state.branches.filter(({ number }) => number < turn.number),
    sideCalls: state.sideCalls.filter((call) => call.at < sent),
  }
  const entry = entriesFor(then, promptAfter(then, way, questionIn(turn))).next().value
  const before = way.findLast((one) => one.usage && cachedIn(one.usage) > 0)
  // A prompt that became shorter, as by a summary, cannot miss more than it has.
  const left = Math.min(entry?.tokens ?? (before?.usage ? cachedIn(before.usage) : 0), promptTokens(usage))
  if (left === 0) return { ...common, kind: cachedIn(usage) === 0 ? 'short' : 'first', left, why: [] }
  if (entry && read >= left - FRAME_TOKENS) return { ...common, kind: 'hit', left, why: [] }
  const why = reasons(state, way, turn, before ?? null)
  if (entry && !isAlive(entry, sent)) {
    why.unshift(`it was ${age(sent - entry.usedAt)} old, and is kept ${entry.ttl === '5m' ? '5 minutes' : 'an hour'}`)
  }
  if (why.length === 0) why.push('the requests do not differ: the server had let go of it')
  return { ...common, kind: read > 0 ? 'part' : 'miss', left, why }
}

function reasons(state: State, way: readonly Turn[], turn: Turn, before: Turn | null): string[] {
  const then = before && askedOf(state, way.slice(0, way.indexOf(before)), before)
  const now = askedOf(state, way, turn)
  const difference = then && now && prefixDifference(then, now)
  const server = turn.cacheMiss
  // Where our own records tell what has changed, nobody needs to guess.
  const isGuess = server === 'unavailable' && !difference
  return [
    ...(difference ? [sayDifference(difference)] : []),
    ...(server
      ? [
          `the server says: ${Object.hasOwn(SERVER_WORDS, server) ? SERVER_WORDS[server] : server}${isGuess ? ': thinking or effort may have changed' : ''}`,
        ]
      : []),
  ]
}

/** The verdicts of the last turns, the latest first. */
export function verdicts(state: State, most: number): readonly Verdict[] {
  const found: Verdict[] = []
  for (let at = state.turns.length - 1; at >= 0 && found.length < most; at--) {
    const verdict = verdictOf(state, at)
    if (verdict) found.push(verdict)
  }
  return found
}

/** Share of all prompts after the first that was read from the cache, 0 to 1; null: there was no second one. */
export function hitRatio({ turns, branches }: Pick<State, 'turns' | 'branches'>): number | null {
  const usages = [...turns, ...branches]
    .sort((a, b) => a.number - b.number)
    .flatMap(({ usage }) => usage ?? [])
    .slice(1)
  const all = usages.reduce((sum, usage) => sum + promptTokens(usage), 0)
  return all === 0 ? null : usages.reduce((sum, { cacheRead }) => sum + cacheRead, 0) / all
}

/** US dollars that the cache has saved on prompts so far, against reading them as plain input; null: prices are unknown. */
export function saved({ turns, branches, sideCalls }: Pick<State, 'turns' | 'branches' | 'sideCalls'>): number | null {
  let sum = 0
  for (const { usage, prices } of [...turns, ...branches, ...sideCalls]) {
    if (!usage || cachedIn(usage) === 0) continue
    const price = priceFor({ prices }, promptTokens(usage))
    if (!price) return null
    sum += usage.cacheRead * (price.input - price.read)
    sum -= usage.cacheWrite5m * (price.write5m - price.input) + usage.cacheWrite1h * (price.write1h - price.input)
  }
  return sum / 1e6
}

/** What a session is told when its prompts are read from the cache too seldom, after its last turn; null: nothing. */
export function ratioAlert(state: State): string | null {
  const ratio = hitRatio(state)
  const isEarly = state.turns.length + state.branches.length <= EARLY_TURNS
  if (ratio === null || ratio >= LOW_RATIO || isEarly) return null
  const worst = verdicts(state, 50).find(({ kind }) => kind === 'miss' || kind === 'part')
  if (!worst) return null
  const lost = `turn ${worst.turn} read ${tokens(worst.read)} of ${tokens(worst.left)} tokens: ${worst.why.join('; ')}`
  return `Only ${percent(ratio)} of the prompts came from the cache so far; ${lost}. /cache shows more.`
}

/** Names a model's minimum where a system prompt is below it; null where it is not, or nobody knows. */
export function belowMinimum({ choices, models }: State, size: number): string | null {
  const card = modelCard(choices.model, models)
  if (card.minCache === null || size >= card.minCache) return null
  return `the system prompt (~${tokens(size)} tokens) is below ${card.name.replace(/^Claude /, '')}'s minimum of ${tokens(card.minCache)}`
}

/** How long an entry has left at most. */
export const leftOf = (entry: { readonly usedAt: number; readonly ttl: '5m' | '1h' }, now: number): number =>
  Math.max(0, LIFETIME_MS[entry.ttl] - (now - entry.usedAt))
