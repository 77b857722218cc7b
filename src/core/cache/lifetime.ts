/**
 * Five minutes or an hour: what is written to the prompt cache for an hour costs more, and is still there after a pause
 * of 5 to 60 minutes. An hour is worth it as soon as
 *
 *     chance of such a pause  *  (price of writing - price of reading)  *  tokens it would lose  *  pauses ahead
 *         >  (price of writing for an hour - for 5 minutes)  *  tokens to be written now
 *
 * Only what lies behind the entry that is read is written, and only what lies behind the last hour's entry would be
 * lost. Once enough has gathered there, one turn written for an hour secures all of it: a breakpoint caches the whole
 * prefix up to it.
 */

import { type ModelCard, priceFor } from '../models.ts'
import type { CacheTtl } from '../request.ts'

export interface BreakEven {
  readonly best: CacheTtl
  /** Chance, 0 to 1, that only an hour's entry outlives the next pause. */
  readonly chance: number
  /** How much of the chance, 0 to 1, is assumed and not measured. */
  readonly assumed: number
  /** From which chance on an hour is worth it. */
  readonly from: number
  /** Tokens to be written now. */
  readonly fresh: number
  /** Tokens that such a pause would lose, and an hour's entry would save. */
  readonly atStake: number
}

/** Prices by the input price, for a model whose own are unknown (source: pricing, 2026-10-08). */
const USUAL = { write5m: 1.25, write1h: 2, read: 0.1 } as const

/**
 * Pauses that one hour's entry is counted on to serve. Each turn that reads it renews it, so that it outlives the pause
 * after the next one, too; further ahead, the next hour's entry has taken its place.
 */
const PAUSES_AHEAD = 2

/**
 * @param input.held tokens that are read
 * @param input.hour tokens up to the last hour's entry that is alive
 * @param input.keepsAll whether an hour's entry keeps what was written for five minutes before it
 */
export function breakEven(input: {
  readonly card: ModelCard
  readonly whole: number
  readonly held: number
  readonly hour: number
  readonly keepsAll: boolean
  readonly chance: number
  readonly assumed: number
}): BreakEven {
  const { card, whole, held, hour, keepsAll, chance, assumed } = input
  const price = priceFor(card, whole) ?? USUAL
  const fresh = Math.max(0, whole - held)
  const atStake = keepsAll ? Math.max(0, whole - hour) : held > hour ? 0 : fresh
  const saved = PAUSES_AHEAD * (price.write5m - price.read) * atStake
  const from = saved > 0 ? ((price.write1h - price.write5m) * fresh) / saved : 1
  return { best: chance > from ? '1h' : '5m', chance, assumed, from, fresh, atStake }
}
