/** What answers may be like: `--fail-if 'invalid > 5%'`, the thresholds of the settings, and what passes them. */

import { count, percent } from '../../figures/words.ts'
import type { Settings } from '../../settings/table.ts'
import { drift, isSure, LEAST_ANSWERS, lengthAt, type Quality, RATES, type RateName, shareOf } from '../quality.ts'

type LengthName = 'length.p50' | 'length.p95'

/** What must not be. */
export type Condition =
  | { readonly what: RateName; readonly above: number; readonly said: string }
  /** Tokens, or so many times those of the baseline. */
  | { readonly what: LengthName; readonly above: number; readonly isTimes: boolean; readonly said: string }
  /** The lengths are other than those of the baseline. */
  | { readonly what: 'drift'; readonly said: string }

/** A condition as it is written, or a sentence with what was expected. */
export function conditionIn(text: string): Condition | string {
  const said = text.trim()
  if (said === 'drift') return { what: 'drift', said }
  const [, what, amount, unit] = /^([a-z.\d]+)\s*>\s*(\d+(?:\.\d+)?)\s*(%|x)?$/.exec(said) ?? []
  if ((RATES as readonly (string | undefined)[]).includes(what) && unit === '%')
    return { what: what as RateName, above: Number(amount) / 100, said }
  if ((what === 'length.p50' || what === 'length.p95') && unit !== '%')
    return { what, above: Number(amount), isTimes: unit === 'x', said }
  return `--fail-if takes 'invalid > 5%', 'refused > 1%', 'truncated > 2%', 'length.p95 > 1200', or with --against 'length.p95 > 1.2x' and drift; "${text}" came.`
}

export const needsBaseline = (condition: Condition): boolean =>
  condition.what === 'drift' || ('isTimes' in condition && condition.isTimes)

/** The thresholds of the settings, as conditions. */
export function conditionsOf(settings: Pick<Settings, keyof typeof ALERTS>): readonly Condition[] {
  return Object.entries(ALERTS).flatMap(([key, what]): readonly Condition[] => {
    const above = settings[key as keyof typeof ALERTS]
    return above === null ? [] : [{ what, above, said: `${key} ${percent(above)}` }]
  })
}

/** Settings that say how many may be so. */
const ALERTS = {
  alertInvalidAbove: 'invalid',
  alertRefusedAbove: 'refused',
  alertTruncatedAbove: 'truncated',
} as const satisfies Partial<Record<keyof Settings, RateName>>

/** What is wrong with them, in words. */
const SAID: Readonly<Record<RateName, string>> = {
  invalid: 'did not fit their schema',
  refused: 'were declined',
  truncated: 'were cut short',
}

/** Sentences about what passes a condition; none: all is as it may be. @param baseline null: there is none */
export function passedBy(
  quality: Quality,
  conditions: readonly Condition[],
  baseline: Pick<Quality, 'lengths'> | null,
): readonly string[] {
  return conditions.flatMap((condition) => {
    const why = passes(quality, condition, baseline)
    return why === null ? [] : [`${why} (${condition.said}).`]
  })
}

/** Sentences about conditions that nothing was measured for: whoever asks for one cannot take that for a pass. */
export function unmeasured(quality: Quality, conditions: readonly Condition[]): readonly string[] {
  return conditions.flatMap((condition) => {
    const { what, said } = condition
    if (what === 'drift' || ('isTimes' in condition && condition.isTimes)) return []
    if (what === 'length.p50' || what === 'length.p95')
      return lengthAt(quality, 50) === null ? [`Nothing was measured: there is no whole answer (${said}).`] : []
    if (quality[what].of > 0) return []
    return [`Nothing was measured: there is no answer${what === 'invalid' ? ' held to a schema' : ''} (${said}).`]
  })
}

function passes(quality: Quality, condition: Condition, baseline: Pick<Quality, 'lengths'> | null): string | null {
  switch (condition.what) {
    case 'drift': {
      const found = baseline && drift(quality.lengths, baseline.lengths)
      if (found === null)
        return `Lengths could not be compared: ${LEAST_ANSWERS} whole answers are needed on either side, and there are ${quality.lengths.length} now, ${baseline?.lengths.length ?? 0} in the baseline`
      return isSure(found) ? 'Answers are no longer as long as those of the baseline' : null
    }
    case 'length.p50':
    case 'length.p95': {
      const p = condition.what === 'length.p50' ? 50 : 95
      const now = lengthAt(quality, p)
      const before = baseline && lengthAt(baseline, p)
      if (condition.isTimes && (now === null || before === null))
        return `Lengths could not be compared: there is no whole answer ${now === null ? 'now' : 'in the baseline'}`
      const most = condition.isTimes ? (before ?? Number.POSITIVE_INFINITY) * condition.above : condition.above
      return now !== null && now > most ? `Answers have ${Math.round(now)} tokens at p${p}` : null
    }
    default: {
      const rate = quality[condition.what]
      const share = shareOf(rate)
      return share !== null && share > condition.above
        ? `${percent(share)} of ${count(rate.of, 'answer')} ${SAID[condition.what]}`
        : null
    }
  }
}

/** The same of the last answers, where there are enough to speak of a share. */
export function alertsOf(quality: Quality, settings: Parameters<typeof conditionsOf>[0]): readonly string[] {
  const spoken = conditionsOf(settings).filter(({ what }) => quality[what as RateName].of >= LEAST_ANSWERS)
  return passedBy(quality, spoken, null)
}
