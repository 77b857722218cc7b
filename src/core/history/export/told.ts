/** A conversation as it is told to somebody outside: what is known of it as a whole, and its turns in order. */

import type { Choices } from '../../conversation/choices.ts'
import type { SideCall } from '../../conversation/side-calls.ts'
import type { Event, State } from '../../conversation.ts'
import { NO_TIMES, SPANS } from '../../figures/metrics.ts'
import { money } from '../../figures/words.ts'
import { type Figure, reported, sum, withMark } from '../../figures.ts'
import type { Turn } from '../../turn/turns.ts'
import type { Ms } from '../../turn.ts'
import type { Summary } from '../../window/window.ts'
import { walk } from '../walk.ts'

/** Times are milliseconds since 1970. */
export interface Head {
  /** Names it outside of any file; null: it was never saved. */
  readonly uid: string | null
  readonly title: string
  readonly titleBy: 'question' | 'model' | 'user'
  readonly kind: string
  readonly createdMs: Ms
  readonly updatedMs: Ms
}

/** What is known of a conversation once all of it has been read. */
export interface Survey {
  readonly model: string
  /** Turns on the branch that is shown, and on others. */
  readonly turns: number
  readonly others: number
  readonly choices: Pick<Choices, 'model' | 'effort' | 'system'>
  readonly sideCalls: readonly SideCall[]
  readonly summaries: readonly Summary[]
  readonly marks: State['marks']
  readonly cost: Cost
}

export interface Cost {
  readonly known: Figure
  /** Answers whose price is unknown. */
  readonly unknown: number
  /** Answers that were billed as far as we know. */
  readonly billed: number
}

export interface Told {
  readonly head: Head
  readonly survey: Survey
  /** Turns of the branch that is shown, one that still runs included; read anew by each call. */
  shown(): Iterable<Turn>
  /** The turns of all branches, in the order in which they were over. */
  all(): Iterable<Turn & { readonly isShown: boolean }>
}

/**
 * What is told of these events. They are read once for each look, so that a long conversation need not fit the memory.
 * @param events gives them from the beginning; times are milliseconds since 1970
 */
export function toldOf(head: Head, events: () => Iterable<Event>): Told {
  const whole = walk()
  let cost: Cost = { known: reported(0), unknown: 0, billed: 0 }
  let over = 0
  for (const event of events()) {
    const turn = whole.take(event)
    if (!turn) continue
    over++
    if (turn.usage) cost = costAnd(cost, turn)
  }
  const { state } = whole
  if (state.live?.usage) cost = costAnd(cost, state.live)
  for (const call of state.sideCalls) cost = costAnd(cost, call)
  const shown = whole.shown()
  const { model, effort, system } = state.choices
  const live = state.live ? 1 : 0
  return {
    head,
    survey: {
      model: whole.summary().model,
      turns: shown.size + live,
      others: over - shown.size,
      choices: { model, effort, system },
      sideCalls: state.sideCalls,
      summaries: state.summaries,
      marks: state.marks,
      cost,
    },
    *shown() {
      for (const turn of this.all()) if (turn.isShown) yield turn
    },
    *all() {
      const again = walk()
      for (const event of events()) {
        const turn = again.take(event)
        if (turn) yield { ...turn, isShown: shown.has(turn.number) }
      }
      const running = again.state.live
      if (running) yield { ...running, isShown: true }
    },
  }
}

/** The same of a conversation that is in memory. @param origin milliseconds to add to its times for those since 1970 */
export function toldOfState(head: Head, state: State, origin: Ms): Told {
  const { turns, branches, live, sideCalls, summaries, marks, choices } = state
  const dated = (turn: Turn, isShown: boolean) => ({ ...shiftedTurn(turn, origin), isShown })
  const shown = live ? [...turns, live] : turns
  let cost: Cost = { known: reported(0), unknown: 0, billed: 0 }
  for (const turn of [...shown, ...branches]) if (turn.usage) cost = costAnd(cost, turn)
  for (const call of sideCalls) cost = costAnd(cost, call)
  return {
    head,
    survey: {
      model: (turns.at(-1) ?? live)?.model ?? choices.model,
      turns: shown.length,
      others: branches.length,
      choices: { model: choices.model, effort: choices.effort, system: choices.system },
      sideCalls: sideCalls.map((call) => ({ ...call, at: call.at + origin })),
      summaries: summaries.map((summary) => ({ ...summary, at: summary.at + origin })),
      marks,
      cost,
    },
    shown: () => shown.map((turn) => dated(turn, true)),
    all: () =>
      [...shown.map((turn) => dated(turn, true)), ...branches.map((turn) => dated(turn, false))].sort(
        (a, b) => a.number - b.number,
      ),
  }
}

function costAnd({ known, unknown, billed }: Cost, { cost }: { readonly cost: Figure | null }): Cost {
  return cost
    ? { known: sum(known, cost), unknown, billed: billed + 1 }
    : { known, unknown: unknown + 1, billed: billed + 1 }
}

/** A turn as it looks on a clock that shows `by` ms more. */
function shiftedTurn(turn: Turn, by: Ms): Turn {
  const times = { ...turn.times } as { -readonly [K in keyof typeof NO_TIMES]: (typeof turn.times)[K] }
  for (const name of Object.keys(NO_TIMES) as (keyof typeof NO_TIMES)[]) {
    const at = times[name]
    if (at !== null && !SPANS.has(name)) times[name] = at + by
  }
  return { ...turn, times, end: turn.end && { ...turn.end, at: turn.end.at + by } }
}

/** Furthest a date can be from 1970, in ms (ECMAScript, "Time Values and Time Range"). */
const FURTHEST = 8.64e15

/** A time in ISO 8601; null: none, or none that a calendar has. */
export function iso(ms: Ms | null): string | null {
  return ms === null || !(Math.abs(ms) <= FURTHEST) ? null : new Date(ms).toISOString()
}

/** A cost as people read it: what is unknown is never shown as nothing. */
export function costInWords({ known, unknown, billed }: Cost): string {
  if (billed === 0) return 'not billed'
  if (unknown === 0) return withMark(known, money)
  return unknown === billed ? 'unknown' : `${withMark(known, money)} + ?`
}
