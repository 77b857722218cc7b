/**
 * How long answers took, from the rows of the ledger: what to expect of the next one, and what reading from the cache
 * saves in time. Everything here is an estimate; how many answers it rests on goes with it.
 */

import type { LedgerRow } from '../money/ledger.ts'
import type { Ms, Usage } from '../turn.ts'

/** One finished answer of the past. */
export type Past = Pick<Usage, 'input' | 'cacheRead' | 'cacheWrite5m' | 'cacheWrite1h' | 'output'> &
  Pick<LedgerRow, 'model' | 'ttftMs' | 'ttltMs'>

export interface Spread {
  readonly median: number
  /** Nine of ten are no more than this. */
  readonly p90: number
}

/** What an answer of a model is expected to take, from so many of its own; null: there are none. */
export interface Expected {
  readonly ttftMs: Spread
  readonly finishMs: Spread
  readonly outputTokens: Spread
  readonly answers: number
}

export function expectedFrom(past: readonly Past[]): Expected | null {
  const timed = past.filter(({ ttftMs, ttltMs }) => ttftMs !== null && ttltMs !== null)
  if (timed.length === 0) return null
  return {
    ttftMs: spread(timed.map(({ ttftMs }) => ttftMs!)),
    finishMs: spread(timed.map(({ ttltMs }) => ttltMs!)),
    outputTokens: spread(timed.map(({ output }) => output)),
    answers: timed.length,
  }
}

/** Tokens of an answer of which nothing is known: a page of text and a thought before it. */
export const USUAL_OUTPUT = 800

/** Milliseconds that a token of the prompt takes to be read anew. */
export interface ReadingPace {
  readonly msPerToken: number
  /** So many own answers it follows from; 0: it is what is usual. */
  readonly answers: number
}

/**
 * Read anew, 100,000 tokens took 11.5 s to the first word, and 2.4 s from the cache (source: Anthropic's announcement
 * of the prompt cache, August 2024; newer models are hardly slower).
 */
export const USUAL_PACE: ReadingPace = { msPerToken: 0.09, answers: 0 }

/** A line needs so many answers, and prompts that differ by so many tokens read anew, to mean anything. */
const LEAST_ANSWERS = 20
const LEAST_SPREAD = 4_000

/**
 * The slope of the time to the first token over tokens read anew: the median of the slopes between any two answers
 * (Theil 1950, Sen 1968), which a third of odd ones does not move. Below zero it is noise, and means zero.
 */
export function readingPace(past: readonly Past[]): ReadingPace {
  const points = past.flatMap(({ ttftMs, input, cacheWrite5m, cacheWrite1h }) =>
    ttftMs === null ? [] : [{ anew: input + cacheWrite5m + cacheWrite1h, ttftMs }],
  )
  const sizes = points.map(({ anew }) => anew)
  if (points.length < LEAST_ANSWERS || quantile(sizes, 0.9) - quantile(sizes, 0.1) < LEAST_SPREAD) return USUAL_PACE
  const slopes: number[] = []
  for (const [i, a] of points.entries())
    for (const b of points.slice(i + 1)) if (a.anew !== b.anew) slopes.push((b.ttftMs - a.ttftMs) / (b.anew - a.anew))
  return { msPerToken: Math.max(0, quantile(slopes, 0.5)), answers: points.length }
}

/** How long a model takes to read a token anew. */
export type PaceOf = (model: string) => ReadingPace

/** A pace follows from hundreds of answers, and is asked for with each of a hundred thousand. */
export function onceEach(paceOf: PaceOf): PaceOf {
  const known = new Map<string, ReadingPace>()
  return (model) => {
    const found = known.get(model) ?? paceOf(model)
    known.set(model, found)
    return found
  }
}

/** What reading from the cache saved before the first words of some answers, in ms. */
export function savedMs(charges: Iterable<Pick<LedgerRow, 'purpose' | 'model' | 'cacheRead'>>, paceOf: PaceOf): Ms {
  let saved = 0
  // Nobody waits for a call beside the turns.
  for (const { purpose, model, cacheRead } of charges)
    if (purpose === 'turn') saved += cacheRead * paceOf(model).msPerToken
  return saved
}

const spread = (values: readonly number[]): Spread => ({ median: quantile(values, 0.5), p90: quantile(values, 0.9) })

/** The value below which a share of the values lies, between neighbours in proportion. @param values at least one */
export function quantile(values: readonly number[], share: number): number {
  // Of numbers and nothing else: sorted without a call for each two of them, which matters to a slope between any two answers.
  const sorted = Float64Array.from(values).sort()
  const place = (sorted.length - 1) * share
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!]
  return low + (high - low) * (place - Math.floor(place))
}
