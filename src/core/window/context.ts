/** How full the context window is, and whether a prompt fits at all. */

import type { ModelCard } from '../models.ts'

/** Characters a token stands for on models from Opus 4.7 on (source: models overview, 2026-10-08: 1M tokens ~ 2.5M characters). */
const CHARS_PER_TOKEN = 2.5

/** Tokens of a text, by its length alone: an estimate, to be shown with `~`. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / CHARS_PER_TOKEN)
}

/** Share of the model's window, 0 to 1 and beyond; null when the window is unknown. */
export function fullness(used: number, card: ModelCard): number | null {
  return card.window === null ? null : used / card.window
}

/** Largest request body of the Messages API in bytes (source: API errors page, 2026-10-08: 32 MB, else 413). */
export const MAX_BODY_BYTES = 32 * 1024 * 1024

/**
 * Whether a prompt can fit, by its length alone.
 * `no`: not even a kind text of 6 characters a token would fit, or the body is over the API's limit; `unsure`: worth
 * asking the server to count; `yes`: fits even when every 1.6 characters are a token.
 * @param others tokens of what is no text: at least and at most
 */
export function fits(
  chars: number,
  bytes: number,
  card: ModelCard,
  others: { readonly least: number; readonly most: number } = { least: 0, most: 0 },
): 'yes' | 'unsure' | 'no' {
  if (bytes > MAX_BODY_BYTES) return 'no'
  if (card.window === null) return 'yes'
  if (chars / 6 + others.least > card.window) return 'no'
  return chars / 1.6 + others.most > card.window ? 'unsure' : 'yes'
}
