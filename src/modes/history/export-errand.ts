/** `/export [FILE]` in a chat: the conversation as it stands, a running answer included, as a file beside the user. */

import { existsSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Event, State } from '../../core/conversation.ts'
import { count } from '../../core/figures/words.ts'
import { exported, FORMATS, type Format, fileStem, formatOfFile } from '../../core/history/export/formats.ts'
import { asJsonDocument } from '../../core/history/export/json.ts'
import { type Head, iso, type Told, toldOfState } from '../../core/history/export/told.ts'
import { fromOwnJson } from '../../core/history/import/own-json.ts'
import { summaryOf } from '../../core/history/saved.ts'
import { sanitiseLine } from '../../core/text/sanitise.ts'
import { Ending } from '../../core/turn/outcome.ts'
import { base64From } from '../../io/attachments/shelf.ts'
import type { History } from '../../io/history.ts'
import { eventsUntilNow, headOf, writeFile } from './exporting.ts'

export interface ExportErrand {
  /** What follows the command: a file, a folder, a form alone (`html`), or nothing. */
  readonly argument: string
  readonly state: State
  /** Milliseconds to add to the state's times for those since 1970. */
  readonly origin: number
  /** Where the conversation is saved; null: nowhere. */
  readonly saved: { readonly history: History; readonly id: number } | null
  /** The bytes of an attachment; null: they are not at hand. */
  readonly bytes?: (hash: string) => Uint8Array | null
  /** The working directory. */
  readonly folder: string
  readonly nowMs: number
}

/** Writes the file and never over another one. @returns a sentence for the person; never throws an `Ending` */
export function exportConversation(errand: ExportErrand): string {
  const { state, origin, saved, nowMs } = errand
  if (state.turns.length === 0 && !state.live) return 'There is nothing to export yet.'
  try {
    const told = toldOfState(headNow(errand), state, origin)
    const { path, format } = placeFor(errand, told.head.title)
    const events = () => (saved ? eventsUntilNow(saved.history, saved.id)() : eventsOf(told))
    writeFile(
      path,
      exported(format, told, events, { branches: false, bytesOf: base64From(errand.bytes ?? (() => null)) }),
      false,
    )
    const { turns, others } = told.survey
    const isWhole = format === 'json' || format === 'jsonl' || others === 0
    const left = isWhole
      ? ''
      : ` ${count(others, 'turn')} of other branches stayed out; json and jsonl hold everything.`
    return `${count(isWhole ? turns + others : turns, 'turn')} written to ${sanitiseLine(path)}.${left}`
  } catch (error) {
    if (error instanceof Ending) return error.message
    throw error
  }

  function headNow({ saved: place }: ExportErrand): Head {
    const listed = place?.history.one(place.id)
    if (listed) return headOf(listed)
    const { title, titleBy } = summaryOf(state)
    const first = state.turns[0] ?? state.live
    const createdMs = first?.times.asked == null ? nowMs : first.times.asked + origin
    return { uid: null, title, titleBy, kind: 'chat', createdMs, updatedMs: nowMs }
  }
}

/** What an unsaved conversation would have had for events, as far as its turns tell. */
function eventsOf(told: Told): readonly Event[] {
  return fromOwnJson(JSON.parse([...asJsonDocument(told)].join('')) as object).events
}

function placeFor({ argument, folder, nowMs }: ExportErrand, title: string): { path: string; format: Format } {
  const named = argument.trim()
  const bare = FORMATS.find((format) => format === named.toLowerCase())
  const path = resolve(folder, named.replace(/^~(?=[\\/]|$)/, homedir()))
  const isFolder = named === '' || bare !== undefined || isDirectory(path)
  if (!isFolder) return { path, format: formatOfFile(path) ?? 'md' }
  const format = bare ?? 'md'
  const stem = fileStem(title, iso(nowMs)?.slice(0, 10) ?? 'export')
  const within = named === '' || bare ? folder : path
  for (let n = 1; ; n++) {
    const free = join(within, `${stem}${n === 1 ? '' : `-${n}`}.${format}`)
    if (!existsSync(free)) return { path: free, format }
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
