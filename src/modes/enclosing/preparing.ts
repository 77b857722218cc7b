/** Prepares what lies beside a draft, each on its own, and remembers what it was made from, so that it can be made anew. */

import { basename, resolve } from 'node:path'
import type { Prepared } from '../../core/attachments/prepared.ts'
import { fileCompletion } from '../../core/composer/file-words.ts'
import { attachmentOf, type Enclosure } from '../../core/enclosures.ts'
import { sanitiseLine } from '../../core/sanitise.ts'
import { titled } from '../../io/attachments/ready.ts'
import { type OnClipboard, readClipboard } from '../../io/clipboard-reading.ts'
import { attachFrom, chatParts, type Ref, refOf } from '../attaching.ts'
import { attachApart } from '../attaching-apart.ts'
import type { EnclosingParts } from '../late-enclosing.ts'

export type { Ref }

export interface Preparing {
  readonly refOf: (word: string) => Ref
  /** @param as a name of its own, and the word that has brought it */
  begin(ref: Ref, as?: { readonly name?: string; readonly word?: string }): Enclosure
  /** Prepares it once more from what it was made from, where that is known. */
  again(id: number): void
  /** What is on the clipboard; an image is prepared as this enclosure, anything else is for the caller. */
  fromClipboard(): { readonly enclosure: Enclosure; readonly found: Promise<OnClipboard> }
  /** Whether the same file lies there in the same size. */
  holds(enclosed: readonly Enclosure[], ref: Ref): boolean
  /** What it was made from; a sentence where that is not at hand. */
  sourceOf(one: Enclosure): Ref | string
  /** How a text names it, so that it can be attached again from that; null: only its bytes are known. */
  wordFor(one: Enclosure): string | null
  stop(id: number): void
  close(): void
}

export function createPreparing(
  { setup, runtime, now, allow }: Pick<EnclosingParts, 'setup' | 'runtime' | 'now' | 'allow'>,
  told: { settled(id: number, name: string, prepared: Prepared): void },
): Preparing {
  let next = 1
  const refs = new Map<number, Ref>()
  const names = new Map<number, string>()
  const running = new Map<number, AbortController>()

  const prepareFrom = async ({ part, ...ref }: Ref, signal: AbortSignal): Promise<Prepared> => {
    if (part !== 'summary') return attachApart({ ...ref, ...(part && { part }) }, setup(), runtime.state, signal)
    return attachFrom({ ...ref, part }, chatParts(setup(), runtime, { now, allow }), signal)
  }
  const prepare = async (id: number, ref: Ref, controller: AbortController) => {
    const name = names.get(id)
    try {
      const prepared = await prepareFrom(ref, controller.signal)
      if (controller.signal.aborted) return
      if ('refused' in prepared || name === undefined) {
        const own = 'refused' in prepared ? nameOf(ref) : prepared.attachment.name
        return told.settled(id, name ?? own, prepared)
      }
      // As it is called in the words that go along.
      const attachment = { ...prepared.attachment, name }
      told.settled(id, name, { ...prepared, attachment })
    } catch (error) {
      if (controller.signal.aborted) return
      told.settled(id, name ?? nameOf(ref), {
        refused: `${nameOf(ref)} could not be read: ${(error as Error).message}.`,
      })
    } finally {
      if (running.get(id) === controller) running.delete(id)
    }
  }
  const started = (id: number) => {
    const controller = new AbortController()
    running.set(id, controller)
    return controller
  }

  return {
    refOf,
    begin(ref, { name, word } = {}) {
      const id = next++
      refs.set(id, ref)
      if (name !== undefined) names.set(id, titled(name))
      void prepare(id, ref, started(id))
      return { id, name: names.get(id) ?? nameOf(ref), state: 'preparing', ...(word === undefined ? {} : { word }) }
    },
    again(id) {
      const ref = refs.get(id)
      if (!ref) return
      running.get(id)?.abort()
      void prepare(id, ref, started(id))
    },
    fromClipboard() {
      const id = next++
      const controller = started(id)
      const found = readClipboard(process.env, process.platform, controller.signal)
        .catch((): OnClipboard => ({ type: 'nothing' }))
        .then((on) => {
          if (on.type !== 'image' || controller.signal.aborted) return on
          const ref = { name: 'clipboard.png', bytes: on.bytes }
          refs.set(id, ref)
          void prepare(id, ref, controller)
          return on
        })
      return { enclosure: { id, name: 'clipboard', state: 'preparing' }, found }
    },
    holds: (enclosed, ref) =>
      enclosed.some(({ id }) => {
        const other = refs.get(id)
        return other !== undefined && 'path' in other && 'path' in ref && resolve(other.path) === resolve(ref.path)
      }),
    sourceOf(one) {
      const ref = refs.get(one.id)
      if (ref) return ref
      const attachment = attachmentOf(one)
      // One that came back has only what was sent of it.
      const bytes = attachment && setup().shelf.get(attachment.hash)
      return bytes ? { name: one.name, bytes } : `The bytes of ${one.name} are not at hand: attach it again.`
    },
    wordFor({ id, word }) {
      const ref = refs.get(id)
      // Its word stands in the text already.
      if (!ref || word !== undefined) return null
      if ('path' in ref) return fileCompletion(resolve(ref.path)).insert.trim()
      return 'url' in ref ? ref.url : null
    },
    stop(id) {
      running.get(id)?.abort()
      running.delete(id)
      refs.delete(id)
      names.delete(id)
    },
    close() {
      for (const controller of running.values()) controller.abort()
    },
  }
}

const nameOf = (ref: Ref): string =>
  'path' in ref ? titled(basename(ref.path) || ref.path) : 'url' in ref ? sanitiseLine(ref.url) : ref.name
