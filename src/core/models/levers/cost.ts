/** What pulling a lever makes of the prompt cache, and what that costs: said before it is paid. */

import { type CacheOutlook, cacheOutlook, outlookSteps } from '../../cache/outlook.ts'
import type { Choices } from '../../conversation/choices.ts'
import type { State } from '../../conversation.ts'
import { money, moneyApart, tokens } from '../../figures/words.ts'
import { type Figure, mark, withMark } from '../../figures.ts'
import type { Steps } from '../../text/steps.ts'
import type { Ms } from '../../turn.ts'
import { leverTyped, pulled } from '../levers.ts'

/** What the next question costs once a lever is pulled that loses the prompt cache; null: it does not, or cannot be pulled. */
export function lostAhead(state: State, argument: string, now: Ms): Steps | null {
  const typed = leverTyped(argument)
  if (typeof typed === 'string' || typed.value === '' || state.live) return null
  const change = pulled(state, typed.name, typed.value, [])
  const lost = typeof change === 'string' ? null : lossOf(state, change, now)
  return lost && lost !== 'kept' ? outlookSteps(lost.after) : null
}

/** What the cache holds before and after a change that loses it; null: nothing is held. @param now on the clock of the turns' times */
function lossOf(
  state: State,
  change: Partial<Choices>,
  now: Ms,
): { readonly before: CacheOutlook; readonly after: CacheOutlook } | 'kept' | null {
  const last = state.turns.at(-1)?.number ?? null
  if (last === null || state.choices.features === 'plain') return null
  const before = cacheOutlook(state, last, '', now)
  if (!before.held || before.held.isOver) return null
  const after = cacheOutlook({ ...state, choices: { ...state.choices, ...change } }, last, '', now)
  return after.held && !after.held.isOver ? 'kept' : { before, after }
}

function sayInstead(now: Figure | null, before: Figure | null): string {
  if (!now) return ''
  if (!before) return `: ${withMark(now, money)}`
  const [dear, usual] = moneyApart(now.value, before.value)
  return dear === usual
    ? `: ${mark(now)}${dear}, about the same`
    : `: ${mark(now)}${dear} instead of ${mark(before)}${usual}`
}

/** What a change of the choices makes of the prompt cache, in a sentence; empty: nothing is held. */
export function sayCacheChange(state: State, change: Partial<Choices>, now: Ms): string {
  const loss = lossOf(state, change, now)
  if (!loss) return ''
  if (loss === 'kept') return 'The prompt cache is kept.'
  const { before, after } = loss
  const price = sayInstead(after.costAnew, before.cost)
  return `The prompt cache is lost: the next question reads ${mark(after.whole)}${tokens(after.whole.value)} tokens anew${price}. Changed back before it, nothing is paid.`
}
