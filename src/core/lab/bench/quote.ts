/** What a bench is expected to cost before it begins. All of it is an estimate. */

import { attachedTo, attachmentTokens } from '../../attachments.ts'
import { type Models, modelCard, priceFor } from '../../models.ts'
import { writePrice } from '../../money/prompt-price.ts'
import type { TurnRequest } from '../../request.ts'
import { estimateTokens } from '../../window/context.ts'
import type { Arm } from './arms.ts'

/** US dollars of one run; null: the price is unknown. @param outputTokens of a likely answer */
export function likelyUsd(
  arm: Pick<Arm, 'cache' | 'isPrewarmed'>,
  request: TurnRequest,
  models: Models,
  outputTokens: number,
): number | null {
  const card = modelCard(request.model, models)
  const system = estimateTokens(request.system ?? '')
  const messages = request.messages.reduce(
    (sum, one) =>
      sum +
      estimateTokens(one.text) +
      attachedTo(one).reduce((all, attached) => all + attachmentTokens(attached, card), 0),
    0,
  )
  const price = priceFor(card, system + messages)
  if (!price) return null
  const marked = request.cache.system ? system : request.cache.end ? system + messages : 0
  const write = writePrice(price, request.cache.system ?? request.cache.end)
  // What is read right before is written once and read once.
  const perMarked = arm.isPrewarmed ? write + price.read : arm.cache === 'warm' ? price.read : write
  const plain = system + messages - marked
  const output = Math.min(outputTokens, request.maxTokens)
  return (marked * perMarked + plain * price.input + output * price.output) / 1e6
}
