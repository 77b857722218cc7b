/**
 * Who answers when a model cannot: the chain of models that was named, then an earlier answer. What it takes to ask
 * somebody else is `instead`'s business, which is loaded when a failure has lasted.
 */

import type { State } from '../core/conversation.ts'
import { chainOf, untried } from '../core/fallback.ts'
import type { Api } from '../io/api.ts'
import type { History } from '../io/history.ts'
import type { InsteadOf } from '../road.ts'

export interface StandingParts {
  /** With the turn that runs. */
  readonly state: () => State
  readonly api: () => Pick<Api, 'count'> | null
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
      return (await import('./instead.ts')).instead(parts, tried, signal)
    },
  }
}
