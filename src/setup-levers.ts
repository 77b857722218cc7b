/** What the command line says of the levers: presets, models, limits, and what this model on this server takes. */

import { type Args, UsageError } from './args.ts'
import type { Choices } from './core/conversation/choices.ts'
import { type Preset, presetsWith, presetValues } from './core/models/presets.ts'
import { OLD_LEVERS, type OldLever, prefillProblem, sayNotTaken, takes } from './core/models/sampling.ts'
import { ALIASES, isKnown, type Models, modelCard, modelNames, suggest } from './core/models.ts'
import { effortInVain } from './core/request/manner.ts'
import { flagName, type Resolved, resolveSettings, type SettingKey, type Settings } from './core/settings.ts'

type Flags = Args['flags']

/** The preset that `--preset` names, without what other flags say; null: none is asked for. @throws UsageError */
export function presetNamed(
  flags: Flags,
  env: Readonly<Record<string, string | undefined>>,
  file: Readonly<Record<string, unknown>>,
): Preset | null {
  const { preset: name } = flags
  if (typeof name !== 'string') return null
  const all = presetsWith(resolveSettings({ flags: {}, env, file }).settings.presets)
  const found = all.find((one) => one.name === name)
  if (found) return { ...found, ...unsaid(found, flags) }
  const names = all.map((one) => one.name)
  const [near] = suggest(name, names)
  throw new UsageError(`--preset takes ${names.join(', ')}; "${name}" came.${near ? ` Did you mean ${near}?` : ''}`)
}

/** Fields that a flag speaks for have no value of the preset's. */
function unsaid(preset: Preset, flags: Flags): Partial<Preset> {
  const said = Object.keys(presetValues(preset)).filter(
    (key) => flags[flagName(key as SettingKey).slice(2)] !== undefined,
  )
  return Object.fromEntries(said.map((key) => [key, undefined]))
}

/** Settings by the flags of levers, those of a preset below them. */
export function leverFlags(flags: Flags, preset: Preset | null): Readonly<Partial<Record<SettingKey, string>>> {
  const { temperature, 'top-p': topP } = flags
  return {
    ...(preset ? presetValues(preset) : {}),
    ...(flags.concise === true ? { concise: 'on' } : {}),
    ...(typeof temperature === 'string' ? { temperature } : {}),
    ...(typeof topP === 'string' ? { topP } : {}),
  }
}

/**
 * Whether what was chosen does something on this model and server. A flag or variable that does not is an error of
 * usage, before anything is sent; a line of the file, or a preset, is a note.
 * @returns the notes @throws UsageError
 */
export function checkLevers(
  choices: Choices,
  models: Models,
  { flags }: Pick<Args, 'flags'>,
  origin: Resolved['origin'],
): readonly string[] {
  const card = modelCard(choices.model, models)
  if (typeof flags.prefill === 'string') {
    const problem = prefillProblem(flags.prefill)
    if (problem) throw new UsageError(`--prefill: ${problem}.`)
  }
  const notes: string[] = []
  for (const lever of OLD_LEVERS) {
    if (choices[lever] == null || takes(lever, choices, card)) continue
    const name = lever === 'prefill' ? '--prefill' : flagName(lever)
    const from = layerOf(lever, origin)
    if (from !== 'file') throw new UsageError(sayNotTaken(lever, name, card))
    notes.push(sayNotTaken(lever, `The setting ${lever}`, card))
  }
  const vain = effortInVain(choices, card)
  // What is stored for one server is no mistake at another.
  if (!vain || (origin.effort === 'file' && choices.features === 'plain')) return notes
  // Of an unknown model, or another server, nobody knows: that is said, and no reason to stop.
  if (flags.effort !== undefined && choices.features === 'full' && card.source !== 'unknown')
    throw new UsageError(`--effort: ${vain}`)
  return [...notes, vain]
}

const layerOf = (lever: OldLever, origin: Resolved['origin']) => (lever === 'prefill' ? 'flag' : origin[lever])

/**
 * What is wrong with a model's name; null: nothing. Any `claude-` id may be newer than our catalogue, and another server
 * names its models as it likes.
 */
export function modelSlip(name: string, models: Models, isOurs: boolean): string | null {
  if (!isOurs || isKnown(name, models) || name.startsWith('claude-')) return null
  const near = suggest(name, modelNames(models))
  const hint = near.length > 0 ? ` Did you mean ${near[0]}?` : ''
  return `Unknown model "${name}": expected ${Object.keys(ALIASES).join(', ')}, or a model id such as ${ALIASES.balanced}.${hint}`
}

/** What to say of an id that may be newer than the catalogue, or mistyped; null: it is known. */
export function modelDoubt(name: string, models: Models): string | null {
  if (isKnown(name, models)) return null
  const [near] = suggest(name, modelNames(models))
  return `"${name}" is not in the catalogue: its price and window are unknown here.${near ? ` Did you mean ${near}?` : ''}`
}

/** A limit above what the model can write is a slip the server would only answer with an error. */
export function checkLimit({ model, maxTokens }: Settings, models: Models): void {
  const { name, maxOutput } = modelCard(model, models)
  if (maxTokens === null || maxOutput === null || maxTokens <= maxOutput) return
  throw new UsageError(`--max-tokens: ${name} writes at most ${maxOutput} tokens; ${maxTokens} came.`)
}

/** A cascade, and its first model in the place of the one that was chosen. @throws UsageError */
export function cascadeIn(
  { cascade, check }: Settings,
  models: Models,
  isOurs: boolean,
  { flags }: Pick<Args, 'flags'>,
  origin: Resolved['origin'],
): Partial<Choices> {
  if (flags.check !== undefined && cascade === 'off')
    throw new UsageError(
      '--check says how a cascade checks its answers, and there is none. Expected --cascade fast,balanced too.',
    )
  // Whoever names a model, or a preset that does, has that one alone.
  const isNamed = origin.model === 'flag'
  if (cascade === 'off' || (isNamed && origin.cascade !== 'flag')) return {}
  if (flags.record !== undefined) {
    if (origin.cascade !== 'flag') return {}
    throw new UsageError('A recording follows one answer at a time. Leave --cascade out, or --record.')
  }
  if (flags.model !== undefined)
    throw new UsageError('--cascade names the models itself, and --model came too. Leave one of them out.')
  const names = cascade.split(',')
  for (const name of names) {
    const slip = modelSlip(name, models, isOurs)
    if (slip) throw new UsageError(`${origin.cascade === 'flag' ? '--cascade' : 'cascade'}: ${slip}`)
  }
  const ids = new Set(names.map((name) => modelCard(name, models).id))
  if (ids.size < names.length)
    throw new UsageError(
      `${origin.cascade === 'flag' ? '--cascade' : 'cascade'} takes different models, the cheap one first, such as fast,balanced,deep; "${cascade}" came.`,
    )
  return { model: names[0]!, cascade: { models: names, check } }
}
