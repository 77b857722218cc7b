/** Promises about times: what the settings `sloTtft` and `sloTotal` say, and whether turns kept to them. */

import { count, duration } from '../../figures/words.ts'
import { type Models, modelCard, shortName } from '../../models.ts'
import { waitsFor } from '../../weather/resilience.ts'
import { percentile } from '../stats/percentile.ts'
import type { Unfinished } from './tally.ts'
import { merged, TENTHS } from './times.ts'

/** Of 100 turns so many keep to it. */
const PERCENT = 95
/** Below so many turns the slowest one decides alone. */
const FEW = 20

/** How long 95 of 100 turns may take, in ms: of all models, and of those that are named. */
export interface Limit {
  readonly usualMs: number
  readonly byModel: Readonly<Record<string, number>>
}

/** `1s`, or `1s,deep=3s,claude-haiku-5-5=400ms`. The setting has been checked. */
export function limitOf(setting: string, models: Models): Limit {
  const [usual = '', ...named] = setting.split(',')
  const byModel = named.map((one) => {
    const [name = '', time = ''] = one.split('=')
    return [modelCard(name, models).id, waitsFor(time)!] as const
  })
  return { usualMs: waitsFor(usual)!, byModel: Object.fromEntries(byModel) }
}

export interface Slo {
  readonly what: 'ttft' | 'total'
  /** null: all models that have no limit of their own. */
  readonly model: string | null
  readonly limitMs: number
  /** What 95 of 100 turns kept to; null: there were none. */
  readonly p95Ms: number | null
  readonly n: number
  /** null: nothing was measured. */
  readonly isKept: boolean | null
}

/**
 * @param finished models that have answered to the end
 * @param risingOf times of the finished turns of these models, tenths in rising order
 */
export function slosOf(
  limits: Readonly<Record<Slo['what'], Limit>>,
  finished: readonly string[],
  risingOf: (what: Slo['what'], models: readonly string[]) => Int32Array,
  unfinished: readonly Unfinished[] = [],
): readonly Slo[] {
  const used = [...new Set([...finished, ...unfinished.map(({ model }) => model)])]
  return (['ttft', 'total'] as const).flatMap((what) => {
    const { usualMs, byModel } = limits[what]
    const own = used.filter((model) => Object.hasOwn(byModel, model))
    const rest = used.filter((model) => !Object.hasOwn(byModel, model))
    const one = (model: string | null, models: readonly string[], limitMs: number): Slo => {
      const given = unfinished
        .filter((turn) => models.includes(turn.model))
        .flatMap((turn) => waitOf(turn, what, limitMs))
      const ended = models.filter((model) => finished.includes(model))
      const sorted = merged([risingOf(what, ended), Int32Array.from(given, (ms) => Math.round(ms * TENTHS)).sort()])
      const p95 = percentile(sorted, PERCENT)
      const p95Ms = p95 === null ? null : p95 / TENTHS
      return { what, model, limitMs, p95Ms, n: sorted.length, isKept: p95Ms === null ? null : p95Ms <= limitMs }
    }
    return [
      ...(rest.length > 0 || own.length === 0 ? [one(null, rest, usualMs)] : []),
      ...own.map((model) => one(model, [model], byModel[model]!)),
    ]
  })
}

/**
 * What a turn that was given up, or failed, says of a promise, in ms: a first word that came is one, and whatever had not come when
 * the limit was over has missed it. Nothing else is known of it.
 */
function waitOf({ ttftMs, ttltMs }: Unfinished, what: Slo['what'], limitMs: number): readonly number[] {
  if (what === 'ttft' && ttftMs !== null) return [ttftMs]
  return ttltMs > limitMs ? [ttltMs] : []
}

/** `First word, p95: 1.4s of 1.0s: missed (4,312 turns)` */
export function saySlo({ what, model, limitMs, p95Ms, n, isKept }: Slo, models: Models): string {
  const name = `${what === 'ttft' ? 'first word' : 'whole answer'}${model === null ? '' : `, ${shortName(model, models)}`}`
  if (p95Ms === null) return `${name}: nothing was measured, limit ${duration(limitMs)}`
  const verdict = isKept ? 'kept' : 'missed'
  const few = n < FEW ? ', too few to mean much' : ''
  return `${name}: p95 ${duration(p95Ms)}, limit ${duration(limitMs)}: ${verdict} (${count(n, 'turn')}${few})`
}
