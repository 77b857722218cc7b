/**
 * The arms of a bench: what is compared. An arm is a way to ask; the grid has one for each model, effort, state of the
 * cache and size, and `--vs` makes one more out of another by changing a single thing.
 */

import type { Choices } from '../../conversation/choices.ts'
import type { State } from '../../conversation.ts'
import { tokens } from '../../figures/words.ts'
import { type LeverName, pulled } from '../../models/levers.ts'
import { type OldLever, sayNotTaken, takes } from '../../models/sampling.ts'
import { CATALOGUE, modelCard, shortName } from '../../models.ts'
import { sayProblem } from '../../problem.ts'
import type { Settings } from '../../settings.ts'
import { settingRow } from '../../settings.ts'

/** off: nothing is marked; cold: marked, and new each time; warm: marked, and read again each time. */
export type CacheState = 'off' | 'cold' | 'warm'
export const CACHE_STATES: readonly CacheState[] = ['off', 'cold', 'warm']

export interface Arm {
  readonly name: string
  readonly choices: Choices
  readonly cache: CacheState
  /** Tokens of padding before the prompt, about; 0: none. */
  readonly padding: number
  /** The prefix is read into the cache right before, in a request of its own. */
  readonly isPrewarmed?: true
  /** Runs of blanks and lines that were said already are left out of the prompt. */
  readonly isTrimmed?: true
  readonly isFast?: true
  /** Images are sent in this size; absent: as the settings say. */
  readonly imageSize?: Settings['imageSize']
}

export interface Grid {
  readonly models: readonly string[]
  /** null: as recommended. */
  readonly efforts: readonly (string | null)[]
  readonly caches: readonly CacheState[]
  readonly sizes: readonly number[]
}

type Rows = Settings['presets']

/** Every combination, named by what tells it from the others; a sentence when one of them cannot be asked. */
export function armsOf(state: State, grid: Grid, rows: Rows): readonly Arm[] | string {
  const arms: Arm[] = []
  for (const model of grid.models)
    for (const effort of grid.efforts)
      for (const cache of grid.caches)
        for (const padding of grid.sizes) {
          const choices = chosen(state, [...of('model', model), ...of('effort', effort)], rows)
          if (typeof choices === 'string') return choices
          const parts = [
            shortName(modelCard(choices.model, state.models).id, state.models),
            ...(grid.efforts.length > 1 ? [effort ?? 'auto'] : []),
            ...(grid.caches.length > 1 ? [cache] : []),
            ...(grid.sizes.length > 1 ? [tokens(padding)] : []),
          ]
          arms.push({ name: parts.join(' '), choices, cache, padding })
        }
  return arms
}

const of = (lever: LeverName, value: string | null): readonly (readonly [LeverName, string])[] =>
  value === null ? [] : [[lever, value]]

function chosen(state: State, levers: readonly (readonly [LeverName, string])[], rows: Rows): Choices | string {
  let { choices } = state
  for (const [lever, value] of levers) {
    const change = pulled({ ...state, choices }, lever, value, rows)
    if (typeof change === 'string') return change
    choices = { ...choices, ...change }
  }
  return choices
}

/** What `--vs` can change, with what it becomes when nobody says. null: a value has to be given. */
const VS_LEVERS = {
  caching: 'warm',
  model: null,
  effort: 'low',
  'max-tokens': null,
  concise: 'on',
  trim: 'on',
  streaming: 'off',
  prewarm: 'on',
  'fast-mode': 'on',
  'image-size': '720p',
  temperature: null,
  'top-p': null,
  prefill: null,
} as const satisfies Readonly<Record<string, string | null>>

export type VsLever = keyof typeof VS_LEVERS

const isVsLever = (name: string): name is VsLever => Object.hasOwn(VS_LEVERS, name)

export interface Versus {
  /** What the others are held against. */
  readonly baseline: Arm
  readonly others: readonly Arm[]
}

/**
 * A baseline and what it is compared with, out of `LEVER` or `LEVER=VALUE,VALUE`; a sentence when that cannot be.
 * @param arm the only one of the grid
 * @param hasImages something is attached that has a size
 */
export function versus(state: State, arm: Arm, given: string, rows: Rows, hasImages: boolean): Versus | string {
  const [, typed = '', said] = /^([^=]*)(?:=([\s\S]*))?$/.exec(given.trim())!
  const lever = typed.trim().toLowerCase()
  const names = Object.keys(VS_LEVERS).join(', ')
  if (!isVsLever(lever)) return `--vs changes one of ${names}; "${typed}" came.`
  const usual = VS_LEVERS[lever]
  const value = said ?? usual
  if (value === null) return `--vs ${lever} needs a value to compare with: --vs ${lever}=${EXAMPLES[lever] ?? 'VALUE'}`
  const values = lever === 'prefill' ? [value] : value.split(',').map((one) => one.trim())
  const base = baselineOf(arm, lever)
  const others: Arm[] = []
  for (const one of values) {
    const other = changed(state, base, lever, one, rows, hasImages)
    if (typeof other === 'string') return other
    others.push({ ...other, name: `${lever} ${one}` })
  }
  return { baseline: { ...base, name: 'baseline' }, others }
}

const EXAMPLES: Readonly<Partial<Record<VsLever, string>>> = {
  model: 'fast',
  'max-tokens': '256',
  temperature: '0,0.5,1',
  'top-p': '0.5,0.9',
  prefill: '{',
}

/** Warming pays where nothing is warm; a lever of the cache is compared with no cache. */
function baselineOf(arm: Arm, lever: VsLever): Arm {
  if (lever === 'prewarm') return { ...arm, cache: 'cold' }
  return lever === 'caching' ? { ...arm, cache: 'off' } : arm
}

const ON_OFF = { on: true, off: false } as const

function changed(state: State, arm: Arm, lever: VsLever, value: string, rows: Rows, hasImages: boolean): Arm | string {
  const isSwitch = Object.hasOwn(ON_OFF, value)
  const [isOn, want] = [value === 'on', `--vs ${lever} takes on or off; "${value}" came.`]
  const { choices } = arm
  switch (lever) {
    case 'caching': {
      const cache = value === 'on' ? 'warm' : value
      if (!CACHE_STATES.includes(cache as CacheState)) return `--vs caching takes off, cold or warm; "${value}" came.`
      return { ...arm, cache: cache as CacheState }
    }
    case 'streaming':
      return isSwitch ? { ...arm, choices: { ...choices, stream: isOn } } : want
    case 'trim':
      return isSwitch ? { ...arm, ...(isOn && { isTrimmed: true as const }) } : want
    case 'prewarm':
      return isSwitch ? { ...arm, ...(isOn && { isPrewarmed: true as const }) } : want
    case 'fast-mode': {
      if (!isSwitch) return want
      const card = modelCard(choices.model, state.models)
      const fast = state.models.filter(({ fastMode }) => fastMode).map(({ id }) => shortName(id, state.models))
      if (isOn && !card.fastMode)
        return `${shortName(card.id, state.models)} has no fast mode; ${fast.join(', ')} have: --models deep --vs fast-mode`
      return { ...arm, ...(isOn && { isFast: true as const }) }
    }
    case 'image-size': {
      if (!hasImages) return '--vs image-size compares the sizes of an image, and none is attached. Add --attach FILE.'
      const read = settingRow('imageSize').parse(value)
      if ('problem' in read) return sayProblem({ ...read.problem, where: '--vs image-size' })
      return { ...arm, imageSize: read.value as Settings['imageSize'] }
    }
    default: {
      const refused = refusal(arm, lever)
      if (refused !== null && value !== 'off') return refused
      const change = pulled({ ...state, choices }, lever, value, rows)
      return typeof change === 'string' ? change : { ...arm, choices: { ...choices, ...change } }
    }
  }
}

const OLD: Readonly<Partial<Record<VsLever, OldLever>>> = {
  temperature: 'temperature',
  'top-p': 'topP',
  prefill: 'prefill',
}

/** Why every run would be refused, or go without it; null: nothing is known against it. */
function refusal({ choices }: Arm, lever: VsLever): string | null {
  const old = OLD[lever]
  const card = modelCard(choices.model, CATALOGUE)
  return !old || takes(old, choices, card) ? null : sayNotTaken(old, `--vs ${lever}`, card)
}
