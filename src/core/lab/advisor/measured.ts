/** What advice that was followed has changed: the turns before it against those behind it, and whether that is more than chance. */

import { duration, money, tokens } from '../../figures/words.ts'
import { inOrder, percentile } from '../stats/percentile.ts'
import { mannWhitney } from '../stats/rank.ts'
import type { RecentTurn } from './evidence.ts'
import type { Measure } from './table.ts'

/** Turns after which it is told. */
export const TURNS_AFTER = 10
/** Turns before it that are compared. */
const TURNS_BEFORE = 30
/** A chance below which a difference is taken to be one. */
const LIMIT = 0.05

/** Advice that was followed. */
export interface Followed {
  readonly id: string
  /** What was done, as `cacheTtl 1h`. */
  readonly did: string
  readonly measure: Measure
  /** ms since 1970. */
  readonly atMs: number
}

export interface Change extends Followed {
  readonly before: number
  readonly after: number
  readonly turnsBefore: number
  readonly turnsAfter: number
  readonly verdict: 'less' | 'more' | 'noise'
}

/** null: there are not enough turns behind it yet, or none before it. @param turns the earliest first */
export function changeSince(followed: Followed, turns: readonly RecentTurn[]): Change | null {
  const values = (some: readonly RecentTurn[]) => some.flatMap((turn) => turn[followed.measure] ?? [])
  const before = values(turns.filter(({ sentMs }) => sentMs < followed.atMs)).slice(-TURNS_BEFORE)
  const after = values(turns.filter(({ sentMs }) => sentMs >= followed.atMs))
  const [was, is] = [before, after].map((some) => percentile(inOrder(some), 50))
  if (after.length < TURNS_AFTER || was == null || is == null) return null
  const isChance = before.length < TURNS_AFTER || mannWhitney(before, after) >= LIMIT || was === is
  return {
    ...{ ...followed, before: was, after: is, turnsBefore: before.length, turnsAfter: after.length },
    verdict: isChance ? 'noise' : is < was ? 'less' : 'more',
  }
}

const NAMES: Readonly<Record<Measure, readonly [name: string, write: (value: number) => string]>> = {
  costUsd: ['cost of a turn', money],
  ttftMs: ['time to the first word', duration],
  ttltMs: ['time to the end', duration],
  output: ['tokens of an answer', tokens],
  stalledMs: ['silence in an answer', duration],
}

/** `After cacheTtl 1h: cost of a turn $0.0042, was $0.0120 (medians of 10 and 30 turns): less.` */
export function sayChange({ did, measure, before, after, turnsBefore, turnsAfter, verdict }: Change): string {
  const [name, write] = NAMES[measure]
  const word =
    verdict === 'noise'
      ? 'no more than noise: it may be chance'
      : verdict === 'less'
        ? 'less, and hardly by chance'
        : 'more, and hardly by chance; undo it if it stays so'
  return `After ${did}: ${name} ${write(after)}, was ${write(before)} (medians of ${turnsAfter} and ${turnsBefore} turns): ${word}.`
}
