/**
 * The history of a running program: opened when there is time for it, told everything that happened until then, closed
 * at the end. Without a history, whatever the reason, everything else goes on.
 */

import { existsSync, statSync } from 'node:fs'
import type { Event, State } from '../../core/conversation.ts'
import { createAside, leftAside } from '../../io/aside.ts'
import { base64From, type Shelf } from '../../io/attachments/shelf.ts'
import { say } from '../../io/history/trouble.ts'
import { type History, HistoryTrouble, historyPath, openHistory, openHistoryToRead } from '../../io/history.ts'
import { wallOrigin } from '../../io/process/wall-clock.ts'
import type { Left, Recorder } from './recorder/parts.ts'
import { createRecorder } from './recorder.ts'

/**
 * Up to this size, in bytes, the whole file is looked through before anything is written to it: a few ms. In a larger
 * one, damage is noticed where it is met, and nothing is written from then on.
 */
const LOOKED_THROUGH_BYTES = 1024 * 1024
/** How long to wait, in ms, before a history that could not be opened for a passing reason is tried again. */
const AGAIN_MS = 2_000

export interface Open {
  readonly history: History
  readonly recorder: Recorder
  /** Nothing can be written there. What was said before can be gone on with all the same. */
  readonly isReadOnly: boolean
}

export interface Recording {
  /** Cheap; to be called with everything that happens. */
  follow(state: State, event: Event): void
  /** The history and its recorder, opened once; null: there is none. `onTrouble` has been told why, or why nothing is written. */
  open(): Promise<Open | null>
  /** Whether earlier programs have left something that the history could not take. */
  isAnyLeft(): boolean
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
  /** Where the bytes of attachments lie. Asked for each time: the first screen may bring another one. */
  readonly shelf?: () => Shelf
  readonly onTakenOut: () => void
}

/** @param isKept whether anything may be saved at all */
export function createRecording(isKept: boolean, parts: RecordingParts): Recording {
  const path = historyPath(parts.env, parts.isDemo)
  const aside = createAside(
    path,
    base64From((hash) => parts.shelf?.().get(hash) ?? null),
  )
  const recorder = createRecorder({ ...parts, origin: wallOrigin, aside, requestFirst: true })
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
      const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
      if (size <= LOOKED_THROUGH_BYTES && !history.isSound()) {
        history.close()
        throw new HistoryTrouble('damaged', say('damaged', path, 'by its own check'))
      }
      open = { history, recorder, isReadOnly: false }
      parts.shelf?.().back(history)
      recorder.attach(history)
      return open
    } catch (error) {
      const trouble = error as HistoryTrouble
      recorder.fail(trouble)
      if (trouble.passes && !isClosed) again = setTimeout(openAgain, AGAIN_MS)
      return trouble.kind === 'unwritable' && !isClosed ? openToRead() : null
    }
  }

  const openToRead = async (): Promise<Open | null> => {
    try {
      const history = await openHistoryToRead(path)
      open = { history, recorder, isReadOnly: true }
      parts.shelf?.().back(history)
      return open
    } catch {
      // Why has been told.
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
    isAnyLeft: () => leftAside(path).length > 0,
    close() {
      isClosed = true
      clearTimeout(again)
      const left = recorder.close()
      parts.shelf?.().back(null)
      try {
        open?.history.close()
      } catch {
        // What was committed is in the file; SQLite tidies up when it is opened next.
      }
      return left && `${left.problem} ${whereabouts(left, aside.path, parts.isDemo)}`.trim()
    },
  }
}

/** Where what the history did not take is, and the way back in. */
function whereabouts({ isLost }: Left, path: string, isDemo: boolean): string {
  const by = `claude-tui import FILE${isDemo ? ' --demo' : ''}`
  if (isLost && !existsSync(path))
    return 'No file could be written beside it either. The end of this conversation could not be saved.'
  const what = isLost ? 'A part of what was not saved, all there was room for,' : 'What was not saved'
  return `${what} lies in ${path}. It comes in by itself as soon as the history can be written, or by \`${by}\`.`
}
