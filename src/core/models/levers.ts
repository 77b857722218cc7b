/**
 * The levers: what a person can move between cost, speed and length, what each may be for the model at hand, and what
 * pulling one makes of the choices. What that costs is known to `levers/cost`, what they tell to `levers/report`.
 */

import { type Completion, matching } from '../chat/commands.ts'
import type { Choices } from '../conversation/choices.ts'
import type { State } from '../conversation.ts'
import { ALIASES, EFFORT_LEVELS, type EffortLevel, isKnown, modelCard, modelNames, suggest } from '../models.ts'
import { sayProblem } from '../problem.ts'
import { effortInVain } from '../request/manner.ts'
import { type SettingKey, type Settings, settingRow } from '../settings.ts'
import { type Preset, presetsWith } from './presets.ts'
import { OLD_LEVERS, type OldLever, prefillProblem, sayNotTaken, takes } from './sampling.ts'

/** In the order they are told in; each with the setting that makes it last, where there is one. */
export const LEVERS = {
  model: 'model',
  effort: 'effort',
  'max-tokens': 'maxTokens',
  concise: 'concise',
  thinking: 'thinking',
  'cache-ttl': 'cacheTtl',
  'summarise-at': 'summariseAt',
  temperature: 'temperature',
  'top-p': 'topP',
  prefill: null,
  preset: null,
} as const satisfies Readonly<Record<string, SettingKey | null>>

export type LeverName = keyof typeof LEVERS
export const LEVER_NAMES = Object.keys(LEVERS) as readonly LeverName[]

export const isLever = (name: string): name is LeverName => Object.hasOwn(LEVERS, name)

type Rows = Settings['presets']

/** A lever and its value out of what was typed behind `/lever`; a sentence when there is none of that name. */
export function leverTyped(argument: string): { readonly name: LeverName; readonly value: string } | string {
  const [, typed = '', value = ''] = /^(\S*)\s*([\s\S]*)$/.exec(argument.trim())!
  const name = typed.toLowerCase()
  if (isLever(name)) return { name, value }
  const [near] = suggest(name, LEVER_NAMES)
  return `There is no lever "${typed}": they are ${LEVER_NAMES.join(', ')}.${near ? ` Did you mean ${near}?` : ''}`
}

/** What the choices become when a lever is pulled; a sentence when it cannot be: what is legal for this model. */
export function pulled(state: State, name: LeverName, value: string, rows: Rows): Partial<Choices> | string {
  const { choices, models } = state
  const card = modelCard(choices.model, models)
  const short = card.name.replace(/^Claude /, '')
  switch (name) {
    case 'model':
      return otherModel(state, value)
    case 'effort': {
      if (value === 'auto') return { effort: null }
      const level = (EFFORT_LEVELS as readonly string[]).includes(value) ? (value as EffortLevel) : null
      if (choices.features === 'full' && card.efforts.length > 0 && !(level && card.efforts.includes(level)))
        return `${short} takes the efforts ${card.efforts.join(', ')}, or auto; "${value}" came.${near(value, card.efforts)}`
      if (level) return effortInVain({ ...choices, effort: level }, card) ?? { effort: level }
      return `effort takes ${EFFORT_LEVELS.join(', ')}, or auto; "${value}" came.${near(value, EFFORT_LEVELS)}`
    }
    case 'preset': {
      const all = presetsWith(rows)
      const names = all.map((preset) => preset.name)
      const preset = all.find((one) => one.name === value)
      return preset ? chosenBy(preset) : `Presets are ${names.join(', ')}; "${value}" came.${near(value, names)}`
    }
    case 'prefill': {
      if (value === 'off') return { prefill: null }
      const problem = prefillProblem(value)
      return problem ? `prefill: ${problem}; off is none.` : oldLever(state, 'prefill', name, value)
    }
    default: {
      const reading = settingRow(LEVERS[name]).parse(value)
      if ('problem' in reading) return `${sayProblem({ ...reading.problem, where: name })}.${nearWord(name, value)}`
      const key = LEVERS[name]
      if ((key === 'temperature' || key === 'topP') && reading.value !== null)
        return oldLever(state, key, name, reading.value as number)
      if (key === 'maxTokens' && card.maxOutput !== null && Number(reading.value) > card.maxOutput)
        return `${short} writes at most ${card.maxOutput} tokens; ${String(reading.value)} came.`
      return { [key]: reading.value } as Partial<Choices>
    }
  }
}

const near = (value: string, names: readonly string[]) => {
  const [one] = suggest(value, names)
  return one ? ` Did you mean ${one}?` : ''
}

const nearWord = (name: LeverName, value: string) => near(value, wordsOf(name))

function otherModel({ choices, models }: State, name: string): Partial<Choices> | string {
  const isFine = name !== '' && !/\s/.test(name)
  if (isFine && (isKnown(name, models) || name.startsWith('claude-') || choices.features === 'plain'))
    return { model: name }
  return `Expected ${Object.keys(ALIASES).join(', ')} or the id of a model; "${name}" came.${near(name, modelNames(models))}`
}

function oldLever({ choices, models }: State, lever: OldLever, name: LeverName, value: string | number) {
  const card = modelCard(choices.model, models)
  return takes(lever, choices, card) ? { [lever]: value } : sayNotTaken(lever, name, card)
}

/** What a preset chooses: its row without the words about it. */
function chosenBy({ name: _, tells: __, reason: ___, ...choices }: Preset): Partial<Choices> {
  return choices
}

/** Words that a lever takes on every model; of those that take numbers the one for none. */
function wordsOf(name: LeverName): readonly string[] {
  switch (name) {
    case 'model':
      return Object.keys(ALIASES)
    case 'concise':
      return ['on', 'off']
    case 'thinking':
      return ['summarised', 'hidden']
    case 'cache-ttl':
      return ['auto', '5m', '1h', 'off']
    case 'max-tokens':
      return ['auto', '4000', '16000', '64000']
    case 'summarise-at':
      return ['50%', '80%']
    case 'temperature':
    case 'top-p':
      return ['none']
    case 'prefill':
      return ['off']
    default:
      return []
  }
}

/** What could stand behind `/lever`: names, then what that lever may be for this model. @param typed up to the cursor */
export function completeLever(typed: string, state: State, rows: Rows): readonly Completion[] {
  const [, name, value] = /^\/lever[^\S\n]+(\S*)(?:[^\S\n]+(\S*))?$/.exec(typed.toLowerCase()) ?? []
  if (name === undefined) return []
  if (value !== undefined) return isLever(name) ? matching(value, valuesOf(name, state, rows)) : []
  const names = LEVER_NAMES.map((one) => ({ name: one, tells: TELLS[one] }))
  return matching(name, names).map((one) => ({ ...one, insert: `${one.insert} ` }))
}

function valuesOf(name: LeverName, { choices, models }: State, rows: Rows) {
  if (name === 'preset') return presetsWith(rows)
  if (name === 'effort') {
    const { efforts, defaultEffort } = modelCard(choices.model, models)
    return [...efforts, 'auto'].map((one) => ({ name: one, tells: one === defaultEffort ? "the model's own" : '' }))
  }
  const tells = (word: string) => (name === 'model' ? modelCard(word, models).name.replace(/^Claude /, '') : '')
  return wordsOf(name).map((word) => ({ name: word, tells: tells(word) }))
}

/** What each lever is about, in a few words. */
const TELLS: Readonly<Record<LeverName, string>> = {
  model: 'who answers: price and speed',
  effort: 'how long it thinks before it answers',
  'max-tokens': 'the longest answer, thinking included',
  concise: 'asks for short answers',
  thinking: 'whether its thinking can be read',
  'cache-ttl': 'how long the prompt cache keeps what it reads',
  'summarise-at': 'where a summary takes the place of the beginning',
  temperature: 'how freely words are chosen',
  'top-p': 'the share of likely words to choose from',
  prefill: 'what the answer begins with',
  preset: 'all of them at once, by task',
}

/** What of the choices this model is not sent, in sentences; empty: it is sent all. */
export function sayUnsent({ choices, models }: Pick<State, 'choices' | 'models'>): string {
  const card = modelCard(choices.model, models)
  const unsent = LEVER_NAMES.filter((name) => {
    const lever = name === 'prefill' ? name : LEVERS[name]
    return isOldLever(lever) && choices[lever] != null && !takes(lever, choices, card)
  })
  const old = unsent.length > 0 ? `Not sent to ${card.name.replace(/^Claude /, '')}: ${unsent.join(', ')}.` : ''
  return [effortInVain(choices, card) ?? '', old].filter(Boolean).join(' ')
}

const isOldLever = (lever: string | null): lever is OldLever =>
  (OLD_LEVERS as readonly (string | null)[]).includes(lever)
