/**
 * What a conversation would have cost had something been chosen otherwise: its requests once more, by the tokens, times
 * and pauses that the ledger holds, through the rules by which the prompt cache works and the planner chooses. Nobody is
 * asked, and nothing is known of the words: a request's prompt begins with the one before it unless the bill says that
 * it did not.
 */

import { breakEven } from '../../cache/lifetime.ts'
import { assumedShare, type Habit, LIFETIME_MS, longPauseChance } from '../../cache/pauses.ts'
import { costUsd, type ModelCard, type Models, modelCard, scaledPrices } from '../../models.ts'
import type { CacheTtl } from '../../request.ts'
import { type Ms, NO_USAGE, promptTokens, type Usage } from '../../turn.ts'
import { TOKENS_A_WORD } from '../../window/compaction/offers.ts'
import { wordsFor } from '../../window/compaction/prompts.ts'
import { RECENT_TOKENS } from '../../window/compaction/span.ts'
import { summariseFrom } from '../../window/compaction/when.ts'

/** An answer as the ledger holds it. */
export interface Sent extends Usage {
  readonly conversation: number
  readonly purpose: string
  readonly model: string
  /** Start of its request, ms since 1970. */
  readonly sentMs: number
  /** By which it was billed; null: unknown. */
  readonly prices: ModelCard['prices']
  /** As it was billed; null: the price is unknown. */
  readonly costUsd: number | null
  /** Held by a call for one answer, which no other follows. */
  readonly isSingle: boolean
}

/** What is chosen otherwise; absent: as it was. */
export interface Change {
  /** Alias or id. */
  readonly model?: string
  readonly cacheTtl?: 'auto' | CacheTtl | 'off'
  /** Share of the window, 0 to 1. */
  readonly summariseAt?: number
  /** All turns and rows of batches at the price of the Message Batches API. */
  readonly batch?: true
}

/** What answers came to. */
export interface Replayed {
  /** US dollars, as far as prices are known. */
  readonly usd: number
  readonly answers: number
  /** Answers whose price is unknown, and those whose prompt the model has no room for. */
  readonly unpriced: number
  readonly tooLong: number
  readonly promptTokens: number
  readonly readTokens: number
  readonly summaries: number
}

/** A batch costs half (source: pricing page, 2026-10-08). */
const BATCH_FACTOR = 0.5
/** Tokens behind the last mark that come with a mark at the end. */
const FRAME_TOKENS = 16
/** Of a conversation that is summarised, this share stays word for word at most, as `compaction/span` has it. */
const RECENT_SHARE = 1 / 4
/** Entries that are known at once, as `cache/entries` has it: one further back has little to save. */
const LOOKED_AT = 100

interface Entry {
  readonly tokens: number
  readonly ttl: CacheTtl
  readonly model: string
  usedAt: Ms
}

/** One conversation again. @param rows all of its answers, in order of their times */
export function replay(rows: readonly Sent[], change: Change, models: Models, habit: Habit | null): Replayed {
  const asItWas = cacheOf()
  const now = cacheOf()
  const sum = { usd: 0, answers: 0, unpriced: 0, tooLong: 0, promptTokens: 0, readTokens: 0, summaries: 0 }
  const starts: Ms[] = []
  /** Tokens of the prompts before: as they were, and as they would be. */
  let before = { was: 0, is: 0, output: 0 }
  const count = (usd: number | null, usage: Usage) => {
    sum.answers++
    sum.promptTokens += promptTokens(usage)
    sum.readTokens += usage.cacheRead
    if (usd === null) sum.unpriced++
    else sum.usd += usd
  }

  for (const row of rows) {
    if (row.purpose === 'warm') for (const cache of [asItWas, now]) cache.renew(row.sentMs)
    if (row.purpose === 'batch' && promptTokens(row) > 0) {
      const again = ofBatch(row, change, models)
      count(again.usd, again.usage)
      if (again.isTooLong) sum.tooLong++
      continue
    }
    // What goes on beside the turns is done by models and rules of its own: as it was.
    if (row.purpose !== 'turn' || promptTokens(row) === 0) {
      count(row.costUsd, row)
      continue
    }
    const card = modelCard(change.model ?? row.model, models)
    const scale = change.model === undefined ? 1 : modelCard(row.model, models).charsPerToken / card.charsPerToken
    const was = promptTokens(row)
    const isShorter = was < before.was
    const grown = isShorter || before.was === 0 ? was : was - before.was
    // Its own summaries take the place of those that were made.
    const is =
      change.summariseAt === undefined || before.was === 0
        ? was * scale
        : before.is + (isShorter ? before.output * scale : grown * scale)
    const output = row.output * scale
    starts.push(row.sentMs)

    const read = asItWas.read(row.sentMs, row.model, was)
    // The beginning had changed, or the server had let go of it: whatever is chosen, that part was lost.
    const isBroken = read !== null && row.cacheRead < read.tokens - FRAME_TOKENS
    if (isBroken) for (const cache of [asItWas, now]) cache.cut(row.cacheRead, cache === now ? scale : 1)
    // Nothing of this conversation was there: what was read came from another one, such as its system prompt.
    const outside = read === null ? row.cacheRead : 0
    const ttlThen = writtenFor(row, asItWas.last)
    if (ttlThen) asItWas.write({ tokens: was, ttl: ttlThen, model: row.model, usedAt: row.sentMs })

    const ttl = chosen(change.cacheTtl, ttlThen, row, () => {
      const pauses = starts.slice(1).map((at, i) => at - starts[i]!)
      const { held, hour } = now.held(row.sentMs, card.id, is)
      const sizes = { card, whole: is, held: held?.tokens ?? 0, hour: hour?.tokens ?? 0, keepsAll: true }
      return breakEven({
        ...sizes,
        chance: longPauseChance(pauses, habit),
        assumed: assumedShare(pauses, habit),
      }).best
    })
    const isMarked = ttl !== null && card.minCache !== null && is >= card.minCache
    const held = isMarked ? now.read(row.sentMs, card.id, is) : null
    const reads = isMarked ? Math.min(is, held?.tokens ?? outside * scale) : 0
    const frame = isMarked ? Math.min(is - reads, FRAME_TOKENS, row.input * scale) : is - reads
    const written = is - reads - frame
    if (isMarked) now.write({ tokens: is - frame, ttl, model: card.id, usedAt: row.sentMs })
    const usage: Usage = {
      ...{ input: frame, cacheRead: reads, output, thinking: null },
      ...{ cacheWrite5m: ttl === '5m' ? written : 0, cacheWrite1h: ttl === '1h' ? written : 0 },
    }
    const own = change.model === undefined ? row.prices : card.prices
    const prices = change.batch ? scaledPrices(own, BATCH_FACTOR) : own
    count(costUsd({ prices }, usage), usage)
    if (card.window !== null && is + output > card.window) sum.tooLong++
    before = { was, is, output: row.output }

    const from = change.summariseAt === undefined ? null : summariseFrom(card, { summariseAt: change.summariseAt })
    if (from === null || is + output < from) continue
    const whole = is + output
    const recent = Math.min(RECENT_TOKENS, whole * RECENT_SHARE)
    const summary = wordsFor(whole - recent) * TOKENS_A_WORD
    count(costUsd({ prices: own }, { ...NO_USAGE, cacheRead: is, input: output, output: summary }), NO_USAGE)
    sum.answers--
    sum.summaries++
    now.cut(0, 1)
    before = { ...before, is: recent + summary - output }
  }
  return sum
}

/** A row of a batch: with what it read from the cache and wrote there as it did, which no setting of chats decides. */
function ofBatch(
  row: Sent,
  { model, batch }: Change,
  models: Models,
): { readonly usd: number | null; readonly usage: Usage; readonly isTooLong: boolean } {
  const then = modelCard(row.model, models)
  const isHalf = isHalfPrice(row, then)
  if (model === undefined && (!batch || isHalf)) return { usd: row.costUsd, usage: row, isTooLong: false }
  const card = modelCard(model ?? row.model, models)
  const scale = model === undefined ? 1 : then.charsPerToken / card.charsPerToken
  const usage: Usage = {
    ...{ input: row.input * scale, cacheRead: row.cacheRead * scale, output: row.output * scale, thinking: null },
    ...{ cacheWrite5m: row.cacheWrite5m * scale, cacheWrite1h: row.cacheWrite1h * scale },
  }
  const isScaled = batch === true || isHalf
  const prices =
    model === undefined
      ? scaledPrices(row.prices, BATCH_FACTOR)
      : scaledPrices(card.prices, isScaled ? BATCH_FACTOR : 1)
  const isTooLong = card.window !== null && promptTokens(usage) + usage.output > card.window
  return { usd: costUsd({ prices }, usage), usage, isTooLong }
}

/** Whether it was billed as the server's own batches are. */
function isHalfPrice({ prices }: Sent, card: ModelCard): boolean {
  const [paid, listed] = [prices?.[0]?.card.input, card.prices?.[0]?.card.input]
  return paid !== undefined && listed !== undefined && Math.abs(paid - listed * BATCH_FACTOR) < 1e-9
}

/** How long the end of a prompt is written for; null: it is not. */
function chosen(
  wanted: Change['cacheTtl'],
  then: CacheTtl | null,
  { isSingle }: Sent,
  best: () => CacheTtl,
): CacheTtl | null {
  if (wanted === undefined) return then
  // Nothing follows a single answer: its end is marked under no setting.
  if (wanted === 'off' || isSingle) return wanted === 'off' ? null : then
  return wanted === 'auto' ? best() : wanted
}

/** What a prompt's end was written for; one that was only read lives as long as whoever wrote it wanted. */
function writtenFor({ cacheRead, cacheWrite5m, cacheWrite1h }: Sent, last: CacheTtl | null): CacheTtl | null {
  if (cacheWrite1h > 0 && cacheWrite5m === 0) return '1h'
  if (cacheWrite5m > 0) return '5m'
  return cacheRead > 0 ? (last ?? '5m') : null
}

/** The entries of one conversation, as far as they can be told from sizes and times. */
function cacheOf() {
  let entries: Entry[] = []
  /** In one walk that makes nothing: a ledger of a hundred thousand answers asks as often, of a hundred entries each. */
  const held = (now: Ms, model: string, prompt: number) => {
    let longest: Entry | null = null
    let hour: Entry | null = null
    for (const one of entries) {
      if (one.tokens > prompt || one.model !== model || now - one.usedAt >= LIFETIME_MS[one.ttl]) continue
      if (longest === null || one.tokens > longest.tokens) longest = one
      if (one.ttl === '1h' && (hour === null || one.tokens > hour.tokens)) hour = one
    }
    return { held: longest, hour }
  }
  return {
    held,
    get last(): CacheTtl | null {
      return entries.at(-1)?.ttl ?? null
    },
    /** The longest entry that is there, which lives on with that, as does the longest of an hour. */
    read(now: Ms, model: string, prompt: number): Entry | null {
      const found = held(now, model, prompt)
      for (const one of [found.held, found.hour]) if (one) one.usedAt = now
      return found.held
    },
    write(entry: Entry) {
      entries.push(entry)
      if (entries.length > LOOKED_AT + 1) entries.shift()
    },
    /** What is longer is of no use any more. */
    cut(tokens: number, scale: number) {
      entries = entries.filter((one) => one.tokens <= (tokens + FRAME_TOKENS) * scale)
    },
    /** All that is alive is kept warm. */
    renew(now: Ms) {
      for (const one of entries) if (now - one.usedAt < LIFETIME_MS[one.ttl]) one.usedAt = now
    },
  }
}

/** All of them together. */
export function replayAll(rows: readonly Sent[], change: Change, models: Models, habit: Habit | null): Replayed {
  const parts = [...Map.groupBy(rows, ({ conversation }) => conversation).values()].map((some) =>
    replay(some, change, models, habit),
  )
  const total = (of: (one: Replayed) => number) => parts.reduce((sum, one) => sum + of(one), 0)
  return {
    usd: total(({ usd }) => usd),
    answers: total(({ answers }) => answers),
    unpriced: total(({ unpriced }) => unpriced),
    tooLong: total(({ tooLong }) => tooLong),
    promptTokens: total((one) => one.promptTokens),
    readTokens: total((one) => one.readTokens),
    summaries: total(({ summaries }) => summaries),
  }
}
