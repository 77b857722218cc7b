/**
 * `claude-tui config`: shows and changes the settings file from the command line. Which settings exist is the table's
 * knowledge, how the file is kept is `io/config`'s; here are the words, the order of looking, and the exit codes.
 */

import { rulesIn, strayRule } from '../../core/models/routing.ts'
import { ALIASES, CATALOGUE, isKnown, overlay, suggest } from '../../core/models.ts'
import { type Problem, quote, sayProblem } from '../../core/problem.ts'
import { ANTHROPIC_URL } from '../../core/server/key-host.ts'
import { nearest } from '../../core/settings/kinds.ts'
import {
  isSettingKey,
  type Resolved,
  resolveSettings,
  SETTINGS,
  type SettingKey,
  type SettingProblem,
  type SettingRow,
  settingRow,
  variableOf,
} from '../../core/settings.ts'
import { readSettingsFile, removeSetting, SettingsFileError, writeSetting } from '../../io/config.ts'
import type { openKeychain } from '../../io/credentials/keychain.ts'
import { forgetKeychainKey, keepKey } from '../../io/credentials/stored-key.ts'
import { hideSecrets } from '../../io/credentials.ts'

export interface ConfigIo {
  /** A line for stdout: what was asked for, and nothing else. */
  out(line: string): void
  /** A line for stderr: notes and problems. */
  err(line: string): void
  readonly env: Readonly<Record<string, string | undefined>>
  /** All of standard input. */
  stdin(): Promise<string>
  /** The settings file, whether or not it exists. */
  readonly path: string
  /** Opens the keychain; absent: the system's. */
  readonly keychain?: typeof openKeychain
}

const OK = 0
const USAGE = 2
const CONFIG = 3

const HELP = [
  'claude-tui config get KEY          print one setting',
  'claude-tui config set KEY VALUE    store one; VALUE "-" reads it from stdin',
  'claude-tui config set apiKey       store a key read from stdin, so that no shell remembers it',
  'claude-tui config unset KEY        drop one from the file',
  'claude-tui config list [--json]    every setting and where its value comes from',
  'claude-tui config path             where the file is',
]

/** Runs `config` with the words after it. Resolves to the exit code: 0, 2 for usage, 3 for a broken or unwritable file. */
export async function runConfig(args: readonly string[], io: ConfigIo): Promise<number> {
  const [verb, ...rest] = args
  try {
    switch (verb) {
      case 'get':
        return get(rest, io)
      case 'set':
        return await set(rest, io)
      case 'unset':
        return await unset(rest, io)
      case 'list':
        return list(rest, io)
      case 'path':
        if (rest[0] !== undefined) return tooMany(rest[0], io)
        io.out(io.path)
        return OK
      case 'help':
      case '--help':
      case '-h':
        for (const line of HELP) io.out(line)
        return OK
      default:
        return unknownVerb(verb, io)
    }
  } catch (error) {
    if (!(error instanceof SettingsFileError)) throw error
    return complain(error.problem, CONFIG, io)
  }
}

function get(args: readonly string[], io: ConfigIo): number {
  const [name, extra] = args
  if (name === undefined || !isSettingKey(name)) return unknownKey(name, io)
  if (extra !== undefined) return tooMany(extra, io)
  const { resolved, code } = look(io, (problem) => problem.key === name)
  io.out(inWords(settingRow(name), resolved.settings[name]))
  return code
}

function list(args: readonly string[], io: ConfigIo): number {
  const extra = args.find((arg) => arg !== '--json')
  if (extra !== undefined) return tooMany(extra, io)
  const { resolved, code } = look(io, () => true)
  if (args.includes('--json')) {
    io.out(JSON.stringify(Object.fromEntries(SETTINGS.map((row) => [row.key, forMachines(row, resolved)])), null, 2))
    return code
  }
  const cells = SETTINGS.map((row) => [row.key, oneLine(row, resolved), originInWords(row.key, resolved, io)] as const)
  const widths = [0, 1].map((column) => Math.max(...cells.map((cell) => cell[column]!.length)))
  for (const [key, value, origin] of cells) io.out(`${key.padEnd(widths[0]!)}  ${value.padEnd(widths[1]!)}  ${origin}`)
  return code
}

async function set(args: readonly string[], io: ConfigIo): Promise<number> {
  const [name, given, extra] = args
  if (name === undefined || !isSettingKey(name)) return unknownKey(name, io)
  const row = settingRow(name)
  if (extra !== undefined) return tooMany(row.secret ? null : extra, io, 'put a value of several words in quotes')
  if (given === undefined && !row.secret) {
    const wayOut = `give one, or - to read it from stdin; "claude-tui config unset ${name}" drops it`
    return complain({ where: `config set ${name}`, expected: 'a value', came: 'nothing', wayOut }, USAGE, io)
  }
  const piped = given === undefined || given === '-'
  // The line break at the end belongs to the pipe, not to the value.
  const reading = row.parse(piped ? (await io.stdin()).replace(/\r?\n$/, '') : given)
  if ('problem' in reading) return complain(reading.problem, USAGE, io)
  if (reading.value === null && row.secret) {
    return complain({ where: name, expected: 'one API key', came: 'nothing', wayOut: '' }, USAGE, io)
  }
  const before = readSettingsFile(io.path)
  if (before.setAside !== null) io.err(sayProblem(before.problem!))
  if (name === 'route') {
    const { presets } = resolveSettings({ flags: {}, env: io.env, file: before.values }).settings
    const stray = strayRule(String(reading.value), presets)
    if (stray) return complain(stray, USAGE, io)
  }
  if (name === 'apiKey') io.err(await keptKey(String(reading.value), before.values, io))
  else {
    await writeSetting(io.path, name, reading.value)
    io.err(`${name} is now ${shortly(row, reading.value)}`)
  }
  if (row.secret && !piped) io.err(`the shell may remember it; next time: claude-tui config set ${name} < file`)
  const named =
    name === 'model' ? [String(reading.value)] : name === 'route' ? rulesIn(String(reading.value)).values() : []
  for (const model of new Set(named)) noteUnknownModel(model, before.values, io)
  noteStronger(name, io)
  return OK
}

/** Keeps a key for the server that the settings name now; says where it lies, and where alone it is sent. */
async function keptKey(key: string, values: Readonly<Record<string, unknown>>, io: ConfigIo): Promise<string> {
  const { settings } = resolveSettings({ flags: {}, env: io.env, file: values })
  const { where, server } = await keepKey(io.path, key, settings.baseUrl, settings.apiKeyStore, io.keychain)
  const place =
    where === 'keychain'
      ? "in the system's keychain"
      : `in ${io.path}, unencrypted, readable by you alone${settings.apiKeyStore === 'file' ? '' : ' (there is no keychain here)'}`
  return `apiKey is now set (hidden): it lies ${place}, and is sent to ${server} alone`
}

async function unset(args: readonly string[], io: ConfigIo): Promise<number> {
  const [name, extra] = args
  if (extra !== undefined) return tooMany(extra, io)
  const { values, problem } = readSettingsFile(io.path)
  const isStored = name !== undefined && Object.hasOwn(values, name)
  // A stray name in the file is no setting, but it can be dropped all the same.
  if (problem) return complain(problem, CONFIG, io)
  if (name === undefined || (!isStored && !isSettingKey(name))) return unknownKey(name, io)
  if (name === 'apiKey') {
    const { settings } = resolveSettings({ flags: {}, env: {}, file: values })
    if (settings.apiKeyStore === 'keychain') {
      await forgetKeychainKey(io.path, settings.apiKeyFor ?? ANTHROPIC_URL, io.keychain)
      io.err("apiKey is no longer in the system's keychain")
      if (!isStored) return OK
    }
  }
  if (isStored) await removeSetting(io.path, name)
  io.err(isStored ? `${name} is no longer in the settings` : `${name} was not in the settings`)
  if (isSettingKey(name)) noteStronger(name, io)
  return OK
}

/** The settings as they hold now; problems that concern the question go to stderr and into the exit code. */
function look(io: ConfigIo, concerns: (problem: SettingProblem) => boolean): { resolved: Resolved; code: number } {
  const { values, problem } = readSettingsFile(io.path)
  const resolved = withKeychain(resolveSettings({ flags: {}, env: io.env, file: values }))
  const concerned = resolved.problems.filter(concerns)
  for (const one of [...(problem ? [problem] : []), ...concerned]) io.err(sayProblem(one))
  if (problem) return { resolved, code: CONFIG }
  return { resolved, code: concerned.some(({ layer }) => layer !== 'file') ? USAGE : OK }
}

/** A key that lies in the keychain is set, and is no more shown than one in the file. */
function withKeychain({ settings, ...rest }: Resolved): Resolved {
  const isThere = settings.apiKey === null && settings.apiKeyStore === 'keychain'
  return isThere
    ? { ...rest, settings: { ...settings, apiKey: '' }, origin: { ...rest.origin, apiKey: rest.origin.apiKeyStore } }
    : { ...rest, settings }
}

/** A value as `get` prints it: as it would be written in a command, secrets only as a fact. */
function inWords(row: SettingRow, value: unknown): string {
  if (value === null) return row.none ?? 'not set'
  if (row.secret) return 'set (hidden)'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A value in a sentence or a table: one line, not too long. */
function shortly(row: SettingRow, value: unknown): string {
  const text = inWords(row, value)
  return /^[\x21-\x7e]{1,60}$/.test(text) || value === null || row.secret ? text : quote(text, 60)
}

const oneLine = (row: SettingRow, { settings }: Resolved) => shortly(row, settings[row.key])

function forMachines(row: SettingRow, { settings, origin }: Resolved): { value: unknown; origin: string } {
  const value = settings[row.key]
  return { value: row.secret && value !== null ? inWords(row, value) : value, origin: origin[row.key] }
}

function originInWords(key: SettingKey, { origin }: Resolved, io: ConfigIo): string {
  return origin[key] === 'environment' ? `environment (${variableOf(key, io.env)})` : origin[key]
}

/** A stored value that a variable outranks would otherwise look as if it had been ignored. */
function noteStronger(key: SettingKey, io: ConfigIo): void {
  const stronger =
    variableOf(key, io.env) ?? (key === 'apiKey' && io.env.ANTHROPIC_API_KEY?.trim() ? 'ANTHROPIC_API_KEY' : null)
  if (stronger !== null) io.err(`${stronger} in the environment goes before it`)
}

/** Any id may be stored, since servers know models we do not; a slip in a known name is worth a word. */
function noteUnknownModel(name: string, file: Readonly<Record<string, unknown>>, io: ConfigIo): void {
  const models = overlay(CATALOGUE, resolveSettings({ flags: {}, env: io.env, file }).settings.models)
  if (isKnown(name, models)) return
  const close = suggest(name, [...Object.keys(ALIASES), ...models.map(({ id }) => id)])
  const hint = close.length === 0 ? '' : `; did you mean ${close.map((one) => quote(one)).join(' or ')}?`
  io.err(`${quote(name)} is not in the catalogue: its window and price will show as unknown${hint}`)
}

function unknownKey(name: string | undefined, io: ConfigIo): number {
  const known = SETTINGS.map(({ key }) => key)
  const came = name === undefined ? 'nothing' : quote(name)
  const wayOut = nearest(name ?? '', known)
  return complain({ where: 'config', expected: 'the name of a setting', came, wayOut }, USAGE, io)
}

function unknownVerb(verb: string | undefined, io: ConfigIo): number {
  const verbs = ['get', 'set', 'unset', 'list', 'path']
  const came = verb === undefined ? 'nothing' : quote(verb)
  const code = complain({ where: 'config', expected: `one of ${verbs.join(', ')}`, came, wayOut: '' }, USAGE, io)
  for (const line of HELP) io.err(line)
  return code
}

/** Words left over; null when they may be part of a secret. */
function tooMany(extra: string | null, io: ConfigIo, wayOut = ''): number {
  const came = extra === null ? 'another word' : quote(extra)
  return complain({ where: 'config', expected: 'nothing more', came, wayOut }, USAGE, io)
}

/** A key typed in the wrong place must not be echoed either. */
function complain(problem: Problem, code: number, io: ConfigIo): number {
  io.err(hideSecrets(sayProblem(problem), []))
  return code
}
