/** What advice rests on: this person's own answers, settings and system prompt, and a few figures of them. */

import type { Habit } from '../../cache/pauses.ts'
import type { PaceOf } from '../../figures/pace.ts'
import type { Models } from '../../models.ts'
import type { Settings } from '../../settings.ts'
import { type Ms, promptTokens } from '../../turn.ts'
import { percentile } from '../stats/percentile.ts'
import { type Change, type Replayed, replayAll, type Sent } from '../what-if/replay.ts'

/** A turn as the ledger holds it. */
export interface RecentTurn extends Sent {
  readonly effort: string | null
  readonly ttftMs: Ms | null
  readonly ttltMs: Ms | null
  readonly otps: number | null
  readonly stalls: number
  readonly stalledMs: Ms
  readonly attempts: number
  readonly insteadOf: string | null
  readonly ended: string
  readonly stopReason: string | null
}

export interface Evidence {
  /** Turns of the last days, the earliest first. */
  readonly turns: readonly RecentTurn[]
  /** Everything that was billed in the same time, by conversation. */
  readonly rows: readonly Sent[]
  /** Answers by what they were for. */
  readonly byPurpose: Readonly<Record<string, number>>
  /** How many days all this is of: at least 1. */
  readonly days: number
  readonly settings: Settings
  readonly models: Models
  readonly habit: Habit
  readonly paceOf: PaceOf
  /** null: there is none, or it cannot be read here. */
  readonly system: string | null
  /** Tokens of each image in the conversation at hand. */
  readonly images: readonly number[]
}

export const finished = ({ turns }: Pick<Evidence, 'turns'>): readonly RecentTurn[] =>
  turns.filter(({ ended }) => ended === 'finished')

/** A percentile of one figure of some turns; null: none has it. */
export function percentileOf(
  turns: readonly RecentTurn[],
  of: (turn: RecentTurn) => number | null,
  p: number,
): number | null {
  const values = turns.flatMap((turn) => of(turn) ?? [])
  return percentile(Float64Array.from(values).sort(), p)
}

export const total = (turns: readonly RecentTurn[], of: (turn: RecentTurn) => number): number =>
  turns.reduce((sum, turn) => sum + of(turn), 0)

/** The model that gave most of the answers; null: none did. */
export function usualModel({ turns }: Pick<Evidence, 'turns'>): string | null {
  const by = [...Map.groupBy(turns, ({ model }) => model)].sort(([, a], [, b]) => b.length - a.length)
  return by[0]?.[0] ?? null
}

/** US dollars of some days as those of a month. */
export const inAMonth = (usd: number, { days }: Pick<Evidence, 'days'>): number => (usd * 30) / days

/** What all of it would have cost had something been chosen otherwise; on paper both times. */
export function onPaper(
  { rows, models, habit }: Evidence,
  change: Change,
): { readonly was: Replayed; readonly is: Replayed } {
  return { was: replayAll(rows, {}, models, habit), is: replayAll(rows, change, models, habit) }
}

/** Turns that follow another one of their conversation, each with that and the pause between them, in ms. */
export function followers(turns: readonly RecentTurn[]) {
  return [...Map.groupBy(turns, ({ conversation }) => conversation).values()].flatMap((some) =>
    some.slice(1).map((turn, i) => ({ turn, before: some[i]!, pauseMs: turn.sentMs - some[i]!.sentMs })),
  )
}

/** The first turn of each conversation that has others. */
export const firsts = (turns: readonly RecentTurn[]): readonly RecentTurn[] =>
  [...Map.groupBy(turns, ({ conversation }) => conversation).values()].flatMap((some) =>
    some.length > 1 ? [some[0]!] : [],
  )

export const anew = (turn: RecentTurn): number => promptTokens(turn) - turn.cacheRead
