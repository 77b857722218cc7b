/**
 * Which of the settings' layers wins: flag, environment, file, default. The table is `settings/table`.
 * Knows nothing of files and of where the environment comes from; both are handed in.
 */

import { type Problem, quote } from './problem.ts'
import type { Shape } from './schema/shape.ts'
import type { Reading } from './server/api-key.ts'
import { nearest } from './settings/kinds.ts'
import type { SettingRow } from './settings/row.ts'
import { SETTINGS, type SettingKey, type Settings } from './settings/table.ts'

export { type Problem, sayProblem } from './problem.ts'
export type { SettingRow } from './settings/row.ts'
export { SETTINGS, type SettingKey, type Settings } from './settings/table.ts'

export function isSettingKey(name: string): name is SettingKey {
  return SETTINGS.some(({ key }) => key === name)
}

/** The row of a setting. */
export function settingRow(key: SettingKey): SettingRow {
  return SETTINGS.find((one) => one.key === key)!
}

/** `maxTokens` as the flag `--max-tokens`. */
export const flagName = (key: SettingKey): string => `--${key.replace(/[A-Z]/g, (one) => `-${one.toLowerCase()}`)}`

export type SettingLayer = 'flag' | 'environment' | 'file'

/** A problem in a flag or variable is an error of usage; one in the file is a warning, and the file is passed over. */
export interface SettingProblem extends Problem {
  readonly layer: SettingLayer
  /** The setting it is about; null for a name in the file that is no setting. */
  readonly key: SettingKey | null
}

export interface Resolved {
  readonly settings: Settings
  readonly origin: Readonly<Record<SettingKey, SettingLayer | 'default'>>
  readonly problems: readonly SettingProblem[]
}

/**
 * The settings that hold, each from the strongest layer that has a legal value for it. Never throws, whatever the
 * layers hold: an illegal value becomes a problem and the next layer is asked.
 */
export function resolveSettings(layers: {
  readonly flags: Readonly<Partial<Record<SettingKey, string>>>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly file: Readonly<Record<string, unknown>>
}): Resolved {
  const settings: Record<string, unknown> = {}
  const origin: Record<string, SettingLayer | 'default'> = {}
  const problems: SettingProblem[] = []
  for (const one of SETTINGS) {
    settings[one.key] = one.default
    origin[one.key] = 'default'
    for (const { layer, where, read } of offers(one, layers)) {
      const reading = read()
      if ('problem' in reading) problems.push(placed(reading.problem, one.key, layer, where))
      else {
        settings[one.key] = reading.value
        origin[one.key] = layer
        break
      }
    }
  }
  problems.push(...strangers(layers.file))
  return { settings: settings as unknown as Settings, origin: origin as Resolved['origin'], problems }
}

interface Offer {
  readonly layer: SettingLayer
  readonly where: string
  readonly read: () => Reading<unknown>
}

/** What the layers have to say about one setting, strongest first. */
function offers(
  { key, env, parse, check }: SettingRow,
  layers: Parameters<typeof resolveSettings>[0],
): readonly Offer[] {
  const found: Offer[] = []
  const flag = layers.flags[key]
  if (flag !== undefined) found.push({ layer: 'flag', where: flagName(key), read: () => parse(flag) })
  const name = variableOf(key, layers.env, env)
  if (name !== null) found.push({ layer: 'environment', where: name, read: () => parse(layers.env[name]!) })
  if (Object.hasOwn(layers.file, key)) {
    found.push({ layer: 'file', where: 'settings', read: () => check(layers.file[key]) })
  }
  return found
}

/** The variable that speaks for a setting now; null when none is set. An empty one counts as not set. */
export function variableOf(
  key: SettingKey,
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[] = settingRow(key).env,
): string | null {
  return names.find((name) => (env[name] ?? '').trim() !== '') ?? null
}

/** A row's problem as it looks from the layer it was found in. */
function placed(problem: Problem, key: SettingKey, layer: SettingLayer, where: string): SettingProblem {
  const inside = problem.where.slice(key.length)
  const ways = problem.wayOut === '' ? [] : [problem.wayOut]
  if (layer === 'environment') ways.push(`change or unset ${where}`)
  if (layer === 'file')
    ways.push(`change it with "claude-tui config set ${key}" or drop it with "claude-tui config unset ${key}"`)
  const place = layer === 'file' ? `settings, ${problem.where}` : `${where}${inside}`
  return { ...problem, where: place, wayOut: ways.join('; '), layer, key }
}

/** Names in the file that are no settings, usually slips of the pen. Names with a `$`, like `$schema`, are left alone. */
function strangers(file: Readonly<Record<string, unknown>>): readonly SettingProblem[] {
  const known = SETTINGS.map(({ key }) => key)
  return Object.keys(file)
    .filter((name) => !isSettingKey(name) && !name.startsWith('$'))
    .map((name) => ({
      where: 'settings',
      expected: 'the name of a setting',
      came: quote(name),
      wayOut: nearest(name, known),
      layer: 'file',
      key: null,
    }))
}

/** The table as the `properties` of a JSON Schema (draft 2020-12), for the writer of the file. */
export function settingsSchema(): Readonly<Record<SettingKey, Shape & { readonly description: string }>> {
  const entries = SETTINGS.map(({ key, shape, tells }) => [key, { ...shape, description: tells }] as const)
  return Object.fromEntries(entries) as ReturnType<typeof settingsSchema>
}
