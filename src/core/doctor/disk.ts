/** Settings, history and the folders they lie in: whether they are healthy, ours alone, and have room. */

import type { Mark, Told } from '../doctor.ts'
import { bytes, count } from '../figures/words.ts'
import { type Problem, sayProblem } from '../problem.ts'

export interface FolderFacts {
  readonly path: string
  readonly isThere: boolean
  /** Whether it can be written, or made. */
  readonly isWritable: boolean
  /** Bytes free on its disk; null: it does not tell. */
  readonly free: number | null
}

export interface SettingsFacts {
  readonly path: string
  readonly isThere: boolean
  /** Permission bits; null: there is no file, or the platform has none. */
  readonly mode: number | null
  /** What is wrong with the file as a whole. */
  readonly problem: Problem | null
  /** What is wrong with values, in the file or the environment. */
  readonly values: readonly (Problem & { readonly layer: string })[]
}

export interface HistoryFacts {
  readonly path: string
  /** Bytes of the file and of its side file; null: there is none yet. */
  readonly size: number | null
  readonly mode: number | null
  /** Migrations the file has been through, and those this program knows. */
  readonly version: number | null
  readonly newest: number
  /** SQLite's own word on it, `ok` when all is well; null: it was not asked. */
  readonly integrity: string | null
  /** The check went over pages and rows (`whole`), or over pages alone (`quick`), as large files are. */
  readonly check: 'whole' | 'quick'
  readonly conversations: number | null
  /** Why it cannot be read; null: it can. */
  readonly trouble: string | null
}

export interface DiskFacts {
  readonly settings: SettingsFacts
  readonly history: HistoryFacts
  /** The setting `history` is on. */
  readonly keepsHistory: boolean
  readonly folders: Readonly<Record<'config' | 'data' | 'cache', FolderFacts>>
}

/** Bytes of free disk below which a conversation may soon not be saved, and below which it is not. */
const SCARCE = 200_000_000
const NOTHING = 1_000_000

export function diskFindings({ settings, history, keepsHistory, folders }: DiskFacts): readonly Told[] {
  return [
    ...settingsFindings(settings),
    keepsHistory
      ? historyFinding(history)
      : {
          topic: 'history',
          mark: 'ok',
          says: 'The setting `history` is off: nothing that is said is kept.',
          facts: { path: history.path },
        },
    ...Object.entries(folders).flatMap(([name, folder]) => folderFindings(name, folder)),
    space(folders.data),
  ]
}

const isOpenToOthers = (mode: number | null) => mode !== null && (mode & 0o077) !== 0
const octal = (mode: number | null) => (mode === null ? null : (mode & 0o777).toString(8).padStart(4, '0'))

function settingsFindings({ path, isThere, mode, problem, values }: SettingsFacts): readonly Told[] {
  const facts = { path, isThere, mode: octal(mode) }
  const topic = 'settings'
  if (problem !== null) return [{ topic, mark: 'broken', ...problemWords(problem), facts }]
  const file: Told = !isThere
    ? { topic, mark: 'ok', says: `No settings file yet; the defaults hold. It would be ${path}.`, facts }
    : isOpenToOthers(mode)
      ? {
          ...{ topic, mark: 'look', says: `Others may read the settings file, which can hold a key: ${path}.`, facts },
          todo: `chmod 600 ${path}`,
        }
      : { topic, mark: 'ok', says: `Settings are in ${path}, readable by you alone.`, facts }
  return [file, ...values.map(valueFinding)]
}

/** A value in the file is passed over; one in the environment ends the program (code 2). */
function valueFinding({ layer, ...problem }: SettingsFacts['values'][number]): Told {
  const mark: Mark = layer === 'file' ? 'look' : 'broken'
  return { topic: 'settings', mark, ...problemWords(problem), facts: { layer } }
}

/** A problem as a finding has it: its way out is a sentence of its own. */
function problemWords(problem: Problem): Pick<Told, 'says' | 'todo'> {
  const { wayOut } = problem
  const says = `${sayProblem({ ...problem, wayOut: '' })}.`
  return wayOut === '' ? { says } : { says, todo: `${wayOut[0]!.toUpperCase()}${wayOut.slice(1)}.` }
}

function historyFinding(history: HistoryFacts): Told {
  const { path, size, mode, version, newest, integrity, check, conversations, trouble } = history
  const facts = { path, size, mode: octal(mode), version, newest, integrity, check, conversations }
  const topic = 'history'
  if (trouble !== null) return { topic, mark: 'broken', says: trouble, facts }
  if (size === null) return { topic, mark: 'ok', says: `No history yet. It would be ${path}.`, facts }
  if (integrity !== null && integrity !== 'ok')
    return {
      ...{ topic, mark: 'broken', says: `The history is damaged: ${integrity} (${path}).`, facts },
      todo: 'Move it away to begin a new one; `sqlite3 FILE .recover` may save what is in it.',
    }
  const holds = conversations === null ? '' : `, ${count(conversations, 'conversation')}`
  const older =
    version !== null && version < newest ? ' It is of an older version, and is brought up to date next time.' : ''
  const checked = check === 'whole' ? 'sound' : 'sound at a quick look'
  const says = `The history is ${checked}: ${bytes(size)}${holds}, in ${path}.${older}`
  if (isOpenToOthers(mode))
    return { topic, mark: 'look', says: `${says} Others may read it.`, todo: `chmod 600 ${path}`, facts }
  return { topic, mark: 'ok', says, facts }
}

const KEPT: Readonly<Record<string, string>> = {
  config: 'settings cannot be changed',
  data: 'nothing can be kept',
  cache: 'prepared images are not remembered',
}

function folderFindings(name: string, { path, isThere, isWritable }: FolderFacts): readonly Told[] {
  if (isWritable) return []
  return [
    {
      topic: `${name} folder`,
      mark: name === 'data' ? 'broken' : 'look',
      says: `${path} cannot be ${isThere ? 'written' : 'made'}: ${KEPT[name] ?? 'nothing can be kept there'}.`,
      todo: `Check who owns it, or point CLAUDE_TUI_${name.toUpperCase()}_DIR elsewhere.`,
      facts: { path, isThere, isWritable },
    },
  ]
}

function space({ path, free }: FolderFacts): Told {
  const topic = 'space'
  if (free === null) return { topic, mark: 'unasked', says: `${path} does not say how much room there is.` }
  const says = `${bytes(free)} are free where conversations are kept.`
  const facts = { path, free }
  if (free >= SCARCE) return { topic, mark: 'ok', says, facts }
  const todo = 'Make room, or point CLAUDE_TUI_DATA_DIR at another disk; `claude-tui sessions prune` removes old ones.'
  return { topic, mark: free < NOTHING ? 'broken' : 'look', says, todo, facts }
}
