/** Asks for a summary, in one request or piece by piece, and judges what came. Nothing of the conversation changes. */

import type { SideCallEvent } from '../../core/conversation/side-calls.ts'
import { tokens } from '../../core/figures/words.ts'
import type { TurnRequest } from '../../core/request.ts'
import { type Offer, reduced } from '../../core/window/compaction/offers.ts'
import type { Span } from '../../core/window/compaction/span.ts'
import { estimateTokens } from '../../core/window/context.ts'
import type { Api } from '../../io/api.ts'
import { askAside } from './aside.ts'

/** How long a summary may take, in ms, each of its requests counted apart. */
const WITHIN_MS = 5 * 60_000
/** A summary larger than this share of what it stands for is none. */
const MOST_SHARE = 0.6

/** A summary, or a sentence why there is none. */
export type Made = { readonly text: string } | { readonly trouble: string }

/**
 * Never rejects.
 * @param billed told of each request's cost, as soon as it is known
 * @param misfit waits until a request may go out beside the turns; why it may not within reason, or null
 */
export async function summarise(
  { requests, card }: Offer,
  span: Span,
  focus: string,
  api: Pick<Api, 'attempt'>,
  signal: AbortSignal,
  billed: (bill: SideCallEvent) => void,
  misfit: (request: TurnRequest) => Promise<string | null> = async () => null,
): Promise<Made> {
  const ask = async (request: TurnRequest): Promise<Made> => {
    const why = await misfit(request)
    if (why !== null) return { trouble: signal.aborted ? 'It was stopped.' : why }
    const late = AbortSignal.timeout(WITHIN_MS)
    const { text, bill, end } = await askAside(request, 'summary', api, AbortSignal.any([signal, late]), billed)
    if (bill) billed(bill)
    if (end.type === 'failed') return { trouble: end.failure.reason.replace(/(?<![.!?…])$/, '.') }
    if (end.type === 'stopped')
      return { trouble: late.aborted ? `It was not there after ${WITHIN_MS / 60_000} minutes.` : 'It was stopped.' }
    if (end.stopReason === 'refusal') return { trouble: 'The model declined to write it.' }
    if (end.stopReason !== 'end_turn') return { trouble: `It was cut short (${end.stopReason}).` }
    return text.trim() === '' ? { trouble: 'The model answered without any text.' } : { text: text.trim() }
  }
  const texts: string[] = []
  for (const request of requests) {
    const made = await ask(request)
    if ('trouble' in made) return made
    texts.push(made.text)
  }
  const made = texts.length === 1 ? { text: texts[0]! } : await ask(reduced(texts, span, focus, card))
  if ('trouble' in made) return made
  const size = estimateTokens(made.text)
  return size <= span.tokens * MOST_SHARE
    ? made
    : { trouble: `It came out too long: ~${tokens(size)} tokens for ~${tokens(span.tokens)}.` }
}
