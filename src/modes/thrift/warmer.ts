/** Keeps the prompt warm: one call for each time that is asked for, and again by itself up to the limit of the settings. */

import { cachedIn } from '../../core/cache/entries.ts'
import { warmLimit, warmRequest } from '../../core/cache/warming.ts'
import { count, money } from '../../core/figures/words.ts'
import { mark } from '../../core/figures.ts'
import type { Ms } from '../../core/turn.ts'
import type { ThriftParts } from '../thrift.ts'
import { askAside } from './aside.ts'
import { sayNoRoom, waitFor } from './beside-limits.ts'

/** How long a call that keeps warm may take, in ms. */
const WITHIN_MS = 30_000

export interface Warmer {
  /**
   * Renews what is held, once.
   * @param isAsked by the person, who hears of it; what is repeated is told of at the end, or when it fails
   * @returns what came of it, in words; null: nothing to say
   */
  warm(isAsked: boolean): Promise<string | null>
  /** A call is under way. */
  readonly isBusy: boolean
  /** It is to be renewed again before it goes cold. */
  readonly goesOn: boolean
  /** A turn has renewed it: what was spent on the last pause is over. */
  rest(): void
}

/** @param awake the clock of the turns, with what it has slept through */
export function createWarmer(
  { runtime, now, setup }: Pick<ThriftParts, 'runtime' | 'now' | 'setup'>,
  awake: () => Ms,
  leaving: AbortSignal,
): Warmer {
  let isBusy = false
  /** Whether the server takes a request for no token at all. */
  let takesNone = true
  /** Since when this pause is kept warm, and what that has cost; null: nobody asked for it. */
  let kept: { readonly since: Ms; usd: number; times: number } | null = null

  const goesOn = () => {
    const most = warmLimit(setup().settings.keepWarm)
    if (!kept || !most) return false
    return (most.ms === null || awake() - kept.since < most.ms) && (most.usd === null || kept.usd < most.usd)
  }

  const call = async ({ request }: NonNullable<ReturnType<typeof warmRequest>>) => {
    const signal = AbortSignal.any([leaving, AbortSignal.timeout(WITHIN_MS)])
    const ask = (maxTokens: number) => askAside({ ...request, maxTokens }, 'warm', setup().api!, signal)
    const first = await ask(takesNone ? 0 : 1)
    const isRefused = first.end.type === 'failed' && first.end.failure.kind === 'invalid'
    if (!takesNone || !isRefused) return first
    // A server that knows of no answer without a token writes one.
    takesNone = false
    return ask(1)
  }

  return {
    get isBusy() {
      return isBusy
    },
    get goesOn() {
      return goesOn()
    },
    rest() {
      kept = null
    },
    async warm(isAsked) {
      if (isBusy) return isAsked ? 'The cache is being kept warm already.' : null
      const made = runtime.state.live || !setup().api ? null : warmRequest(runtime.state, awake())
      if (!made) return 'Nothing is held that could be kept warm.'
      if (waitFor(made.request, runtime.state, now()) !== 0) {
        kept = null
        return `The cache is not kept warm: ${sayNoRoom(made.request, runtime.state)}`
      }
      isBusy = true
      const [startedAt, since] = [now(), awake()]
      const { bill, end } = await call(made).finally(() => {
        isBusy = false
      })
      if (leaving.aborted) return null
      if (!bill) {
        kept = null
        const why = end.type === 'failed' ? end.failure.reason : 'there was no answer in time.'
        return `The cache was not kept warm: ${why}`
      }
      kept ??= { since, usd: 0, times: 0 }
      // A lifetime counts from the start of the request.
      runtime.dispatch({ ...bill, at: startedAt })
      const cost = runtime.state.sideCalls.at(-1)?.cost ?? null
      kept.usd += cost?.value ?? 0
      kept.times += 1
      const price = (usd: number) => (cost ? ` for ${mark(cost)}${money(usd)}` : '')
      if (cachedIn(bill.usage) === 0) {
        kept = null
        return `The server holds nothing of this prompt${price(cost?.value ?? 0)}: it is gone, or too short to be kept.`
      }
      if (bill.usage.cacheRead === 0) return `The cache had gone cold; it was written again${price(cost?.value ?? 0)}.`
      const most = setup().settings.keepWarm
      if (isAsked)
        return `Kept warm${price(cost?.value ?? 0)}.${goesOn() ? ` It goes on by itself, up to ${most}.` : ''}`
      return goesOn()
        ? null
        : `Kept warm ${count(kept.times, 'time')}${price(kept.usd)}; the limit of ${most} is reached.`
    },
  }
}
