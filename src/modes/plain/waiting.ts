/** Files that wait for the next message of the chat in plain lines: numbered, so that one can be taken away again. */

import { resolve } from 'node:path'
import { droppedFrom } from '../../core/attachments/waiting.ts'
import type { Attachment } from '../../core/attachments.ts'
import { count } from '../../core/figures/words.ts'
import { sanitiseLine } from '../../core/text/sanitise.ts'
import type { Ref } from '../attachments/attaching.ts'

export interface Waiting {
  readonly all: readonly Attachment[]
  /** One more; the same file attached anew, as in another size, takes its own place. */
  add(ref: Ref, attachment: Attachment): void
  /** All of them go. */
  taken(): readonly Attachment[]
  /** Takes away what the words behind `/attachments` name. @returns what there is to say */
  drop(argument: string): string
  /** What waits, in words; null: nothing does. @param isWhole with what can be done about it */
  told(isWhole: boolean): string | null
}

const AWAY = '/attachments drop 1 takes the first away.'
const SMALLER = '/attach FILE@720p, or @100x100, makes an image anew in that size.'

/** @param rows each of these in words, and all of them */
export function createWaiting(
  first: readonly Attachment[],
  rows: (all: readonly Attachment[]) => { readonly each: readonly string[]; readonly together: string },
): Waiting {
  let files: readonly { readonly attachment: Attachment; readonly path?: string }[] = first.map((attachment) => ({
    attachment,
  }))
  let isExplained = false
  const all = () => files.map(({ attachment }) => attachment)

  return {
    get all() {
      return all()
    },
    add(ref, attachment) {
      const one = { attachment, ...('path' in ref && { path: resolve(ref.path) }) }
      const at = files.findIndex(({ path }) => path !== undefined && path === one.path)
      files = at < 0 ? [...files, one] : files.with(at, one)
    },
    taken() {
      const before = all()
      files = []
      return before
    },
    drop(argument) {
      const places = droppedFrom(argument, files.length)
      if (typeof places === 'string') return places
      const names = places.map((at) => sanitiseLine(files[at]!.attachment.name)).join(', ')
      files = files.filter((_, at) => !places.includes(at))
      const rest = files.length === 0 ? 'No file waits now' : `${count(files.length, 'file')} left`
      return `Taken away: ${names}. ${rest}.`
    },
    told(isWhole) {
      if (files.length === 0) return null
      const { each, together } = rows(all())
      const isSized = files.some(({ attachment }) => attachment.kind === 'image')
      const ways = isWhole || !isExplained ? ` ${isSized ? `${AWAY} ${SMALLER}` : AWAY}` : ''
      isExplained = true
      return `With your next message: ${each.map((row, i) => `${i + 1}. ${row}`).join('; ')}. Together ${together}.${ways}`
    },
  }
}
