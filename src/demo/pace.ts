/**
 * How fast each class of model answers, as data. Who waits is `waits`; who speeds it up is `--speed`.
 *
 * No independent figures for the 5.5 models were found on 2026-11-20, so each class has the closest published ones of
 * its line, measured against Anthropic's own API:
 *   haiku   97 tok/s over 30 runs and 0.90 s to the first token, Haiku 4.5 (lmspeed.net,
 *           model comparison, read 2026-11-20)
 *   sonnet  63 tok/s, Sonnet 4.5 (Artificial Analysis, as quoted 2025-11-24), and 1.4 s to the first token, Sonnet 4.6
 *           without thinking (Artificial Analysis, as of 2026-06-11)
 *   opus    42.7 tok/s, Opus 4.7 standard mode (Artificial Analysis, as of 2026-05), and 2.67 s to the first token,
 *           Opus 4.1 (Artificial Analysis, as quoted 2025-11-24)
 *   fable, mythos: the model pages of 2026-10 only say "slower" than Opus. No figure without a long thinking phase in
 *           it was found, so they keep the Opus figures.
 * The figures of the 4.x models count their own, larger tokens; they are not converted.
 */

import type { ModelCard } from '../core/models.ts'
import { seeded } from './chance.ts'

export interface Pace {
  /** From the request to the first output token, thinking included. */
  readonly ttftMs: number
  readonly tokensPerSecond: number
}

const OPUS: Pace = { ttftMs: 2670, tokensPerSecond: 42.7 }

const PACES: Readonly<Record<NonNullable<ModelCard['line']>, Pace>> = {
  haiku: { ttftMs: 900, tokensPerSecond: 97 },
  sonnet: { ttftMs: 1400, tokensPerSecond: 63 },
  opus: OPUS,
  fable: OPUS,
  mythos: OPUS,
}

/** Fast mode speaks up to 2.5 times as fast (source: fast mode page, 2026-08-22); the first token is no sooner. */
export const FAST_MODE = 2.5

export function paceOf(card: ModelCard): Pace {
  return PACES[card.line ?? 'sonnet']
}

/** How far single gaps stray from the mean, to either side: a stream is never as even as its average. */
const JITTER = 0.4

/** Factors around 1 for the waits of one request, the same for the same request number. */
export function jitter(requestNumber: number): () => number {
  const chance = seeded(requestNumber)
  return () => 1 + JITTER * (2 * chance() - 1)
}
