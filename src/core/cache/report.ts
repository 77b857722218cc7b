/** What `/cache` says: what is held and for how long, what it saves, what it missed and why, and what would be better. */

import type { Question } from '../attachments.ts'
import { type CachePlan, planCache, systemCacheable } from '../cache.ts'
import type { State } from '../conversation.ts'
import { count, money, percent, tokens } from '../figures/words.ts'
import { about } from '../figures.ts'
import { type ModelCard, modelCard } from '../models.ts'
import type { CacheTtl } from '../request.ts'
import type { Remark } from '../text/remark.ts'
import type { Ms } from '../turn.ts'
import { estimateTokens } from '../window/context.ts'
import { clock, coldSend, standing } from './cold-send.ts'
import { type CacheEntry, isAlive, promptAfter } from './entries.ts'
import { belowMinimum, hitRatio, LOW_RATIO, leftOf, saved, type Verdict, verdicts } from './ledger.ts'
import type { BreakEven } from './lifetime.ts'
import { ASSUMED_CHANCE } from './pauses.ts'

/** Misses that are told one by one, the latest first, and turns that are searched for them. */
const TOLD = 5
const SEARCHED = 50

const LIFE: Readonly<Record<CacheTtl, string>> = { '5m': '5 minutes', '1h': 'an hour' }

/** @param now on the clock of the turns' times, with what it has slept through */
export function cacheReport(state: State, draft: Question, now: Ms): Remark {
  const { choices, models, turns } = state
  const card = modelCard(choices.model, models)
  if (choices.features === 'plain')
    return 'This server is sent no cache marks. The setting serverFeatures says otherwise.'
  if (choices.cacheTtl === 'off')
    return 'The prompt cache is off: nothing is marked. The setting cacheTtl, or --cache-ttl, says otherwise.'
  if (card.minCache === null) return `The shortest prompt that ${card.name} caches is unknown, so nothing is marked.`
  const plan = planCache(state, promptAfter(state, turns, draft), now)
  const missed = verdicts(state, SEARCHED).filter(({ kind }) => kind === 'miss' || kind === 'part')
  return [
    { list: [...held(state, plan, now), ...nextSend(state, draft, now), ...soFar(state)] },
    '',
    plan.weighed
      ? `${breakEvenInWords(plan.weighed)} ${pausesInWords(state, plan.weighed)}`
      : lifetimeInWords(plan, state, card),
    ...(missed.length > 0 ? ['', { list: missed.slice(0, TOLD).map(missInWords) }] : []),
    ...advice(state, missed).flatMap((line) => ['', line]),
  ]
}

/** Why there was nothing to weigh. */
function lifetimeInWords({ marks }: CachePlan, { choices }: State, card: ModelCard): string {
  if (marks.end === null && marks.system === null)
    return `Nothing is marked yet: the prompt is below ${card.name}'s minimum of ${tokens(card.minCache ?? 0)} tokens.`
  const life = `Everything is written for ${LIFE[marks.end ?? '5m']}`
  if ((choices.cacheTtl ?? 'auto') === 'auto') return `${life}: there is too little yet for a pause to cost anything.`
  return `${life}, as chosen.`
}

type Row = readonly [name: string, means: string]

function held(state: State, { held: longest, hour, marks }: ReturnType<typeof planCache>, now: Ms): readonly Row[] {
  const entry = (one: CacheEntry): Row => [
    'held',
    `${tokens(one.tokens)} tokens, up to question ${one.turn}, for ${LIFE[one.ttl]}: ${clock(leftOf(one, now))} left`,
  ]
  const both = [longest, hour && hour.turn !== longest?.turn ? hour : null].filter(
    (one) => one !== null && isAlive(one, now),
  )
  const rows = both.map((one) => entry(one!))
  const { system } = state.choices
  const card = modelCard(state.choices.model, state.models)
  const isSystem = system !== null && marks.system !== null && systemCacheable(card, system) === true
  if (isSystem)
    rows.push(['marked', `the system prompt, ~${tokens(estimateTokens(system))} tokens, for other conversations, too`])
  return rows.length > 0 ? rows : [['held', 'nothing that is known of']]
}

function nextSend(state: State, draft: Question, now: Ms): readonly Row[] {
  const known = standing(state, now)
  if (!known) return []
  const { leftMs, warmUsd, coldUsd } = coldSend(known, draft, now)
  const prices = [`${about(money(warmUsd))} while it is held`, `${about(money(coldUsd))} when it is gone`]
  return [['next prompt', leftMs > 0 ? prices.join(', ') : prices.reverse().join(' (now), ')]]
}

function soFar(state: State): readonly Row[] {
  const usd = saved(state)
  const ratio = hitRatio(state)
  return [
    ...(usd === null
      ? []
      : [
          usd < 0
            ? (['spent', `${money(-usd)} more than plain input would have cost; it pays with what follows`] as const)
            : (['saved', `${money(usd)} so far, against plain input`] as const),
        ]),
    ...(ratio === null ? [] : [['hit ratio', `${percent(ratio)} of all prompts after the first`] as const]),
  ]
}

/** Up to here, what is assumed of a chance is too little to be spoken of. */
const LITTLE_ASSUMED = 0.1

/** What an hour costs and what it is worth, for the next question. */
function breakEvenInWords({ best, chance, assumed, from, fresh, atStake }: BreakEven): string {
  const sizes = `An hour instead of 5 minutes costs more for ~${tokens(fresh)} new tokens, and saves ~${tokens(atStake)} from a pause of 5 to 60 minutes.`
  if (atStake === 0 || from > 1) return `${sizes} It never pays here: 5 minutes.`
  return `${sizes} It pays from a chance of ${percent(from)} on; ${assumed > LITTLE_ASSUMED ? 'it is taken to be' : 'yours is'} ${about(percent(chance))}: ${LIFE[best]}.`
}

/** What the chance rests on: what was measured of this person, and what is only assumed. */
function pausesInWords({ turns, branches, habit }: State, { assumed }: BreakEven): string {
  const here = turns.length + branches.length
  const others = habit?.pauses ?? 0
  const said = [
    ...(here > 0 ? [`by ${count(here, 'pause')} here, the one that runs included`] : []),
    ...(others > 0 ? [`${here > 0 ? 'a little ' : ''}by ${count(others, 'pause')} of other conversations`] : []),
  ]
  const usual = `that ${percent(ASSUMED_CHANCE)} of all pauses are such`
  if (said.length === 0) return `Nothing is known of your pauses yet; assumed is ${usual}.`
  const weight =
    assumed > LITTLE_ASSUMED ? `; for want of more, ${about(percent(assumed))} of it is the assumption ${usual}` : ''
  return `Measured ${said.join(', and ')}${weight}.`
}

const missInWords = ({ turn, read, left, why }: Verdict): Row => [
  `turn ${turn}`,
  `read ${tokens(read)} of ${tokens(left)} tokens: ${why.join('; ')}`,
]

function advice(state: State, missed: readonly Verdict[]): readonly string[] {
  const { system } = state.choices
  const said: string[] = []
  const short = system === null ? null : belowMinimum(state, estimateTokens(system))
  if (short) said.push(`To note: ${short}, so it is cached only together with the conversation.`)
  const whys = missed.flatMap(({ why }) => why)
  if (whys.some((why) => /model|effort/.test(why)))
    said.push(
      'Each change of model, effort or system prompt reads the whole conversation anew: best before it is long.',
    )
  const ratio = hitRatio(state)
  if (whys.some((why) => why.includes('kept 5 minutes')) && ratio !== null && ratio < LOW_RATIO)
    said.push(
      'Pauses made it go cold: --cache-ttl 1h holds it longer, and the key in the line above the bar keeps it warm.',
    )
  return said
}
