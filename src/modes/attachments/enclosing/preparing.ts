/** Prepares what lies beside a draft, each on its own, and remembers what it was made from, so that it can be made anew. */

import { basename, resolve } from 'node:path'
import { attachmentOf, type Enclosure, isPreparing, type Unready } from '../../../core/attachments/enclosures.ts'
import { readImageSize } from '../../../core/attachments/image-size.ts'
import type { Prepared, WantedPart } from '../../../core/attachments/prepared.ts'
import { fileCompletion, meantFiles } from '../../../core/composer/file-words.ts'
import { sanitiseLine } from '../../../core/text/sanitise.ts'
import { titled } from '../../../io/attachments/ready.ts'
import { type OnClipboard, readClipboard } from '../../../io/terminal/clipboard-reading.ts'
import type { EnclosingParts } from '../../late/enclosing.ts'
import { attachFrom, chatParts, type Ref, refOf } from '../attaching.ts'
import { attachApart } from '../attaching-apart.ts'

export type { Ref }

export interface Preparing {
  readonly refOf: (word: string) => Ref
  /** @param as a name of its own, and the word that has brought it */
  begin(ref: Ref, as?: { readonly name?: string; readonly word?: string }): Enclosure
  /** Prepares it once more from what it was made from, where that is known. */
  again(id: number): void
  /** What is on the clipboard; an image is prepared as this enclosure, anything else is for the caller. */
  fromClipboard(): { readonly enclosure: Enclosure; readonly found: Promise<OnClipboard> }
  /** Whether the same file lies there, in the same size where one is asked for. */
  holds(enclosed: readonly Enclosure[], ref: Ref): boolean
  /** The one that was made from the same file, in whatever size. */
  lying(enclosed: readonly Enclosure[], ref: Ref): Enclosure | undefined
  /** What it was made from; a sentence where that is not at hand. */
  sourceOf(one: Enclosure): Ref | string
  /** Those that are not ready, where they can be prepared again from; the same list as long as it is the same. */
  unready(enclosed: readonly Enclosure[]): readonly Unready[]
  /** Such a one again; null: it says nothing of where it lies. A summary is not asked for without being told to. */
  resume(unready: Unready): Enclosure | null
  /** How a text names it, so that it can be attached again from that; null: only its bytes are known. */
  wordFor(one: Enclosure): string | null
  stop(id: number): void
  close(): void
}

export function createPreparing(
  { setup, runtime, now, allow, say }: Pick<EnclosingParts, 'setup' | 'runtime' | 'now' | 'allow' | 'say'>,
  told: { settled(id: number, name: string, prepared: Prepared): void },
): Preparing {
  let next = 1
  const refs = new Map<number, Ref>()
  const names = new Map<number, string>()
  const running = new Map<number, AbortController>()
  let known: { readonly of: readonly Enclosure[]; readonly unready: readonly Unready[] } = { of: [], unready: [] }

  const prepareFrom = async ({ part, ...ref }: Ref, signal: AbortSignal): Promise<Prepared> => {
    if (part !== 'summary') return attachApart({ ...ref, ...(part && { part }) }, setup(), runtime.state, signal)
    return attachFrom({ ...ref, part }, chatParts(setup(), runtime, { now, allow, say }), signal)
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

  const begin: Preparing['begin'] = (ref, { name, word } = {}) => {
    const id = next++
    refs.set(id, ref)
    if (name !== undefined) names.set(id, titled(name))
    void prepare(id, ref, started(id))
    return { id, name: names.get(id) ?? nameOf(ref), state: 'preparing', ...(word === undefined ? {} : { word }) }
  }

  return {
    refOf,
    begin,
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
        return other !== undefined && isSameFile(other, ref) && (ref.size === undefined || ref.size === other.size)
      }),
    lying: (enclosed, ref) =>
      enclosed.find(({ id }) => {
        const other = refs.get(id)
        return other !== undefined && isSameFile(other, ref)
      }),
    sourceOf(one) {
      const ref = refs.get(one.id)
      if (ref) return ref
      const attachment = attachmentOf(one)
      // One that came back has only what was sent of it.
      const bytes = attachment && setup().shelf.get(attachment.hash)
      return bytes ? { name: one.name, bytes } : `The bytes of ${one.name} are not at hand: attach it again.`
    },
    unready(enclosed) {
      const all = enclosed.filter(isPreparing)
      if (all.length === known.of.length && all.every((one, i) => one === known.of[i])) return known.unready
      const unready = all.flatMap(({ id, word }): readonly Unready[] => {
        const ref = refs.get(id)
        if (!ref || 'bytes' in ref) return []
        const place = 'path' in ref ? { path: resolve(ref.path) } : { url: ref.url }
        const { size, part } = ref
        return [
          {
            ...place,
            ...(size && { size }),
            ...(part && { part: spelled(part) }),
            ...(word === undefined ? {} : { word }),
          },
        ]
      })
      known = { of: all, unready }
      return unready
    },
    resume({ path, url, size, part, word }) {
      const place = path === undefined ? url !== undefined && { url } : { path }
      if (!place) return null
      const wanted = part === undefined ? undefined : partIn(part)
      const px = size === undefined ? null : readImageSize(size)
      const ref: Ref = { ...place, ...(px && { size: px }), ...(wanted && { part: wanted }) }
      if (part !== 'summary') return begin(ref, word === undefined ? {} : { word, name: nameIn(word, path) })
      const id = next++
      refs.set(id, ref)
      const name = nameOf(ref)
      const refused = `${name}: its summary was not finished. Enter on it offers its parts, and a summary, again.`
      return { id, name, state: { refused, isTooLong: true } }
    },
    wordFor({ id, word }) {
      const ref = refs.get(id)
      // Its word stands in the text already.
      if (!ref || word !== undefined) return null
      if ('path' in ref)
        return fileCompletion(resolve(ref.path)).insert.trim() + (ref.size === undefined ? '' : `@${ref.size}`)
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

const isSameFile = (one: Ref, other: Ref): boolean =>
  'path' in one && 'path' in other && resolve(one.path) === resolve(other.path)

/** As a word names what lies there: its size is none of the name. */
const nameIn = (word: string, path: string | undefined): string =>
  meantFiles(word).find((meant) => path !== undefined && resolve(meant.path) === path)?.path ?? word

const spelled = (part: WantedPart): string => (typeof part === 'string' ? part : `${part.end}:${part.tokens}`)

function partIn(text: string): WantedPart | undefined {
  const [, end, tokens] = /^(head|tail):(\d{1,9})$/.exec(text) ?? []
  if (end !== undefined) return { end: end as 'head' | 'tail', tokens: Number(tokens) }
  return text === 'summary' ? 'summary' : undefined
}
