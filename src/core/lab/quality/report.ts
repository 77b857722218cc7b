/** What `claude-tui quality` says, in words and as JSON. */

import { count, percent } from '../../figures/words.ts'
import type { Remark } from '../../text/remark.ts'
import {
  drift,
  isSure,
  LEAST_ANSWERS,
  lengthAt,
  type Quality,
  RATES,
  rateChange,
  type Share,
  SURE,
  shareOf,
} from '../quality.ts'

/** How it was before, under a name. */
export interface Baseline {
  readonly name: string
  /** ISO 8601. */
  readonly saved: string
  readonly quality: Quality
}

export interface Look {
  /** In words: `in the last 7 days`. */
  readonly when: string
  readonly all: Quality
  readonly byModel: readonly (readonly [model: string, quality: Quality])[]
  readonly baseline: Baseline | null
  /** Sentences about what is not as it may be. */
  readonly alerts: readonly string[]
}

const shown = (rate: Share, none = '–'): string => {
  const share = shareOf(rate)
  return share === null ? none : `${percent(share)} (${rate.count.toLocaleString('en-US')})`
}
const length = (quality: Quality, p: number): string => {
  const at = lengthAt(quality, p)
  return at === null ? '–' : Math.round(at).toLocaleString('en-US')
}

export function qualityReport({ when, all, byModel, baseline, alerts }: Look): Remark {
  const { invalid } = all
  const fit =
    invalid.of === 0 ? null : `${percent(1 - shareOf(invalid)!)} of ${count(invalid.of, 'answer')} held to one`
  const inBatches = all.inBatches > 0 ? `, ${all.inBatches.toLocaleString('en-US')} of them in batches` : ''
  const list: (readonly [string, string])[] = [
    ['answers', `${all.answers.toLocaleString('en-US')} ${when}${inBatches}`],
    ['fit their schema', fit ?? 'none was held to one'],
    ['declined', shown(all.refused)],
    ['cut short', shown(all.truncated)],
    ['length', `p50 ${length(all, 50)}, p95 ${length(all, 95)} tokens, without thinking`],
  ]
  const table = {
    columns: ['answers', 'invalid', 'declined', 'cut', 'p50', 'p95'],
    rows: byModel.map(([name, one]) => ({
      name,
      cells: [
        one.answers.toLocaleString('en-US'),
        ...RATES.map((rate) => shown(one[rate])),
        ...[length(one, 50), length(one, 95)],
      ],
    })),
  }
  return [
    { list: [...list, ...(baseline ? changes(all, baseline) : [])] },
    ...(byModel.length > 1 ? ['', { table }] : []),
    ...alerts.flatMap((alert) => ['', alert]),
  ]
}

function changes(now: Quality, { name, saved, quality: then }: Baseline): readonly (readonly [string, string])[] {
  const found = drift(now.lengths, then.lengths)
  const lengths =
    found === null
      ? `too few answers to compare: ${LEAST_ANSWERS} are needed on either side`
      : `${isSure(found) ? 'another length' : 'as long as then'} (then p50 ${length(then, 50)}, p95 ${length(then, 95)}; Kolmogorov-Smirnov D ${found.by.toFixed(2)}, p ${chance(found.chance)})`
  const rates = RATES.flatMap((rate) => {
    const change = rateChange(now[rate], then[rate])
    if (!isSure(change)) return []
    return [
      [
        `${rate} then`,
        `${shown(then[rate])}, now ${shown(now[rate])}: another rate (z-test, p ${chance(change!.chance)})`,
      ] as const,
    ]
  })
  return [['against', `${name}, saved ${saved.slice(0, 10)}, ${count(then.answers, 'answer')}: ${lengths}`], ...rates]
}

const chance = (p: number) => (p < 0.0001 ? '< 0.0001' : p.toFixed(4))

const rateInJson = (rate: Share) => ({ ...rate, share: shareOf(rate) })

const inJson = (quality: Quality) => ({
  ...{ answers: quality.answers, inBatches: quality.inBatches },
  ...Object.fromEntries(RATES.map((rate) => [rate, rateInJson(quality[rate])])),
  lengthTokens: { p50: lengthAt(quality, 50), p95: lengthAt(quality, 95) },
})

/** Stable names: `answers`, `inBatches`, `invalid`, `refused`, `truncated`, `lengthTokens`, `byModel`, `against`, `alerts`. */
export function qualityInJson({ all, byModel, baseline, alerts }: Look, since: string) {
  const against = baseline && {
    ...{ name: baseline.name, saved: baseline.saved, ...inJson(baseline.quality), surely: SURE },
    drift: drift(all.lengths, baseline.quality.lengths),
    changes: Object.fromEntries(RATES.map((rate) => [rate, rateChange(all[rate], baseline.quality[rate])])),
  }
  return {
    ...{ type: 'quality', since, ...inJson(all) },
    byModel: Object.fromEntries(byModel.map(([model, one]) => [model, inJson(one)])),
    ...{ against, alerts, ok: alerts.length === 0 },
  }
}
