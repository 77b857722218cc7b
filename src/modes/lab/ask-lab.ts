/** What a single call needs of the lab: a rule that sends it elsewhere, a cascade it goes up. Loaded when one is set. */

import { type Args, UsageError } from '../../args.ts'
import type { Event, State } from '../../core/conversation.ts'
import { checkTyped } from '../../core/lab/cascade/check-words.ts'
import type { Cascade } from '../../core/lab/cascade/choice.ts'
import type { CascadeRow } from '../../core/lab/cascade/report.ts'
import type { Route } from '../../core/models/routing.ts'
import { modelCard } from '../../core/models.ts'
import type { TurnRequest } from '../../core/request.ts'
import type { Emit } from '../../io/api.ts'
import { type History, historyPath } from '../../io/history.ts'
import type { RoadOptions } from '../../road.ts'
import type { Setup } from '../../setup.ts'
import { openIfThere } from '../sessions/found.ts'
import { checkerOf } from './cascade-check.ts'
import { climb } from './cascade-road.ts'
import { routeOf } from './route.ts'

/** The rule that holds for this question; null: none does. A model that was named is asked, whatever rules say. */
export async function routeAsked({ flags }: Args, setup: Setup, past: State, question: string): Promise<Route | null> {
  if (flags.model !== undefined || past.choices.cascade) return null
  const preset = setup.preset?.name ?? null
  let history: History | null = null
  const route = await routeOf(
    setup.settings,
    { question, preset, model: past.choices.model },
    past.models,
    async () => {
      history = await historyOf(setup)
      return history
    },
  )
  ;(history as History | null)?.close()
  return route
}

const historyOf = ({ settings, isDemo }: Setup) =>
  settings.history === 'on' ? openIfThere(historyPath(process.env, isDemo)) : Promise.resolve(null)

export interface AskClimb {
  readonly setup: Setup
  readonly state: () => State
  readonly happened: (event: Event) => void
  /** Resolves when the last event is told. */
  readonly told: () => Promise<void>
}

/** Looks whether answers can be checked that way before anything is asked. @throws UsageError */
export async function lookUp(cascade: Cascade): Promise<void> {
  const check = checkTyped(cascade.check)
  if (typeof check === 'string') throw new UsageError(check)
  if (check.kind !== 'schema') return
  const nobody = { attempt: async () => {} }
  const parts = { api: nobody, judge: modelCard('fast'), signal: new AbortController().signal, billed() {} }
  await checkerOf(check, parts).catch((error: Error) => {
    throw new UsageError(error.message)
  })
}

/** Travels the road of a turn, up its cascade. @returns what came of it, to be kept once the turn is saved */
export async function climbAsked(
  request: TurnRequest,
  signal: AbortSignal,
  emit: Emit,
  options: RoadOptions,
  { state, happened, told }: AskClimb,
): Promise<CascadeRow | null> {
  const { cascade } = state().choices
  let row: CascadeRow | null = null
  await climb(request, signal, emit, options, {
    ...{ cascade: cascade!, state, tell: happened, told, isStrict: true },
    climbed(one) {
      row = one
    },
  })
  return row
}

/** Keeps what came of a cascade. Whatever is in the way of it, the answer is out. */
export async function keepClimb(setup: Setup, row: CascadeRow): Promise<void> {
  try {
    const history = await historyOf(setup)
    history?.climbed(row)
    history?.close()
  } catch {}
}

/** US dollars that a turn in a cascade has taken so far, judging included. */
export function spentInTurn({ live, sideCalls }: State): number {
  const parts = [
    ...(live?.wasted ?? []),
    ...(live ? [live] : []),
    ...sideCalls.filter(({ purpose }) => purpose === 'judge'),
  ]
  return parts.reduce((sum, { cost }) => sum + (cost?.value ?? 0), 0)
}
