/**
 * The requests of a race: each column is a fork of the conversation in which another model was chosen, and travels the road
 * of every turn. What comes of them is folded by the same `update`.
 */

import { askingOf, type Question } from '../../core/attachments.ts'
import { type Event, type State, update } from '../../core/conversation.ts'
import { money } from '../../core/figures/words.ts'
import type { Turn } from '../../core/turn/turns.ts'
import { isEnd, type Limits, type TurnEvent } from '../../core/turn.ts'
import { failure } from '../../core/weather/failures.ts'
import { CHAT_PATIENCE, patienceFor } from '../../core/weather/resilience.ts'
import type { Api } from '../../io/api.ts'
import { travel } from '../../road.ts'
import type { Setup } from '../../setup.ts'
import { guarded } from '../late/weather.ts'
import { heldTo, within } from '../thrift/allowance.ts'

export interface Column {
  /** As far as it has come. */
  readonly turn: Turn
  /** What has happened in it: told again, it is the turn. */
  readonly events: readonly TurnEvent[]
  readonly limits: Limits
}

export interface RaceRun {
  readonly columns: readonly Column[]
  readonly isOver: boolean
  /** Ends what runs; what came of it stays. It is over a moment later. */
  stop(): void
  /** The same in this very moment: what requests still say is not heard. */
  end(): void
  /** Resolves when every column has ended; never rejects. */
  readonly over: Promise<void>
}

export interface RunParts {
  readonly setup: Setup & { readonly api: Api }
  readonly now: () => number
  /** What each of them may cost, US dollars; infinite: there is no budget. */
  readonly shareUsd: number
  /** What becomes known of a model. */
  readonly tell: (event: Event) => void
  /** A column has moved. @param isNews it is more than one more piece of text */
  readonly moved: (column: number, isNews: boolean) => void
}

/** The conversation as it would be, had this model been chosen. */
export const forked = (state: State, model: string): State => ({
  ...{ ...state, live: null, queue: [], clearing: false },
  choices: { ...state.choices, model },
})

export function runRace(before: State, models: readonly string[], question: Question, parts: RunParts): RaceRun {
  const { setup, now, shareUsd, tell, moved } = parts
  const all = new AbortController()
  const way = guarded(setup.api, setup, { now, tell })
  const at = now()
  const columns = models.map((model) => {
    const asked = update(forked(before, model), { type: 'asked', at, ...askingOf(question) })
    return {
      state: asked.state,
      effects: asked.effects,
      events: [] as TurnEvent[],
      limits: {} as Limits,
      isOver: false,
    }
  })
  const turnOf = ({ live, settled }: State) => (live ?? settled)!

  const launch = async (column: (typeof columns)[number], nth: number) => {
    const take = (event: TurnEvent) => {
      if (column.isOver) return
      const isFirst = event.type === 'delta' && turnOf(column.state).answer === ''
      column.state = update(column.state, event).state
      if (event.type === 'heard') column.limits = event.limits
      if (event.type !== 'alive' && event.type !== 'connecting' && event.type !== 'connected') column.events.push(event)
      if (isEnd(event)) column.isOver = true
      moved(nth, isFirst || isEnd(event) || event.type === 'waiting')
    }
    // What attempts in vain have cost is gone from its share.
    const left = () => shareUsd - turnOf(column.state).wasted.reduce((sum, { cost }) => sum + (cost?.value ?? 0), 0)
    const api = heldTo(
      way,
      async (request) => {
        if (shareUsd === Number.POSITIVE_INFINITY) return request
        const found = await within(request, left(), { models: before.models, api: setup.api })
        if ('request' in found) return found.request
        return failure(
          'budget',
          `its prompt alone costs ${money(found.promptUsd)}, more than its share of the budget, ${money(Math.max(0, left()))}.`,
        )
      },
      now,
    )
    for (const effect of column.effects) {
      if (effect.type !== 'send') continue
      await travel(effect.request, all.signal, take, {
        api,
        now,
        patience: patienceFor(CHAT_PATIENCE, before.choices.waitsMs ?? null),
        stallAfterMs: setup.settings.stallAfterMs,
        chance: Math.random,
      })
    }
  }
  const over = Promise.all(columns.map(launch)).then(() => {})
  return {
    get columns() {
      return columns.map(({ state, events, limits }) => ({ turn: turnOf(state), events, limits }))
    },
    get isOver() {
      return columns.every((column) => column.isOver)
    },
    stop: () => all.abort(),
    end() {
      for (const column of columns) {
        if (column.isOver) continue
        const event = { type: 'stopped', at: now() } as const
        column.state = update(column.state, event).state
        column.events.push(event)
        column.isOver = true
      }
      all.abort()
    },
    over,
  }
}
