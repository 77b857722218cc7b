/** Asks somebody else: the next model of the chain that can hold the prompt, else the history. */

import { replanned } from '../../core/request/plan.ts'
import type { TurnRequest } from '../../core/request.ts'
import { type Elsewhere, elsewhere, sayTooLarge } from '../../core/weather/other-model.ts'
import { chainOf, untried } from '../../core/weather/resilience.ts'
import type { Next } from '../../road.ts'
import { earlierAnswer } from '../history/earlier-answer.ts'
import type { StandingParts } from '../late/weather.ts'
import { COUNT_WITHIN_MS } from '../thrift/allowance.ts'

/** @param tried ids of the models that were asked; what is wrong with them is known */
export async function instead(parts: StandingParts, tried: readonly string[], signal: AbortSignal): Promise<Next> {
  const state = parts.state()
  const { live } = state
  if (!live) return { type: 'none', notes: [] }
  const passedOver: string[] = []
  for (const id of untried(chainOf(state.choices), tried, state.models)) {
    const request = replanned(state, live, id)
    const one = elsewhere(state, live, id)
    const sized = one.fits === 'unsure' ? await counted(parts, request, one, signal) : one
    if (sized.fits !== 'no') return { type: 'request', request, notes: [...passedOver, ...one.notes] }
    passedOver.push(sayTooLarge(state, sized, sized !== one))
  }
  const told = parts.recalled?.(live.number)
  if (told) return { type: 'answer', ...told, notes: passedOver }
  const open = await parts.history()
  try {
    const earlier = open && earlierAnswer(open.history, state, live)
    return earlier ? { type: 'answer', ...earlier, notes: passedOver } : { type: 'none', notes: passedOver }
  } catch {
    // A history that cannot be read has no answer.
    return { type: 'none', notes: passedOver }
  } finally {
    open?.close()
  }
}

/** By the server's count; where it has none, the estimate has to do. */
async function counted(
  { api }: StandingParts,
  request: TurnRequest,
  one: Elsewhere,
  signal: AbortSignal,
): Promise<Elsewhere> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(COUNT_WITHIN_MS)])
  const tokens = (await api()?.count(request, within)) ?? null
  if (tokens === null) return one.window !== null && one.tokens > one.window ? { ...one, fits: 'no' } : one
  return { ...one, tokens, fits: one.window !== null && tokens > one.window ? 'no' : 'yes' }
}
