/**
 * Drafts on disk, so that a crash or `kill -9` loses no word: a folder for each running chat, with the draft and its
 * large pastes as files of their own, written once, and the messages that wait behind an answer. What is a draft, and
 * when it is worth keeping, is for others; how long stretches are spelled, `long-drafts` knows.
 */

import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Unready } from '../core/attachments/enclosures.ts'
import { ATTACHMENTS, UNREADY } from '../core/attachments/shape.ts'
import { type Asking, type Attachment, askingOf, attachedTo, type Question } from '../core/attachments.ts'
import type { Part, Sheet } from '../core/composer/chips.ts'
import { misfit, type Shape } from '../core/schema/shape.ts'
import { createDraftBytes, readBytes } from './drafts/draft-bytes.ts'
import { createLongDrafts, isLong, type Spelled } from './drafts/long-drafts.ts'
import { makeFolder } from './files/private-folder.ts'
import { isRunning, ownName } from './process/process-name.ts'

export interface Drafts {
  /**
   * Keeps this draft, and the messages queued behind an answer, in the place of those before; without a word in any they
   * are removed. Synchronous, but for the bytes of what is attached. @throws on I/O errors
   */
  save(parts: readonly Part[], queue?: readonly Question[], beside?: Beside): void
  /**
   * Claims the drafts of chats that are gone, oldest first: no other chat will see them. Call it before the first
   * `save`, and `done` once they are safe elsewhere.
   */
  adopt(): Adopted
}

/** What is attached to a draft. */
export interface Beside {
  readonly attachments: readonly Attachment[]
  /** null: they are not at hand. */
  readonly bytes: (hash: string) => Uint8Array | null
  /** What goes with other pages than the draft, by their words; nothing when absent. */
  readonly pages?: readonly Asking[]
  /** What is on its way to be attached; none when absent. */
  readonly unready?: readonly Unready[]
  /** The program ends: what is not on disk by the end of the call never will be. */
  readonly isLast?: boolean
}

export interface Adopted {
  /** Drafts, oldest first. */
  readonly sheets: readonly Sheet[]
  /** Messages that waited behind an answer, in order. */
  readonly queued: readonly Question[]
  /** What was attached to the last of the drafts. */
  readonly attachments: readonly Attachment[]
  /** What was on its way to be attached to it. */
  readonly unready: readonly Unready[]
  /** What went with earlier messages that were not sent, or cleared. */
  readonly pages: readonly Asking[]
  /** Bytes of what was attached to any of them; null: they were lost. */
  bytes(hash: string): Uint8Array | null
  /** They are safe elsewhere: the files are removed. */
  done(): void
}

const NONE_UNREADY: readonly Unready[] = []
const NO_PAGES: readonly Asking[] = []
const NOTHING: Beside = { attachments: [], bytes: () => null }

/** `pid-start`, and a counter behind a dot on what was claimed. */
const OWNER = /^(\d+)-(\d*)(?:\.\d+)?$/

/** @param folder need not exist; it is made, readable by the owner alone, when there is something to keep */
export function openDrafts(folder: string): Drafts {
  const own = ownName()
  const home = join(folder, own)
  let written = new Set<number>()
  let long = createLongDrafts(home)
  let isThere = false
  let keptQueue: readonly Question[] = []
  let keptAttached: readonly Attachment[] = []
  let keptUnready = NONE_UNREADY
  let keptPages = NO_PAGES
  let files = createDraftBytes(home)

  /** Renamed into its place: whenever the end comes, one of the two is there in full. */
  const put = (name: string, content: unknown) => {
    const fresh = join(home, name.replace('.json', '.new'))
    writeFileSync(fresh, JSON.stringify(content), { mode: 0o600 })
    renameSync(fresh, join(home, name))
  }

  const save = (parts: readonly Part[], queue: readonly Question[] = [], beside: Beside = NOTHING) => {
    const { attachments, unready = NONE_UNREADY, pages = NO_PAGES } = beside
    if (
      attachments.length === 0 &&
      unready.length + pages.length === 0 &&
      queue.length === 0 &&
      parts.every((part) => typeof part === 'string' && part.trim() === '')
    ) {
      if (isThere) rmSync(home, { recursive: true, force: true })
      isThere = false
      written = new Set()
      keptQueue = []
      keptAttached = []
      keptUnready = NONE_UNREADY
      keptPages = NO_PAGES
      long = createLongDrafts(home)
      files.leave()
      files = createDraftBytes(home)
      return
    }
    if (!isThere) makeFolder(home)
    isThere = true
    const words = parts.filter((part) => typeof part === 'string')
    const longest = words.toSorted((a, b) => b.length - a.length)[0]
    const spelled = parts.flatMap((part): readonly (Spelled | { readonly paste: string })[] => {
      if (typeof part === 'string') return part === longest && isLong(part) ? long.spell(part) : [part]
      const paste = `paste-${part.nth}.txt`
      if (!written.has(part.nth)) writeFileSync(join(home, paste), part.text, { mode: 0o600 })
      written.add(part.nth)
      return [{ paste }]
    })
    put('draft.json', spelled)
    long.settle()
    // It may be long, and changes seldom.
    if (queue !== keptQueue && queue.length + keptQueue.length > 0) put('queue.json', queue)
    keptQueue = queue
    if (attachments !== keptAttached && attachments.length + keptAttached.length > 0) put('attached.json', attachments)
    keptAttached = attachments
    if (unready.length + keptUnready.length > 0) put('unready.json', unready)
    keptUnready = unready
    if (pages !== keptPages && pages.length + keptPages.length > 0) put('pages.json', pages)
    keptPages = pages
    files.keep([...attachments, ...[...queue, ...pages].flatMap(attachedTo)], beside)
  }

  const adopt = () => {
    const claimed: string[] = []
    for (const name of namesIn(folder)) {
      const [, pid, start] = OWNER.exec(name) ?? []
      // One of our own number, before we have kept anything, is of an earlier process.
      if (pid === undefined || (name !== own && isRunning(Number(pid), start!))) continue
      const place = join(folder, `${own}.${claimed.length + 1}`)
      try {
        renameSync(join(folder, name), place)
        claimed.push(place)
      } catch {
        // Another chat was first.
      }
    }
    const found = claimed
      .map((place) => read(place))
      .filter((one) => one !== null)
      .sort((a, b) => a.at - b.at)
    return {
      sheets: found.map(({ sheet }) => sheet).filter(({ text }) => text.trim() !== ''),
      attachments: found.at(-1)?.attachments ?? [],
      unready: found.at(-1)?.unready ?? [],
      bytes: (hash: string) =>
        claimed.reduce<Uint8Array | null>((known, place) => known ?? readBytes(place, hash), null),
      queued: claimed.flatMap((place) => readQuestions(place, 'queue.json')),
      pages: claimed.flatMap((place) => readQuestions(place, 'pages.json')).map(askingOf),
      done() {
        for (const place of claimed) rmSync(place, { recursive: true, force: true })
      },
    }
  }
  return { save, adopt }
}

interface Found {
  readonly sheet: Sheet
  readonly attachments: readonly Attachment[]
  readonly unready: readonly Unready[]
  readonly at: number
}

/** A list that lies beside a draft; nothing when it cannot be read. */
function readBeside<T>(place: string, name: string, shape: Shape): readonly T[] {
  try {
    const list: unknown = JSON.parse(readFileSync(join(place, name), 'utf8'))
    return misfit(shape, list) === null ? (list as readonly T[]) : []
  } catch {
    return []
  }
}

/** A draft and when it was kept; null when there is none that could be read. */
function read(place: string): Found | null {
  try {
    const parts: unknown = JSON.parse(readFileSync(join(place, 'draft.json'), 'utf8'))
    if (!Array.isArray(parts)) return null
    let text = ''
    const pastes: [number, number][] = []
    const file = (name: string) => readFileSync(join(place, name), 'utf8')
    for (const part of parts) {
      if (typeof part === 'string') text += part
      else if (/^paste-\d+\.txt$/.test(part?.paste)) {
        const start = text.length
        text += file(part.paste)
        pastes.push([start, text.length])
      } else if (/^base-\d+\.txt$/.test(part?.base)) text += file(part.base).slice(part.from, part.to)
    }
    const attachments = readBeside<Attachment>(place, 'attached.json', ATTACHMENTS)
    const unready = readBeside<Unready>(place, 'unready.json', UNREADY)
    if (text.trim() === '' && attachments.length + unready.length === 0) return null
    return { sheet: { text, pastes }, attachments, unready, at: statSync(join(place, 'draft.json')).mtimeMs }
  } catch {
    return null
  }
}

/** Messages that lie there; none when they cannot be read. */
function readQuestions(place: string, name: string): readonly Question[] {
  try {
    const list: unknown = JSON.parse(readFileSync(join(place, name), 'utf8'))
    return Array.isArray(list) ? list.filter(isQuestion) : []
  } catch {
    return []
  }
}

/** What the program wrote itself, as far as it is to be relied on. */
const isQuestion = (one: unknown): one is Question =>
  typeof one === 'string' ||
  (typeof one === 'object' && one !== null && 'text' in one && typeof one.text === 'string' && 'attachments' in one)

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
