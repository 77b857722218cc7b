/** What `/lever` says: every lever, its value and who set it, and what it does to cost and speed, with this conversation's numbers. */

import { saved } from '../../cache/ledger.ts'
import type { Choices } from '../../conversation/choices.ts'
import type { State } from '../../conversation.ts'
import { money, percent, tokens } from '../../figures/words.ts'
import { about } from '../../figures.ts'
import { ALIASES, type ModelCard, modelCard, priceFor } from '../../models.ts'
import { CONCISE_TOKENS } from '../../request/concise.ts'
import { effortInVain, usualEffort } from '../../request/manner.ts'
import { planRequest } from '../../request/plan.ts'
import type { Settings } from '../../settings.ts'
import type { Remark } from '../../text/remark.ts'
import { summariseFrom } from '../../window/compaction/when.ts'
import { promptSize } from '../../window/meter.ts'
import { LEVER_NAMES, LEVERS, type LeverName } from '../levers.ts'
import { presetsWith } from '../presets.ts'
import { type OldLever, takes } from '../sampling.ts'

/** Who set a lever's value, in words. */
export type Origins = (name: LeverName) => string

/** @param names of the levers to tell of; absent: all */
export function leverReport(
  state: State,
  rows: Settings['presets'],
  origin: Origins,
  names: readonly LeverName[] = LEVER_NAMES,
): Remark {
  const list = names.map((name) => {
    const value = leverValue(name, state.choices)
    const by = name === 'preset' ? '' : `${origin(name)} · `
    return [`${name} ${value}`.trimEnd(), `${by}${effect(name, state, rows)}`] as const
  })
  return [{ list }, '', 'Change one with /lever effort low. For every conversation: claude-tui config set effort low.']
}

/** A lever's value as `/lever` takes it. */
export function leverValue(name: LeverName, choices: Choices): string {
  switch (name) {
    case 'effort':
      return choices.effort ?? 'auto'
    case 'max-tokens':
      return choices.maxTokens === null ? 'auto' : String(choices.maxTokens)
    case 'concise':
      return choices.concise ? 'on' : 'off'
    case 'cache-ttl':
      return choices.cacheTtl ?? 'auto'
    case 'summarise-at':
      return percent(choices.summariseAt)
    case 'prefill':
      return choices.prefill ?? 'off'
    case 'preset':
      return ''
    case 'model':
    case 'thinking':
      return choices[name]
    default:
      return String(choices[LEVERS[name]] ?? 'none')
  }
}

function effect(name: LeverName, state: State, rows: Settings['presets']): string {
  const { choices, models, turns } = state
  const card = modelCard(choices.model, models)
  const short = nameOf(card)
  const size = promptSize({ ...state, live: null }).value
  const price = priceFor(card, size)
  const answers = turns.flatMap(({ usage, end }) => (usage && end?.type === 'finished' ? [usage] : []))
  const output = answers.reduce((sum, usage) => sum + usage.output, 0)
  const usd = (count: number) => (price ? money((count * price.output) / 1e6) : null)
  switch (name) {
    case 'model':
      return priceOfReading(state, size)
    case 'effort': {
      const vain = effortInVain(choices, card)
      if (vain) return vain
      if (choices.features === 'plain') return 'this server is sent none'
      const usual = usualEffort(choices, card)
      if (!usual) return `${short} has none to choose`
      const legal = `${card.efforts.join(', ')}; auto is ${usual} here`
      const thought = answers.reduce((sum, usage) => sum + (usage.thinking ?? 0), 0)
      if (output === 0 || answers.every(({ thinking }) => thinking === null))
        return `more is slower and dearer: ${legal}`
      const cost = usd(thought)
      return `thinking was ${percent(thought / output)} of the output here${cost ? `, ${cost}` : ''}: ${legal}`
    }
    case 'max-tokens': {
      const { maxTokens } = planRequest(state, '')
      const most = usd(maxTokens)
      const longest = Math.max(0, ...answers.map((usage) => usage.output))
      const here = longest > 0 ? `; the longest here had ${tokens(longest)} tokens` : ''
      return `an answer ends after ${tokens(maxTokens)} tokens, thinking included${most ? `, ${most} at most` : ''}${here}`
    }
    case 'concise': {
      const mean = answers.length > 0 ? output / answers.length : 0
      const cost = usd(mean)
      const here = mean > 0 ? `; answers here have ${tokens(mean)} tokens on average${cost ? `, ${cost}` : ''}` : ''
      return `~${CONCISE_TOKENS} tokens more with each question, fewer in the answer${here}`
    }
    case 'thinking':
      return 'summarised can be read with Ctrl+T; hidden costs the same, and shows nothing'
    case 'cache-ttl': {
      if (choices.features === 'plain') return 'this server is sent no cache marks'
      const usdSaved = saved(state)
      const here =
        usdSaved !== null && turns.length > 0
          ? `; the cache has ${usdSaved < 0 ? 'cost' : 'saved'} ${money(Math.abs(usdSaved))} here`
          : ''
      return `writing for an hour costs 2, for 5 minutes 1.25 times the input; auto weighs that${here}`
    }
    case 'summarise-at': {
      const from = summariseFrom(card, choices)
      return from === null
        ? `the window of ${short} is unknown: nothing is summarised by itself`
        : `from ${tokens(from)} tokens on a summary stands for the beginning; there are ${tokens(size)} now`
    }
    case 'preset':
      return presetsWith(rows)
        .map((preset) => preset.name)
        .join(', ')
    case 'temperature':
    case 'top-p':
    case 'prefill':
      return oldLever(name === 'top-p' ? 'topP' : name, choices, card)
  }
}

function oldLever(lever: OldLever, choices: Choices, card: ModelCard): string {
  if (!takes(lever, choices, card)) return `${nameOf(card)} takes none here; effort and the prompt do its work`
  return choices[lever] == null ? 'not sent: as the server does' : 'sent with each question'
}

/** What the next prompt costs anew on the aliases' models, the present one first. */
function priceOfReading({ choices, models }: State, size: number): string {
  const own = modelCard(choices.model, models)
  const others = Object.keys(ALIASES)
    .map((name) => [name, modelCard(name, models)] as const)
    .filter(([, card]) => card.id !== own.id)
  const told = (name: string, card: ModelCard) => {
    const price = priceFor(card, size)
    if (!price) return `${name} price unknown`
    return size === 0
      ? `${name} ${money(price.input)} in, ${money(price.output)} out per M`
      : `${name} ${about(money((size * price.input) / 1e6))}`
  }
  const all = [
    told(nameOf(own), own),
    ...(choices.features === 'full' ? others.map(([name, card]) => told(name, card)) : []),
  ]
  return size === 0 ? all.join('; ') : `reading these ~${tokens(size)} tokens anew: ${all.join(', ')}`
}

const nameOf = ({ name }: ModelCard) => name.replace(/^Claude /, '')
