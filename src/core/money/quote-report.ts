/** A quote in words, for `/quote` and `--dry-run`, and as JSON. */

import { type Preview, previewInJson, sayPreviewed, sayPreviewTotal } from '../attachments/preview.ts'
import type { Spread } from '../figures/pace.ts'
import { count, duration, percent, tokens } from '../figures/words.ts'
import { estimated, type Figure, mark } from '../figures.ts'
import { type Models, modelCard } from '../models.ts'
import type { Listing } from '../text/remark.ts'
import { about } from './budget.ts'
import type { Quote } from './quote.ts'

/** @param preview of what goes with the question; null: nothing */
export function quoteReport(quote: Quote, models: Models, preview: Preview | null = null): Listing {
  const { input, cached, output, usd, shared, past, after, share, window } = quote
  const card = modelCard(quote.model, models)
  const read = cached.value > 0 ? `, ~${tokens(cached.value)} of them most likely in the cache` : ''
  const counted = input.from === 'server' ? 'by the server’s count' : 'by their length: the server did not count'
  const rests = past ? `from ${count(past.answers, 'answer')} here` : 'a usual one: there are no answers of it here yet'
  const time = (spread: Spread) => `~${duration(spread.median)}, nine of ten within ~${duration(spread.p90)}`
  return {
    list: [
      ['model', card.name],
      ...(preview?.rows.map((row): readonly [string, string] => ['attached', sayPreviewed(row)]) ?? []),
      ...(preview ? [['together', sayPreviewTotal(preview)] as const] : []),
      ['prompt', `${mark(input)}${input.value.toLocaleString('en-US')} tokens ${counted}${read}`],
      [
        'answer',
        `~${tokens(output.likely)} tokens (${rests}), at most ${tokens(output.most)}${output.isHeld ? ': the budget pays for no more' : ''}`,
      ],
      [
        'cost',
        usd
          ? `${about(usd.likely)}; without an answer ${about(usd.least)}, at most ${about(usd.most)}`
          : 'unknown: this model has no price here',
      ],
      ...(shared ? [['system prompt', sayShared(shared)] as const] : []),
      ...(past
        ? ([
            ['first word', time(past.ttftMs)],
            ['whole answer', time(past.finishMs)],
          ] as const)
        : ([['time', 'unknown until this model has answered here']] as const)),
      ['context after', `~${tokens(after.value)}${share === null ? '' : ` of ${tokens(window!)} (${percent(share)})`}`],
    ],
  }
}

/** What others may read of a prompt, and when that is worth its price. */
const sayShared = ({ tokens: size, ttl, usd, from }: NonNullable<Quote['shared']>): string =>
  `~${tokens(size)} tokens of it go into the cache for other calls, for ${about(usd)} of that: worth it where more than ${percent(from)} of such calls are followed by another within ${ttl === '1h' ? 'an hour' : '5 minutes'}; --cache-ttl off if this one stands alone`

/** Each figure with where it comes from, as in a result. */
export function quoteInJson(
  quote: Quote,
  ending: { readonly error: object | null; readonly exitCode: number },
  preview: Preview | null = null,
) {
  const { model, input, cached, output, usd, past, after, share } = quote
  const guess = (value: number | undefined): Figure | null => (value === undefined ? null : estimated(value))
  const spread = (of: Spread | undefined) => of && { median: estimated(of.median), p90: estimated(of.p90) }
  return {
    ...{ type: 'quote', ok: ending.exitCode === 0, model, inputTokens: input, cachedTokens: cached },
    outputTokens: { likely: estimated(output.likely), most: output.most },
    costUsd: usd && { least: guess(usd.least), likely: guess(usd.likely), most: guess(usd.most) },
    ...{ ttftMs: spread(past?.ttftMs) ?? null, ttltMs: spread(past?.finishMs) ?? null, answers: past?.answers ?? 0 },
    ...{ contextTokens: after, contextShare: share, ...ending },
    ...(preview ? previewInJson(preview) : {}),
  }
}
