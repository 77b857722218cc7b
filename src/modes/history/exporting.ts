/** A conversation on its way out: read from the history, told in one of the forms, written to where it is wanted. */

import type { Event } from '../../core/conversation.ts'
import { exported, type Format } from '../../core/history/export/formats.ts'
import { type Head, type Told, toldOf } from '../../core/history/export/told.ts'
import { legalEvents } from '../../core/history/legal-events.ts'
import { quote } from '../../core/problem.ts'
import { Ending, EXIT } from '../../core/turn/outcome.ts'
import { base64From } from '../../io/attachments/shelf.ts'
import { newFile } from '../../io/files/new-file.ts'
import type { History, Listed } from '../../io/history.ts'

/** Pieces are gathered to about so many UTF-16 units before they are written. */
const PORTION = 64 * 1024

export const headOf = ({ uid, title, titleBy, kind, createdMs, updatedMs }: Listed): Head => ({
  ...{ uid, title, titleBy, kind, createdMs, updatedMs },
})

/** What happened in a conversation until now, read anew by each call: a turn that runs is in it as far as it came. */
export function eventsUntilNow(history: History, id: number): () => Iterable<Event> {
  let upTo = history.size(id)
  let flight = history.flight(id, upTo)
  // A turn that settled in between would be there twice, or not at all.
  for (let now = history.size(id); now !== upTo; now = history.size(id)) {
    upTo = now
    flight = history.flight(id, upTo)
  }
  return function* () {
    for (const { seq, events } of history.rows(id)) {
      if (seq > upTo) break
      yield* legalEvents(events)
    }
    yield* legalEvents(flight)
  }
}

/** A conversation of the history as it is told. Its times are milliseconds since 1970. */
export function toldFrom(history: History, conversation: Listed): { told: Told; events: () => Iterable<Event> } {
  const events = eventsUntilNow(history, conversation.id)
  return { told: toldOf(headOf(conversation), events), events }
}

/** The text of a conversation in one of the forms, piece by piece. */
export function textOf(
  history: History,
  conversation: Listed,
  format: Format,
  options: { readonly branches: boolean },
): { readonly pieces: Iterable<string>; readonly told: Told } {
  const { told, events } = toldFrom(history, conversation)
  return {
    pieces: exported(format, told, events, { ...options, bytesOf: base64From((hash) => history.blob(hash)) }),
    told,
  }
}

/** Pieces in portions worth a write each. */
export function* portions(pieces: Iterable<string>): Generator<string> {
  let held = ''
  for (const piece of pieces) {
    held += piece
    if (held.length < PORTION) continue
    yield held
    held = ''
  }
  if (held !== '') yield held
}

/** Writes a file that is whole or not there. @throws Ending */
export function writeFile(path: string, pieces: Iterable<string>, replaces: boolean): void {
  let file: ReturnType<typeof newFile> | null = null
  try {
    file = newFile(path, replaces)
    for (const portion of portions(pieces)) file.write(portion)
    file.done()
  } catch (error) {
    file?.drop()
    throw fileTrouble(error, path)
  }
}

const UNWRITABLE: Readonly<Record<string, string>> = {
  EACCES: 'it may not be written',
  EPERM: 'it may not be written',
  EROFS: 'the file system is read-only',
  ENOENT: 'there is no such folder',
  ENOTDIR: 'there is no such folder',
  EISDIR: 'it is a folder',
  ENAMETOOLONG: 'no file has so long a name',
}

function fileTrouble(error: unknown, path: string): unknown {
  const { code = '' } = error as NodeJS.ErrnoException
  const name = quote(path, 200)
  if (code === 'EEXIST') return new Ending(EXIT.usage, `${name} is there already and is left as it is.`)
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new Ending(EXIT.unexpected, `${name} could not be written: no space is left on the device.`)
  const why = UNWRITABLE[code]
  return why ? new Ending(EXIT.usage, `${name} could not be written: ${why}.`) : error
}
