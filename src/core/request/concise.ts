/**
 * Concise mode: a request for a short answer at the end of each question. There, and not in the system prompt, it costs
 * no cache: what was sent before stays as it was, on every model and server. A turn remembers that it was asked so.
 */

import { estimateTokens } from '../window/context.ts'

export const CONCISE = '(Answer concisely: the result first, no preamble, no repetition.)'

/** Tokens it takes, with each question: an estimate. */
export const CONCISE_TOKENS = estimateTokens(`\n\n${CONCISE}`)

/** A question as it is sent. */
export const asSent = (question: string, concise: boolean | undefined): string =>
  concise === true ? `${question === '' ? '' : `${question}\n\n`}${CONCISE}` : question
