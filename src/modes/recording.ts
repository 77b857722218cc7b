/**
 * The history of a running program: opened when there is time for it, told everything that happened until then, closed
 * at the end. Without a history, whatever the reason, everything else goes on.
 */

import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Event, State } from '../core/conversation.ts'
import { EVENTS_HEAD } from '../core/export/events.ts'
import { type History, type HistoryTrouble, historyPath, openHistory } from '../io/history.ts'
import { wallOrigin } from '../io/wall-clock.ts'
import { createRecorder, type Recorder } from './recorder.ts'

/** How long to wait, in ms, before a history that could not be opened for a passing reason is tried again. */
const AGAIN_MS = 2_000

export interface Open {
  readonly history: History
  readonly recorder: Recorder
}

export interface Recording {
  /** Cheap; to be called with everything that happens. */
  follow(state: State, event: Event): void
  /** The history and its recorder, opened once; null: there is none, and `onTrouble` has been told why. */
  open(): Promise<Open | null>
  /** The program ends: saves what can be saved. @returns a line for people about what could not, or null */
  close(): string | null
}

export interface RecordingParts {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isDemo: boolean
  readonly kind: 'chat' | 'single'
  /** Told what is wrong, and when it is right again (null). */
  readonly onTrouble: (trouble: HistoryTrouble | null) => void
  readonly onCopied: () => void
}

/** @param isKept whether anything may be saved at all */
export function createRecording(isKept: boolean, parts: RecordingParts): Recording {
  const path = historyPath(parts.env, parts.isDemo)
  const recorder = createRecorder({ ...parts, origin: wallOrigin })
  let open: Open | null = null
  let opening: Promise<Open | null> | null = null
  let again: NodeJS.Timeout | undefined
  let isClosed = false

  const tryOpen = async (): Promise<Open | null> => {
    try {
      const history = await openHistory(path)
      if (isClosed) {
        history.close()
        return null
      }
      open = { history, recorder }
      recorder.attach(history)
      return open
    } catch (error) {
      const trouble = error as HistoryTrouble
      recorder.fail(trouble)
      if (trouble.passes && !isClosed) again = setTimeout(openAgain, AGAIN_MS)
      return null
    }
  }

  const openAgain = () => {
    opening = tryOpen()
  }

  return {
    follow(state, event) {
      if (isKept) recorder.follow(state, event)
    },
    open() {
      if (!isKept || isClosed) return Promise.resolve(null)
      opening ??= tryOpen()
      return opening
    },
    close() {
      isClosed = true
      clearTimeout(again)
      const left = recorder.close()
      try {
        open?.history.close()
      } catch {
        // What was committed is in the file; SQLite tidies up when it is opened next.
      }
      return left && `${left.problem} ${keepAside(path, left.conversations)}`.trim()
    },
  }
}

/** Puts what the history did not take into a file beside it, as `claude-tui import` reads it. */
function keepAside(path: string, conversations: readonly (readonly Event[])[]): string {
  const place = join(dirname(path), `unsaved-${process.pid}.jsonl`)
  try {
    mkdirSync(dirname(place), { recursive: true, mode: 0o700 })
    const lines = conversations
      .flatMap((events) => [{ ...EVENTS_HEAD, unsaved: true }, ...events])
      .map((line) => `${JSON.stringify(line)}\n`)
    appendFileSync(place, lines.join(''), { mode: 0o600 })
    return `What was not saved lies in ${place}.`
  } catch {
    return 'The end of this conversation could not be saved.'
  }
}
