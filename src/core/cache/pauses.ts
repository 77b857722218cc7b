/**
 * How likely it is that the next question comes when a 5-minute cache entry is gone and a 1-hour one is not. Judged by
 * the pauses of the conversation, and before there are any, by those of the same person's other ones.
 *
 * A pause counts from the start of a request to the start of the next: an entry's lifetime does, too.
 */

import type { CacheTtl } from '../request.ts'
import type { Turn } from '../turn/turns.ts'
import type { Ms } from '../turn.ts'

/** How long a cache entry lives, from the start of the request that wrote or read it last. */
export const LIFETIME_MS: Readonly<Record<CacheTtl, Ms>> = { '5m': 5 * 60_000, '1h': 60 * 60_000 }

/** Pauses of one person, over conversations. */
export interface Habit {
  readonly pauses: number
  /** How many of them only an hour's entry outlives. */
  readonly long: number
}

/**
 * What holds for somebody nobody has seen: of ten pauses one or two are long. An assumption; it matters for the first
 * turns of the first conversations.
 */
const STRANGER: Habit = { pauses: 10, long: 1.5 }
/**
 * Pauses of this conversation that the habit is worth. Little: within one sitting pauses are alike, and a first long
 * one says more of the next than a hundred short ones of another day.
 */
const HABIT_WORTH = 0.5

/** Whether only an hour's entry outlives a pause. */
export const isLong = (pause: Ms): boolean => pause >= LIFETIME_MS['5m'] && pause < LIFETIME_MS['1h']

/** The habit behind pauses. */
const habitOf = (pauses: readonly Ms[]): Habit => ({
  pauses: pauses.length,
  long: pauses.filter(isLong).length,
})

/** The chance of a long pause for somebody nobody has seen, 0 to 1. */
export const ASSUMED_CHANCE = STRANGER.long / STRANGER.pauses

/** How much of that chance, 0 to 1, is the assumption about strangers, and not this person's own pauses. */
export function assumedShare(pauses: readonly Ms[], habit: Habit | null): number {
  const ofHabit = STRANGER.pauses / (STRANGER.pauses + (habit?.pauses ?? 0))
  return (ofHabit * HABIT_WORTH) / (HABIT_WORTH + pauses.length)
}

/** The chance, 0 to 1, that the next pause is a long one. */
export function longPauseChance(pauses: readonly Ms[], habit: Habit | null): number {
  const usual = (STRANGER.long + (habit?.long ?? 0)) / (STRANGER.pauses + (habit?.pauses ?? 0))
  return (usual * HABIT_WORTH + pauses.filter(isLong).length) / (HABIT_WORTH + pauses.length)
}

/** The pauses before each turn but the first, in the order they were asked in. @param now start of one more request */
export function pausesBetween(turns: readonly Turn[], now: Ms): readonly Ms[] {
  const starts = turns.flatMap(({ times }) => times.sent ?? times.asked ?? []).sort((a, b) => a - b)
  return [...starts.slice(1), now].flatMap((at, i) => (starts[i] === undefined ? [] : [Math.max(0, at - starts[i]!)]))
}

/** An answer as the ledger knows it. */
export interface Answered {
  readonly conversation: number
  readonly endedMs: number
  readonly tookMs: number | null
}

/** The habit that answers of several conversations show. */
export function habitIn(answers: readonly Answered[]): Habit {
  const starts = new Map<number, number[]>()
  for (const { conversation, endedMs, tookMs } of answers) {
    starts.set(conversation, [...(starts.get(conversation) ?? []), endedMs - (tookMs ?? 0)])
  }
  return habitOf(
    [...starts.values()].flatMap((times) => {
      times.sort((a, b) => a - b)
      return times.slice(1).map((at, i) => at - times[i]!)
    }),
  )
}
