/** What `claude-tui what-if` says: what was billed, what the same comes to on paper, and what it would have been. */

import { count, money, moneyApart, percent } from '../../figures/words.ts'
import { type Models, shortName } from '../../models.ts'
import type { Remark } from '../../text/remark.ts'
import type { Change, Replayed } from './replay.ts'

export interface WhatIf {
  /** `2026-10-23`; null: from the beginning. */
  readonly since: string | null
  readonly conversations: number
  /** Answers that were rows of batches. */
  readonly batchRows: number
  /** As the ledger has it; US dollars as far as prices are known. */
  readonly billedUsd: number
  /** Some of it is an estimate. */
  readonly billedIsEstimate: boolean
  /** The same requests on paper, with nothing changed: how near it comes is how far the rest can be trusted. */
  readonly again: Replayed
  readonly changed: Replayed
  readonly change: Change
}

/** What the paper is off by from what was billed, as a share; null: nothing was billed. */
export const offBy = ({ again, billedUsd }: Pick<WhatIf, 'again' | 'billedUsd'>): number | null =>
  billedUsd === 0 ? null : Math.abs(again.usd - billedUsd) / billedUsd

export function whatIfReport(found: WhatIf, models: Models): Remark {
  const { again, changed, change, billedUsd, billedIsEstimate, conversations, batchRows, since } = found
  const off = offBy(found)
  // By the same sums, so that what they are off by is in both.
  const less = again.usd - changed.usd
  const [, usd] = moneyApart(again.usd, changed.usd)
  const share = again.usd > 0 ? ` (${percent(Math.abs(less) / again.usd)})` : ''
  const verdict = Math.abs(less) < 1e-9 ? 'the same' : `~${money(Math.abs(less))} ${less > 0 ? 'less' : 'more'}${share}`
  const where = conversations > 0 || batchRows === 0 ? ` in ${count(conversations, 'conversation')}` : ''
  const rows = batchRows > 0 ? `, ${batchRows.toLocaleString('en-US')} of them rows of batches` : ''
  const size = `${count(again.answers, 'answer')}${where}${rows}`
  return [
    {
      list: [
        [
          'as billed',
          `${billedIsEstimate ? '~' : ''}${money(billedUsd)}, ${size}${since === null ? '' : ` since ${since}`}`,
        ],
        [
          'on paper',
          `~${money(again.usd)} for the same once more${off === null ? '' : `, off by ${percent(off)}`}; ${cache(again)}`,
        ],
        [named(change, models), `~${usd}, ${verdict}; ${cache(changed)}`],
      ],
    },
    ...notes(found, models).flatMap((note) => ['', note]),
  ]
}

const cache = ({ promptTokens, readTokens }: Replayed) =>
  promptTokens === 0 ? 'no prompts' : `${percent(readTokens / promptTokens)} of the prompts from the cache`

function named({ model, cacheTtl, summariseAt, batch }: Change, models: Models): string {
  const words = [
    ...(model === undefined ? [] : [shortName(model, models)]),
    ...(cacheTtl === undefined ? [] : [`cache ${cacheTtl}`]),
    ...(summariseAt === undefined ? [] : [`summaries at ${percent(summariseAt)}`]),
    ...(batch ? ['in batches'] : []),
  ]
  return `what if: ${words.join(', ')}`
}

/** What nobody can know, and what was assumed in its place. */
function notes({ again, changed, change, batchRows }: WhatIf, models: Models): readonly string[] {
  const { model, cacheTtl, summariseAt, batch } = change
  return [
    ...(model === undefined
      ? []
      : [
          `How long the answers of ${shortName(model, models)} would be is not known: they are taken to say as much, counted in its own tokens. So is whether they would do.`,
        ]),
    ...(changed.tooLong > again.tooLong
      ? [`${count(changed.tooLong - again.tooLong, 'prompt')} would not fit into its window.`]
      : []),
    ...(changed.unpriced > 0 ? [`${count(changed.unpriced, 'answer')} have no known price, and are in no sum.`] : []),
    ...(cacheTtl === 'auto'
      ? ['auto chooses by your pauses as they came, the long ones unknown before they were made.']
      : []),
    ...(summariseAt === undefined
      ? []
      : [
          `${count(changed.summaries, 'summary', 'summaries')} would have been made, sizes estimated; what they would have lost is not known. Those that were made stay on the bill.`,
        ]),
    ...(batch
      ? [
          'Batches are answered within a day, not while you wait; that what was read from the cache would be there is assumed.',
        ]
      : []),
    ...(batchRows > 0 && (batch || model !== undefined)
      ? [
          `Rows of batches are priced anew by the tokens they had, with what they read from the cache${batch ? '; those that were at half the price stay so' : ''}.`,
        ]
      : []),
    `Titles, failed attempts${batchRows > 0 && !batch && model === undefined ? ', rows of batches' : ''} and other calls beside the turns are taken as they were. Nothing was sent.`,
  ]
}
