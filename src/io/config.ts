/**
 * The settings file: read in one go at start, written one setting at a time. What the values mean and which of them
 * are legal is `core/settings`' knowledge.
 *
 * Two ways on purpose. Writing goes through `conf`: atomic replacement, file mode, JSON Schema. Reading does not:
 * importing conf costs about 70 ms (most of it its schema validator) where the whole of Node starts in 26, and a start
 * needs one small file read once. Both follow the same table, so they agree on what is legal.
 */

import { existsSync, readFileSync, renameSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import type { Problem } from '../core/problem.ts'
import { sayProblem } from '../core/problem.ts'
import { misfit } from '../core/schema/shape.ts'
import { type SettingKey, settingRow, settingsSchema } from '../core/settings.ts'
import { makeFolder } from './files/private-folder.ts'

export interface SettingsFile {
  /** What the file holds, unchecked; empty when there is no readable file. */
  readonly values: Record<string, unknown>
  readonly problem: Problem | null
  /** Where a broken file was moved to; null when nothing was moved. */
  readonly setAside: string | null
}

/** The file could not be written or must not be overwritten. Nothing was changed. */
export class SettingsFileError extends Error {
  readonly problem: Problem

  constructor(problem: Problem, cause?: unknown) {
    super(sayProblem(problem), { cause })
    this.name = 'SettingsFileError'
    this.problem = problem
  }
}

/**
 * Reads the settings file. No file, or a blank one, holds no settings. A file that is no JSON object is renamed to
 * `settings.broken-<time>.json` beside it, so that the next write cannot bury it, and the problem says where it is.
 * Never throws.
 */
export function readSettingsFile(path: string, now: Date = new Date()): SettingsFile {
  const { values, problem, isBroken } = lookAtSettingsFile(path)
  if (!problem || !isBroken) return { values, problem, setAside: null }
  const aside = setAside(path, now)
  const wayOut = aside
    ? `it is kept as ${aside}: mend it and rename it back, or set things anew with "claude-tui config set"`
    : 'it could not be set aside and will not be written to: mend it or move it away'
  return { values, problem: { ...problem, wayOut }, setAside: aside }
}

/** The same look at it, which leaves a broken file where it is. Never throws. */
export function lookAtSettingsFile(path: string): Omit<SettingsFile, 'setAside'> & {
  /** It was read, and is no JSON object. */
  readonly isBroken: boolean
} {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const code = codeOf(error)
    // ENOTDIR: a part of the path is a file, so there is no settings file either; a write will say more.
    if (code === 'ENOENT' || code === 'ENOTDIR') return { values: {}, problem: null, isBroken: false }
    const wayOut = `check its rights, or point CLAUDE_TUI_CONFIG_DIR at another folder`
    return {
      values: {},
      problem: { where: path, expected: 'a readable file', came: inWords(error), wayOut },
      isBroken: false,
    }
  }
  const parsed = parse(text)
  if ('values' in parsed) return { values: parsed.values, problem: null, isBroken: false }
  const wayOut = 'mend it, or move it away'
  return { values: {}, problem: { where: path, expected: 'a JSON object', came: parsed.came, wayOut }, isBroken: true }
}

/** Stores one setting. Rejects with `SettingsFileError` when the value is not legal or the file cannot be written. */
export async function writeSetting(path: string, key: SettingKey, value: unknown): Promise<void> {
  const reading = settingRow(key).check(value)
  if ('problem' in reading) throw new SettingsFileError(reading.problem)
  const store = await open(path)
  attempt(path, () => store.set(key, reading.value))
}

/** Removes one name from the file, a setting's or a stray one. Nothing happens when it is not there. */
export async function removeSetting(path: string, name: string): Promise<void> {
  if (!Object.hasOwn(writable(path), name)) return
  const store = await open(path)
  attempt(path, () => store.delete(name))
}

/** The values of a file that may be written to. A broken file that could not be set aside may not. */
function writable(path: string): Record<string, unknown> {
  const { values, problem, setAside } = readSettingsFile(path)
  if (problem && setAside === null) throw new SettingsFileError(problem)
  return values
}

/** conf on this very path. */
async function open(path: string) {
  const values = writable(path)
  const { default: Conf } = await import('conf')
  return attempt(path, () => {
    makeFolder(dirname(path))
    return new Conf<Record<string, unknown>>({
      cwd: dirname(path),
      configName: basename(path, extname(path)),
      fileExtension: extname(path).slice(1),
      configFileMode: 0o600,
      accessPropertiesByDotNotation: false,
      // conf refuses to open a file with any illegal value in it. A value that is wrong already must not stand in the
      // way of mending it or anything else, so the schema covers what is right now; a new value has been checked.
      schema: schemaFor(values) as Record<string, object>,
      deserialize: (text) => {
        const parsed = parse(text)
        if ('values' in parsed) return parsed.values
        throw new SyntaxError('the settings file changed while it was being written')
      },
    })
  })
}

function schemaFor(values: Readonly<Record<string, unknown>>): object {
  const wrong = (key: SettingKey) => Object.hasOwn(values, key) && misfit(settingRow(key).shape, values[key]) !== null
  return Object.fromEntries(Object.entries(settingsSchema()).filter(([key]) => !wrong(key as SettingKey)))
}

/** Runs a step of writing; what the system says becomes a problem with a way out. */
function attempt<T>(path: string, step: () => T): T {
  try {
    return step()
  } catch (error) {
    const folder = dirname(path)
    throw new SettingsFileError(
      {
        where: path,
        expected: 'a file that can be written',
        came: inWords(error),
        wayOut: `check who owns ${folder} and whether there is room, or point CLAUDE_TUI_CONFIG_DIR at another folder`,
      },
      error,
    )
  }
}

type Parsed = { readonly values: Record<string, unknown> } | { readonly came: string }

/** The JSON object in a text. What came is told without quoting it: the text may hold a key. */
function parse(text: string): Parsed {
  const plain = text.replace(/^\uFEFF/, '')
  if (plain.trim() === '') return { values: {} }
  let value: unknown
  try {
    value = JSON.parse(plain)
  } catch (error) {
    const place = /line \d+ column \d+/.exec(error instanceof Error ? error.message : '')
    return { came: place ? `text that stops being JSON at ${place[0]}` : 'text that is not JSON' }
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { values: value as Record<string, unknown> }
  }
  return { came: value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}` }
}

/** Moves a file out of the way under a name of its own; null when it cannot be moved. */
function setAside(path: string, now: Date): string | null {
  const ending = extname(path)
  const stem = `${basename(path, ending)}.broken-${now.toISOString().replace(/[:.]/g, '-')}`
  let aside = join(dirname(path), `${stem}${ending}`)
  for (let n = 2; existsSync(aside); n++) aside = join(dirname(path), `${stem}-${n}${ending}`)
  try {
    renameSync(path, aside)
    return aside
  } catch {
    return null
  }
}

const CODES: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'a read-only file system',
  ENOSPC: 'a full disk',
  EDQUOT: 'a used-up quota',
  EISDIR: 'a folder',
  EEXIST: 'a file where a folder should be',
  ENOTDIR: 'a file where a folder should be',
}

function inWords(error: unknown): string {
  const code = codeOf(error)
  return CODES[code] ? `${CODES[code]} (${code})` : code
}

/** The system's own name for a failure, such as EACCES. */
function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return error instanceof Error ? error.name : String(error)
}
