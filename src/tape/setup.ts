/** Flags of recordings, and what a session needs that is played from one: no key, no server, nothing on disk. */

import { basename } from 'node:path'
import { type Args, UsageError } from '../args.ts'
import { newConversation } from '../core/conversation.ts'
import { CATALOGUE, overlay } from '../core/models.ts'
import { sayProblem } from '../core/problem.ts'
import { resolveSettings, type Settings, settingRow } from '../core/settings.ts'
import { readTape } from '../core/tape/reader.ts'
import { type Head, TAPE_FORMAT, type Tape } from '../core/tape/tape.ts'
import { isWhole } from '../core/tape/torn.ts'
import { CHAT_PATIENCE, patienceFor, SCRIPT_PATIENCE } from '../core/weather/resilience.ts'
import { createApi } from '../io/api.ts'
import { createShelf } from '../io/attachments/shelf.ts'
import { readSettingsFile } from '../io/config.ts'
import { settingsPath } from '../io/files/folders.ts'
import { exists, readTapeFile, whyNot } from '../io/wire/tape-file.ts'
import type { Setup } from '../setup.ts'
import { VERSION } from '../version.ts'
import { shelfOf } from './bytes.ts'
import { openReplay } from './replay.ts'
import { createTaping, type Taping } from './taping.ts'

/** The file of `--record`. @throws UsageError when nothing can be recorded there */
export function checkTaping(flags: Args['flags']): string {
  const { record } = flags
  if (typeof record !== 'string')
    throw new UsageError('--redact goes with --record. To redact a recording: claude-tui redact FILE NEW')
  if (record === '-')
    throw new UsageError('--record takes a file: what goes to stdout is the answer. To have it there later: cat FILE')
  if (exists(record)) throw refused(record, { code: 'EEXIST' })
  return record
}

const refused = (path: string, error: unknown) =>
  new UsageError(`The recording cannot be written to "${path}": ${whyNot(error)}. Choose another name.`)

/** Begins a recording. @throws UsageError when the file cannot be made */
export function openTaping(options: {
  readonly path: string
  readonly redact: boolean
  readonly secrets: readonly string[]
  readonly head: Pick<Head, 'mode' | 'choices' | 'stallAfterMs' | 'models'>
}): Taping {
  const { path, redact, secrets } = options
  const head: Head = {
    type: 'claude-tui-recording',
    format: TAPE_FORMAT,
    version: VERSION,
    started: new Date().toISOString(),
    redacted: redact,
    ...options.head,
  }
  try {
    return createTaping({ path, head, redact, secrets, now: () => performance.now() })
  } catch (error) {
    throw refused(path, error)
  }
}

/**
 * @param path `-`: stdin
 * @param command the one that wants it
 * @throws Ending when there is no recording in the file
 */
export async function loadTape(path: string, command = 'replay'): Promise<Tape> {
  const reading = readTape(await readTapeFile(path, command), path === '-' ? 'stdin' : path)
  if ('problem' in reading) throw new UsageError(reading.problem)
  return reading.tape
}

/** Flags that mean something to a replay. */
const FOR_REPLAY = new Set(['speed', 'print', 'output-format', 'usage', 'quiet', 'screen-reader', 'no-session'])

/** Silence is called a stall after no less, in ms: machines are busy, however fast a recording is played. */
const SHORTEST_STALL_MS = 2_000

/** Everything a conversation needs, from a recording. What the person chose for the eyes holds. @throws UsageError */
export async function setUpReplay(args: Args, env: Readonly<Record<string, string | undefined>>): Promise<Setup> {
  const { flags, rest } = args
  const [path] = rest
  if (path === undefined || rest.length > 1)
    throw new UsageError(`replay takes one recording, but ${rest.length === 0 ? 'none' : `"${rest[1]}"`} came.`)
  const stray = Object.keys(flags).find((name) => !FOR_REPLAY.has(name))
  if (stray) throw new UsageError(`--${stray} means nothing to a replay: what was asked, and how, is in the recording.`)
  const speed = replaySpeed(flags)
  const tape = await loadTape(path)
  const { choices, models: rows, stallAfterMs, mode } = tape.head
  const legal = settingRow('models').check(rows)
  if ('problem' in legal) throw new UsageError(`"${path}", line 1: ${sayProblem(legal.problem)}.`)

  const file = readSettingsFile(settingsPath(env))
  const { settings: own, origin } = resolveSettings({
    flags: flags['screen-reader'] === true ? { screenReader: 'on' } : {},
    env,
    file: file.values,
  })
  const settings: Settings = {
    ...own,
    history: 'off',
    stallAfterMs: Math.min(2 ** 31 - 1, Math.max(SHORTEST_STALL_MS, stallAfterMs / speed)),
  }
  const replay = await openReplay(tape, basename(path), speed)
  const credential = { kind: 'none-needed', origin: 'a recording' } as const
  const client = createApi({
    ...{ baseUrl: replay.url, credential, now: () => performance.now(), around: replay.around },
    shelf: shelfOf(tape),
  })
  const api = replay.endingWithTape(client)
  return {
    ...{ settings, origin, preset: null },
    credential,
    api,
    shelf: createShelf(),
    baseUrl: replay.url,
    isDemo: false,
    state: newConversation(choices, overlay(CATALOGUE, rows)),
    notes: isWhole(tape) ? [] : [CUT],
    taping: null,
    replay,
    road: {
      speed,
      patience: patienceFor(mode === 'single' ? SCRIPT_PATIENCE : CHAT_PATIENCE, choices.waitsMs ?? null),
    },
    close() {
      api.close()
      replay.close()
    },
  }
}

const CUT = 'The recording was cut off in the middle: it plays as far as it goes.'

/** The factor behind `--speed`. @throws UsageError */
function replaySpeed({ speed = '1' }: Args['flags']): number {
  const factor = speed === 'max' ? Number.POSITIVE_INFINITY : Number(speed)
  if (factor > 0) return factor
  throw new UsageError(`--speed takes a positive number, such as 4 for four times as fast, or max; "${speed}" came.`)
}
