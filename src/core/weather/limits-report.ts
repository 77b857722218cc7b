/** What is said of rate limits: a report of all of them, an alert of one that runs out, a line for a script. */

import type { State } from '../conversation.ts'
import { duration, percent, tokens } from '../figures/words.ts'
import { modelCard } from '../models.ts'
import type { Listing, Remark } from '../text/remark.ts'
import { sanitiseLine } from '../text/sanitise.ts'
import { outputTokens } from '../turn/turns.ts'
import type { Limits, Ms } from '../turn.ts'
import { ALERT_FROM, type Gauge, gauges, parallel, tightest } from './limits.ts'

/** Cells of a bar. */
const CELLS = 20
/** Requests at once that are worth telling apart. */
const MANY = 1_000

const amount = ({ name }: Pick<Gauge, 'name'>, n: number) =>
  name === 'requests' ? n.toLocaleString('en-US') : tokens(n)

const bar = (used: number) => {
  const full = Math.min(CELLS, Math.round(used * CELLS))
  return '━'.repeat(full) + '─'.repeat(CELLS - full)
}

function sayFull({ fullInMs, used }: Gauge): string {
  if (used === 0) return 'full'
  return fullInMs === null ? 'when it is full again the server did not say' : `full again in ${duration(fullInMs)}`
}

/** `/limits` in words. @param bars whether they are drawn, too */
export function limitsReport(state: State, now: Ms, bars: boolean): Remark {
  const told = Object.entries(state.limits)
    .map(([model, limits]) => ({ model, limits, rows: gauges(limits, now) }))
    .filter(({ rows }) => rows.length > 0)
  if (told.length === 0) {
    return state.turns.length === 0
      ? 'Nothing is known of rate limits yet: the server tells them with its first answer.'
      : 'This server tells no rate limits.'
  }
  const parts = told.flatMap(({ model, limits, rows }): readonly (string | Listing)[] => [
    `Rate limits of ${nameOf(state, model)}, as the server told them last:`,
    {
      list: rows.map((one) => [
        one.counts,
        `${bars ? `${bar(one.used)} ` : ''}${percent(one.used)} used · ${amount(one, one.remaining)} of ${amount(one, one.limit)} left · ${sayFull(one)}`,
      ]),
    },
    ...fitting(state, model, limits, now),
    '',
  ])
  return [...parts, 'What is read from the prompt cache does not count against input tokens.']
}

const nameOf = ({ models }: State, model: string) => sanitiseLine(modelCard(model, models).name.replace(/^Claude /, ''))

/** How many requests like the last one fit at once; nothing before there was one. */
function fitting(state: State, model: string, limits: Limits, now: Ms): readonly string[] {
  const turn = state.turns.findLast((one) => one.usage !== null && one.model === model)
  if (!turn?.usage) return []
  const { input, cacheWrite5m, cacheWrite1h } = turn.usage
  const need = { inputTokens: input + cacheWrite5m + cacheWrite1h, outputTokens: outputTokens(turn)?.value ?? 0 }
  const { requests, by } = parallel(limits, need, now, MANY)
  const why = by ? ` (${by.counts} hold back first)` : ''
  return [`Of requests like the last one ${requests < MANY ? requests : 'a thousand and more'} fit at once${why}.`]
}

/** Limits that run out, in a sentence or two. @param fresh at least one */
export function sayAlert(fresh: readonly Gauge[], model: string): string {
  const [most, ...others] = [...fresh].sort((a, b) => b.used - a.used) as [Gauge, ...Gauge[]]
  const left = `${amount(most, most.remaining)} of ${amount(most, most.limit)} are left`
  const full = most.fullInMs === null ? '' : `, and all of them again in ${duration(most.fullInMs)}`
  const also = others.map(({ used, counts }) => `${percent(used)} of the ${counts}`).join(', ')
  const more = also === '' ? '' : ` Also ${also}.`
  return `${percent(most.used)} of the ${most.counts} a minute of ${model} are used: ${left}${full}.${more} /limits shows all.`
}

/** A line below the figures of a call; null: nothing is short. */
export function limitsLine(limits: Limits, now: Ms): string | null {
  const gauge = tightest(limits, now)
  if (!gauge || gauge.used < ALERT_FROM) return null
  const left = `${amount(gauge, gauge.remaining)} of ${amount(gauge, gauge.limit)} left`
  return `rate limit: ${percent(gauge.used)} of the ${gauge.counts} used · ${left} · ${sayFull(gauge)}`
}
