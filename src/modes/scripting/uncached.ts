/** Why an answer read nothing from the prompt cache, as far as anybody can tell. */

import { verdictOf } from '../../core/cache/ledger.ts'
import type { State } from '../../core/conversation.ts'
import { tokens } from '../../core/figures/words.ts'
import { modelCard } from '../../core/models.ts'
import { promptTokens } from '../../core/turn.ts'

/** A sentence or two. @param state with the answer as its last turn */
export const uncachedBecause = (state: State): string =>
  `Nothing was read from the prompt cache (--require-cache-hit): ${reason(state)}.`

function reason(state: State): string {
  const { choices, models, turns } = state
  const { usage, model } = turns.at(-1) ?? {}
  if (choices.features === 'plain') return 'this server is sent no cache marks (the setting serverFeatures)'
  if (choices.cacheTtl === 'off') return 'caching is off (--cache-ttl)'
  if (!usage) return 'the server has told no usage'
  const card = modelCard(model ?? choices.model, models)
  const size = promptTokens(usage)
  if (card.minCache !== null && size < card.minCache)
    return `the prompt has ${tokens(size)} tokens, and ${card.name.replace(/^Claude /, '')} caches none below ${tokens(card.minCache)}`
  const verdict = verdictOf(state, turns.length - 1)
  if (verdict && verdict.why.length > 0) return verdict.why.join('; ')
  const written = usage.cacheWrite5m + usage.cacheWrite1h
  if (written > 0) {
    const life = usage.cacheWrite1h > 0 ? 'an hour' : '5 minutes'
    return `it was not there, or no longer. This call has written ${tokens(written)} tokens, for ${life}: the next one with the same beginning reads them`
  }
  return choices.kind === 'single' && choices.system === null
    ? 'a call by itself caches its system prompt alone, and it has none: -s gives one, --continue goes on with a conversation'
    : 'what it shares with other calls is too short to be cached'
}
