/**
 * Goes up a cascade: asks, checks, and asks the next model where an answer is not good enough. Whoever calls says how a
 * request is sent: a turn, or one of many in a batch.
 */

import { findingOf, type Verdict } from '../../core/lab/cascade.ts'
import type { TurnRequest } from '../../core/request.ts'
import type { TurnEnd } from '../../core/turn.ts'

/** An answer, and whatever else its sender wants to know of it. */
export interface Answered {
  readonly text: string
  readonly end: TurnEnd
}

/** Whether an answer to this request is good enough. Rejects where nobody can tell: the check itself cannot be made. */
export type Checker = (request: TurnRequest, answer: string) => Promise<Verdict>

export interface Step {
  readonly model: string
  /** It stands, whatever it is: nobody checks it. */
  readonly isLast: boolean
}

export interface Cascaded<A> {
  /** The one that stands. */
  readonly answer: A
  readonly model: string
  /** Those that were not good enough, in order: each is on the bill (purpose `cascade`). */
  readonly givenUp: readonly { readonly model: string; readonly answer: A; readonly reason: string }[]
}

/**
 * @param request the same for every model but for its name; or what is sent to each
 * @param models ids, the cheap one first
 * @param check asked of every answer but the last
 * @param send sends it; what it and the check reject with is thrown
 * @param escalated told before the next model is asked
 */
export async function cascaded<A extends Answered>(
  request: TurnRequest | ((model: string) => TurnRequest),
  models: readonly string[],
  check: Checker,
  send: (request: TurnRequest, step: Step) => Promise<A>,
  escalated?: (from: string, to: string, reason: string, answer: A) => void,
): Promise<Cascaded<A>> {
  const givenUp: { model: string; answer: A; reason: string }[] = []
  for (let nth = 0; ; nth++) {
    const model = models[nth]!
    const next = models[nth + 1]
    const sent = typeof request === 'function' ? request(model) : { ...request, model }
    const answer = await send(sent, { model, isLast: next === undefined })
    const reason = await whyNot(sent, answer, check, next === undefined)
    if (reason === null || next === undefined) return { answer, model, givenUp }
    givenUp.push({ model, answer, reason })
    escalated?.(model, next, reason, answer)
  }
}

/** Why the next one is to be asked; null: the answer stands. */
async function whyNot(request: TurnRequest, answer: Answered, check: Checker, isLast: boolean): Promise<string | null> {
  const finding = findingOf(answer, isLast)
  if (finding.type !== 'check') return finding.type === 'next' ? finding.reason : null
  const { isGood, reason } = await check(request, answer.text)
  return isGood ? null : reason
}
