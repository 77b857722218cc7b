/** What the circuit breakers do: refuse at once, probe when the time is over, and learn from how attempts end. */

import { count } from '../../core/figures/words.ts'
import { shortName } from '../../core/models.ts'
import { NO_MARKS, type TurnRequest } from '../../core/request.ts'
import { inTime } from '../../core/turn/outcome.ts'
import type { Failure, TurnEvent } from '../../core/turn.ts'
import { type Breaker, failed, gate, probing, unprobed } from '../../core/weather/breaker.ts'
import { failure } from '../../core/weather/failures.ts'
import { isLimiting } from '../../core/weather/resilience.ts'
import { sayRested } from '../../core/weather/rest-words.ts'
import type { Api, Emit } from '../../io/api.ts'
import { timeOfDay, wallOrigin } from '../../io/process/wall-clock.ts'
import { openBreakers } from '../../io/weather/breakers.ts'
import { type BreakerParts, breakerName } from '../late/weather.ts'
import { askAside } from '../thrift/aside.ts'

type Failed = Extract<TurnEvent, { type: 'failed' }>

export interface Breaking extends Pick<Api, 'attempt'> {
  /** An attempt has been limited or overloaded. @returns its end as it is to be told */
  failed(model: string, end: Failed): Failed
}

/** Tokens a probe may be answered with: with its question it takes less than 50. */
const PROBE_TOKENS = 24
/** How long a probe may take, in ms. */
const PROBE_WITHIN_MS = 15_000

export function createBreaking(api: Pick<Api, 'attempt'>, parts: BreakerParts): Breaking {
  const { baseUrl, models, now, tell, waits } = parts
  const breakers = openBreakers(parts.path, Date.now)
  /** What was refused last, by model: sent once more as it is, it goes out. */
  const refused = new Map<string, string>()

  const nameOf = (model: string) => breakerName(baseUrl, model)
  const learn = (model: string, breaker: Breaker | null) => {
    breakers.set(nameOf(model), breaker)
    const untilMs = breaker?.untilMs ?? null
    const until = untilMs === null ? null : now() + untilMs - Date.now()
    const event = { type: 'rested', at: now(), model, until, failures: breaker?.failures ?? 0 } as const
    tell(
      event,
      sayRested(event, models, (at) => timeOfDay(at + wallOrigin())),
    )
  }
  const limited = (model: string, { kind, retryAfterMs }: Failure & { readonly kind: 'rate' | 'overload' }) => {
    const before = breakers.of(nameOf(model))
    const after = failed(before, kind, retryAfterMs, Date.now())
    if (after.untilMs !== null) learn(model, after)
    else breakers.set(nameOf(model), after)
    return after
  }
  const answered = (model: string) => {
    const before = breakers.of(nameOf(model))
    if (before?.untilMs != null) learn(model, null)
    else if (before) breakers.set(nameOf(model), null)
  }

  /** @returns why it is not sent; null: it may be */
  const objection = async (request: TurnRequest, number: number, signal: AbortSignal): Promise<Failure | null> => {
    const { model, isUrgent } = request
    if (isUrgent) return null
    const breaker = breakers.of(nameOf(model))
    const way = gate(breaker, Date.now())
    if (way.type === 'closed' || !breaker) return null
    if (way.type === 'half-open') {
      breakers.set(nameOf(model), probing(breaker, Date.now()))
      const trouble = await probe(model, signal)
      if (trouble === null) answered(model)
      else if (isLimiting(trouble)) return resting(model, limited(model, trouble))
      // What the probe could not find out, the request does.
      else breakers.set(nameOf(model), unprobed(breaker))
      return null
    }
    // A person asks again; whoever waits does so for the model's sake, and a turn that was sent has been asked by nobody.
    if (number === 1 && !waits) {
      const said = JSON.stringify(request.messages)
      if (refused.get(model) === said) return null
      refused.set(model, said)
    }
    return resting(model, breaker, way.untilMs)
  }

  const probe = async (model: string, signal: AbortSignal): Promise<Failure | null> => {
    const within = AbortSignal.any([signal, AbortSignal.timeout(PROBE_WITHIN_MS)])
    const { bill, end } = await askAside(probeOf(model), 'probe', api, within)
    if (bill) tell(bill, null)
    if (end.type === 'failed') return end.failure
    return end.type === 'finished' || bill ? null : failure('stalled', 'The probe was not answered.')
  }

  const probeOf = (model: string): TurnRequest => ({
    ...{ model, system: null, messages: [{ role: 'user', text: 'Reply with the word ok.' }], maxTokens: PROBE_TOKENS },
    ...{ effort: null, thinking: 'unsaid', cache: NO_MARKS, stream: false },
  })

  const resting = (model: string, { kind, failures, untilMs }: Breaker, until = untilMs ?? Date.now()): Failure => {
    const why = kind === 'rate' ? 'limited' : 'overloaded'
    const name = shortName(model, models)
    const reason = `Not sent: ${name} was ${why} ${count(failures, 'time')} in a row, and is left alone until ${timeOfDay(until)}.`
    return failure('resting', reason, { transient: waits, retryAfterMs: Math.max(0, until - Date.now()), isRest: true })
  }

  const told = (model: string, end: Failed): Failed => {
    if (!isLimiting(end.failure)) return end
    const { untilMs } = limited(model, end.failure)
    if (untilMs === null) return end
    // Nothing is gained by knocking again meanwhile.
    const retryAfterMs = untilMs - Date.now()
    const remedy = `Send again in ${inTime(retryAfterMs)}, or choose another model with /model. Sent twice before that, it goes out all the same.`
    const isAsked = (end.failure.retryAfterMs ?? 0) >= retryAfterMs
    const failure = { ...end.failure, transient: waits, retryAfterMs, remedy }
    return { ...end, failure: isAsked ? failure : { ...failure, isRest: true } }
  }

  return {
    failed: told,
    async attempt(request, number, signal, emit) {
      const why = await objection(request, number, signal)
      if (signal.aborted) return emit({ type: 'stopped', at: now() })
      if (why) return emit({ type: 'failed', at: now(), failure: why })
      const listening: Emit = (event) => {
        if (event.type === 'began') answered(request.model)
        emit(event.type === 'failed' ? told(request.model, event) : event)
      }
      return api.attempt(request, number, signal, listening)
    },
  }
}
