/**
 * A turn that goes up a cascade, on the same road: whoever listens hears one turn. The words of an answer are kept back
 * until they are good enough, so that none is told that does not stand; those of the last model flow at once.
 */

import { billed } from '../../core/conversation/side-calls.ts'
import type { Event, State } from '../../core/conversation.ts'
import { checkTyped } from '../../core/lab/cascade/check-words.ts'
import type { Cascade } from '../../core/lab/cascade/choice.ts'
import type { CascadeRow } from '../../core/lab/cascade/report.ts'
import { rowOfClimb } from '../../core/lab/cascade.ts'
import { type Models, modelCard, shortName } from '../../core/models.ts'
import { replanned } from '../../core/request/plan.ts'
import type { TurnRequest } from '../../core/request.ts'
import { isEnd, type TurnEnd, type TurnEvent, type Usage } from '../../core/turn.ts'
import { failure } from '../../core/weather/failures.ts'
import { estimateTokens } from '../../core/window/context.ts'
import type { Emit } from '../../io/api.ts'
import { type RoadOptions, travel } from '../../road.ts'
import { type Answered, type Cascaded, type Checker, cascaded } from './cascade.ts'
import { checkerOf } from './cascade-check.ts'

export interface ClimbParts {
  readonly cascade: Cascade
  /** Whoever stops it while an answer is checked does not have that answer: a script takes none that nobody has checked. */
  readonly isStrict?: boolean
  /** With the turn that runs. */
  readonly state: () => State
  /** Takes what judging has cost. */
  readonly tell: (event: Event) => void
  /** Resolves when the last event is told; absent: it is at once. */
  readonly told?: () => Promise<void>
  /** Takes what came of it, once the turn is over. */
  readonly climbed: (row: CascadeRow) => void
}

interface Attempted extends Answered {
  readonly held: readonly TurnEvent[]
  readonly usage: Usage | null
}

/** Travels the road. Resolves after the last event; never rejects. */
export async function climb(
  first: TurnRequest,
  signal: AbortSignal,
  emit: Emit,
  options: RoadOptions,
  parts: ClimbParts,
): Promise<void> {
  const { cascade, state, tell, isStrict } = parts
  const { models } = state()
  let judgeUsd: number | null = 0
  const fail = (reason: string) =>
    emit({ type: 'failed', at: options.now(), failure: failure('invalid', reason, { remedy: '' }) })
  const check = checkTyped(cascade.check)
  if (typeof check === 'string') return fail(check)
  let checker: Checker
  try {
    checker = await checkerOf(check, {
      ...{ api: options.api, judge: judgeOf(state(), cascade), signal },
      billed(bill) {
        const { cost } = billed(bill, models)
        judgeUsd = judgeUsd === null || !cost ? null : judgeUsd + cost.value
        tell(bill)
      },
    })
  } catch (error) {
    return fail((error as Error).message)
  }

  const send = async (request: TurnRequest, isLast: boolean): Promise<Attempted> => {
    const held: TurnEvent[] = []
    let text = ''
    let usage: Usage | null = null
    let end: TurnEnd = { type: 'stopped', at: options.now() }
    const take = (event: TurnEvent) => {
      if (event.type === 'began' || event.type === 'usage') ({ usage } = event)
      if (event.type === 'delta') text += event.text
      if (isEnd(event)) end = event
      else if (event.type === 'delta' && !isLast) {
        held.push(event)
        emit({ type: 'alive', at: event.at })
      } else emit(event)
    }
    // A cheap model that cannot answer is a step up, and no case for the chain of models to fall back to.
    const { instead, ...alone } = options
    await travel(request, signal, take, isLast && instead ? { ...alone, instead } : alone)
    return { text, end, held, usage }
  }

  const ids = cascade.models.map((name) => modelCard(name, models).id)
  let isUnchecked = false
  const asking = cascaded<Attempted>(
    (model) => (model === first.model ? first : replanned(state(), state().live!, model)),
    ids,
    async (request, text) => {
      const verdict = await checker(request, text)
      isUnchecked = signal.aborted
      // Whoever stops it while it is judged has the answer as it is.
      return isUnchecked ? { isGood: true, reason: '' } : verdict
    },
    (request, { isLast }) => send(request, isLast),
    (from, to, reason, { usage, end, text }) => {
      const estimate = end.type === 'finished' ? {} : ({ isEstimate: true } as const)
      const output = usage && Math.max(usage.output, end.type === 'finished' ? 0 : estimateTokens(text))
      emit({
        type: 'escalated',
        at: options.now(),
        from,
        to,
        reason,
        usage: usage && { ...usage, output: output! },
        ...estimate,
      })
    },
  )
  const result = await asking.catch((error: Error) => error)
  if (result instanceof Error)
    emit({ type: 'failed', at: options.now(), failure: failure('missing', result.message, { remedy: '' }) })
  else if (isUnchecked && isStrict) emit({ type: 'stopped', at: options.now() })
  else stand(result, models, emit)
  await parts.told?.()
  const turn = state().settled
  if (turn) parts.climbed(rowOfClimb(turn, cascade, judgeUsd, models, Date.now()))
}

/** Tells the answer that stands. Where the last model has none, that is the one before it, with the reason why. */
function stand({ answer, model, givenUp }: Cascaded<Attempted>, models: Models, emit: Emit): void {
  const { end } = answer
  const before = givenUp.findLast(({ answer: { text } }) => text.trim() !== '')
  if (end.type !== 'failed' || answer.text !== '' || !before) {
    for (const event of answer.held) emit(event)
    emit(end)
    return
  }
  for (const event of before.answer.held) emit(event)
  const { reason } = end.failure
  const told = `${shortName(model, models)} could not answer: ${reason.replace(/\.$/, '')}. What stands is the answer of ${shortName(before.model, models)}, which was not good enough (${before.reason.replace(/\.$/, '')}).`
  emit({ ...end, failure: { ...end.failure, reason: told } })
}

/** The fast model; on a server of its own models, the first of the cascade. */
export const judgeOf = ({ choices, models }: State, { models: names }: Cascade) =>
  modelCard(choices.features === 'full' ? 'fast' : names[0]!, models)
