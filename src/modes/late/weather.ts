/**
 * The door to what bad weather needs: circuit breakers before each attempt, and others in the place of a model that cannot
 * answer. Until something has failed this is a look whether a file is there; what breakers do is `breaking`'s business,
 * what it takes to ask somebody else is that of `instead`, and each is loaded then.
 */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Event, State } from '../../core/conversation.ts'
import type { Models } from '../../core/models.ts'
import type { TurnEvent } from '../../core/turn.ts'
import { chainOf, isLimiting, untried } from '../../core/weather/resilience.ts'
import type { Api } from '../../io/api.ts'
import { folders } from '../../io/files/folders.ts'
import type { History } from '../../io/history.ts'
import type { InsteadOf } from '../../road.ts'
import type { Setup } from '../../setup.ts'
import type { Breaking } from '../weather/breaking.ts'

export interface BreakerParts {
  /** The file that all our programs share; null: what is known is known here alone. */
  readonly path: string | null
  /** Whose models they are. */
  readonly baseUrl: string
  readonly models: Models
  /** Somebody waits as long as it takes: what is left alone is waited for. */
  readonly waits: boolean
  /** The clock of the turns. */
  readonly now: () => number
  /** Takes what is to be known of a model, with a sentence about it, and what a probe has cost. */
  readonly tell: (event: Event, said: string | null) => void
}

/** What breakers of a model are called, in the file that all our programs share. */
export const breakerName = (baseUrl: string, model: string): string => `${baseUrl} ${model}`

/** Where all our programs share what they know of models. */
export const breakersFile = (): string => join(folders(process.env).cache, 'breakers.json')

/** Where they share the rate limits that they heard last. */
export const limitsFile = (): string => join(folders(process.env).cache, 'limits.json')

/** Nothing is shared of a demo of one's own, nor by whoever leaves no trace. */
export function breakerPath({ settings, isDemo }: Pick<Setup, 'settings' | 'isDemo'>): string | null {
  return isDemo || settings.history === 'off' ? null : breakersFile()
}

/**
 * Keeps limits for whoever looks later. Never rejects.
 * @param agoMs how long ago they were heard
 */
export async function keepHeard({ limits }: Pick<State, 'limits'>, setup: Setup, agoMs = 0): Promise<void> {
  const isTold = Object.values(limits).some((told) => Object.keys(told).length > 0)
  if (!isTold || setup.replay || breakerPath(setup) === null) return
  try {
    const { keepLimits } = await import('../../io/weather/heard-limits.ts')
    const named = Object.entries(limits).map(([model, told]) => [breakerName(setup.baseUrl, model), told] as const)
    keepLimits(limitsFile(), new Map(named), Date.now() - Math.max(0, agoMs))
  } catch {
    // Nobody waits for it: then it is not known.
  }
}

/** The API of a setup behind its breakers, where it has any. */
export function guarded(
  api: Pick<Api, 'attempt'>,
  setup: Pick<Setup, 'settings' | 'isDemo' | 'baseUrl' | 'state' | 'replay'>,
  rest: Pick<BreakerParts, 'now' | 'tell'>,
): Pick<Api, 'attempt'> {
  const { settings, baseUrl, state, replay } = setup
  // A recording is played as it was.
  if (settings.breaker === 'off' || replay) return api
  const waits = (state.choices.waitsMs ?? null) !== null
  return behindBreaker(api, { path: breakerPath(setup), baseUrl, models: state.models, waits, ...rest })
}

/** The same API, every attempt of which may be refused because its model is left alone. */
export function behindBreaker(api: Pick<Api, 'attempt'>, parts: BreakerParts): Pick<Api, 'attempt'> {
  let breaking: Promise<Breaking> | null = null
  const load = () => {
    breaking ??= import('../weather/breaking.ts').then(({ createBreaking }) => createBreaking(api, parts))
    return breaking
  }
  return {
    async attempt(request, number, signal, emit) {
      if (breaking || (parts.path !== null && existsSync(parts.path)))
        return (await load()).attempt(request, number, signal, emit)
      let limited: Extract<TurnEvent, { type: 'failed' }> | null = null
      await api.attempt(request, number, signal, (event) => {
        if (event.type === 'failed' && isLimiting(event.failure)) limited = event
        else emit(event)
      })
      if (limited) emit((await load()).failed(request.model, limited))
    },
  }
}

export interface StandingParts {
  /** With the turn that runs. */
  readonly state: () => State
  readonly api: () => Pick<Api, 'count'> | null
  /** The earlier answer that a recording has for a turn; absent: this is no recording. */
  readonly recalled?: (
    turn: number,
  ) => { readonly text: string; readonly model: string; readonly saidMs: number } | null
  /** The history, for an earlier answer; null: there is none. Let go when that is over. */
  readonly history: () => Promise<{ readonly history: Pick<History, 'search' | 'rows'>; close(): void } | null>
}

export function standingIn(parts: StandingParts): InsteadOf {
  return {
    hasMore(tried) {
      const state = parts.state()
      return untried(chainOf(state.choices), tried, state.models).length > 0
    },
    async next(tried, _failure, signal) {
      if (chainOf(parts.state().choices).length === 0) return { type: 'none', notes: [] }
      return (await import('../weather/instead.ts')).instead(parts, tried, signal)
    },
  }
}
