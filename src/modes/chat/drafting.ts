/**
 * What the draft has to do with the world outside the screen: it is kept on disk while it is written, found again after
 * a crash. Loaded after the first paint. How it is edited is `core/composer`'s, how it is stored `io`'s.
 */

import { join } from 'node:path'
import { enclosedAgain, enclosedIn, readyIn, type Unready } from '../../core/attachments/enclosures.ts'
import {
  type Asking,
  type Attachment,
  attachedTo,
  isSameAttached,
  isSameQuestion,
  type Question,
  questionOf,
  spelledOut,
  wordsOf,
} from '../../core/attachments.ts'
import type { Completion } from '../../core/chat/commands.ts'
import { partsOf, type Sheet, sheetOf, writtenOut } from '../../core/composer/chips.ts'
import { askMenu, type Composer, followMenu, withDraft } from '../../core/composer/composer.ts'
import { unsentDraft, withLeft, withOlder } from '../../core/composer/intake.ts'
import { count } from '../../core/figures/words.ts'
import type { Shelf } from '../../io/attachments/shelf.ts'
import { openPrompts } from '../../io/drafts/prompts.ts'
import { type Adopted, openDrafts } from '../../io/drafts.ts'
import { folders } from '../../io/files/folders.ts'
import { editorCommand, editText } from '../../io/terminal/editor.ts'
import { createFileMenu } from './file-menu.ts'
import type { Ui } from './view.ts'
import { besidePages, laidOnPage, withPages, withUnsent, wordsInHistory } from './with-pages.ts'

/** A change of the draft is on disk after at most so many ms. No timer runs while nothing changes. */
const KEEP_MS = 200

export interface Desk {
  readonly ui: () => Ui
  /** Messages typed while an answer runs: unsent, too. */
  readonly queue: () => readonly Question[]
  /** What is on its way to be attached; the same list as long as it is the same. */
  readonly unready: () => readonly Unready[]
  /** Attaches what was on its way when an earlier chat ended. */
  readonly again: (unready: readonly Unready[]) => void
  /** Where the bytes of attachments lie. */
  readonly shelf: () => Shelf
  /** Lays it on the screen, and draws. */
  readonly show: (ui: Ui) => void
  /** Gives the whole terminal away for as long as `use` takes; nothing is painted meanwhile. */
  readonly lend: <T>(use: () => Promise<T>) => Promise<T>
}

export interface Drafting {
  /** The composer may have changed: cheap, to be called after every key. */
  changed(): void
  /** Whether nothing was typed: the page is empty, or holds the draft that was found. */
  isUntouched(composer: Composer): boolean
  /** Files that an `@` word at the cursor may mean, as far as known; the menu follows by itself. */
  complete(composer: Composer): readonly Completion[]
  /** Ctrl+G: the draft goes to the person's editor and comes back. */
  edit(): Promise<void>
  /** The program ends: what is unsent is on disk when this returns. */
  close(): void
}

/** @param isKept whether anything may be written to disk at all */
export function createDrafting(
  env: Readonly<Record<string, string | undefined>>,
  isKept: boolean,
  given: Desk,
): Drafting {
  const desk = {
    ...given,
    composer: () => given.ui().composer,
    /** Lays another composer on the screen, and a notice with it; without one the one there stays. */
    show(composer: Composer, notice = given.ui().notice, more: Partial<Ui> = {}) {
      given.show({ ...given.ui(), composer, notice, ...more })
    },
  }
  const { data } = folders(env)
  const drafts = openDrafts(join(data, 'drafts'))
  const prompts = openPrompts(join(data, 'prompts.jsonl'), (message) =>
    desk.show(desk.composer(), `History cannot be kept on disk: ${message}`),
  )
  /** The history that is in the file already; null until that has been read. */
  let told: readonly string[] | null = null
  let seen: Composer | null = null
  let kept = ''
  // Nothing is on disk yet, whatever was typed before this was loaded.
  let keptQueue: readonly Question[] = []
  let keptAttached: readonly Attachment[] = []
  let keptUnready: readonly Unready[] = []
  let keptPages: readonly Asking[] = []
  let seenEnclosed = enclosedIn(given.ui())
  let found = ''
  let keeping: NodeJS.Timeout | undefined
  let isBroken = !isKept

  const keep = (isLast = false) => {
    clearTimeout(keeping)
    keeping = undefined
    const composer = desk.composer()
    const draft = unsentDraft(composer)
    const unready = desk.unready()
    const queue = desk.queue()
    const beside = besidePages(given.ui())
    const attachments = readyIn(beside.draft)
    const isSamePages =
      beside.pages.length === keptPages.length && beside.pages.every((one, i) => isSameQuestion(one, keptPages[i]!))
    const isKeptAlready =
      draft === kept &&
      queue === keptQueue &&
      unready === keptUnready &&
      isSamePages &&
      isSameAttached(attachments, keptAttached)
    if ((isKeptAlready && !isLast) || isBroken) return
    kept = draft
    keptQueue = queue
    keptUnready = unready
    if (!isSameAttached(attachments, keptAttached)) keptAttached = attachments
    if (!isSamePages) keptPages = beside.pages
    try {
      drafts.save(partsOf(draft, composer), queue, {
        ...{ attachments: keptAttached, pages: keptPages, unready, bytes: desk.shelf().get, isLast },
      })
    } catch (error) {
      isBroken = true
      desk.show(composer, `The draft cannot be kept on disk: ${(error as Error).message}`)
    }
  }

  /** What was sent or cleared since goes into the file. */
  const tell = () => {
    const composer = desk.composer()
    const { history } = composer.search?.origin ?? composer
    if (history === told || told === null || !isKept) return
    prompts.append(history.slice(told.length).map((entry) => sheetOf(entry, composer)))
    told = history
  }

  const changed = () => {
    const composer = desk.composer()
    tell()
    const isQueueKept = desk.queue() === keptQueue
    const enclosed = enclosedIn(given.ui())
    if ((composer === seen && enclosed === seenEnclosed && isQueueKept) || isBroken) return
    seen = composer
    seenEnclosed = enclosed
    // What was sent must not come back after a crash.
    const isSent =
      (kept !== '' && composer.text === '') || (keptAttached.length + keptUnready.length > 0 && enclosed.length === 0)
    const isUrgent = !isQueueKept || isSent
    if (isUrgent) clearTimeout(keeping)
    if (isUrgent || !keeping) keeping = setTimeout(() => keep(), isUrgent ? 0 : KEEP_MS)
  }

  const adopt = () => {
    const left = drafts.adopt()
    const { sheets, queued, attachments, unready, pages, bytes, done } = left
    const isFree = desk.composer().text === '' && enclosedIn(given.ui()).length === 0
    const there = [...attachments, ...[...queued, ...pages].flatMap(attachedTo)].filter(({ hash }) => {
      const found = bytes(hash)
      if (found) desk.shelf().put(hash, found)
      return found !== null
    })
    if (sheets.length + attachments.length + unready.length > 0) {
      const isDraft = lay(sheets) || (isFree && sheets.length === 0)
      desk.show(
        desk.composer(),
        isDraft ? 'Draft restored. Ctrl+C clears it.' : 'A draft from before is in history: Up brings it back.',
        isDraft ? { enclosed: enclosedAgain(attachments.filter((one) => there.includes(one))) } : {},
      )
      if (isDraft && unready.length > 0) desk.again(unready)
    }
    const whatIsThere = ({ text, attachments = [] }: Asking) =>
      questionOf(
        text,
        attachments.filter((one) => there.includes(one)),
      )
    given.show(withPages(given.ui(), pages.map(whatIsThere)))
    // Nobody has typed yet: what is found is safe before its old place goes.
    keep(there.length > 0)
    if (queued.length === 0 && !isBroken) done()
    return left
  }

  /** Lays texts from before on the page, if it is free, and into history. @returns whether one became the draft */
  const lay = (sheets: readonly Sheet[]): boolean => {
    const before = desk.composer()
    const laid = withLeft(before, sheets)
    desk.show(laid)
    if (laid.text === before.text) return false
    found = laid.text
    return true
  }

  /** Messages that waited behind an answer when an earlier chat ended: the first is the draft, if there is none. */
  const bringBack = ({ queued: waited, done }: Adopted, earlier: readonly Sheet[]) => {
    if (waited.length === 0) return
    const queued = waited.map(asFarAsThere)
    // As they stand in the history that was read just now, with their chips; where they do, there is one of each.
    const known = (text: string) => earlier.findLast((sheet) => sheet.text.trimEnd() === text)
    const isFree = desk.composer().text === '' && enclosedIn(given.ui()).length === 0
    const words = queued.map((question, i) => (isFree && i === 0 ? wordsOf(question) : wordsInHistory(question)))
    const [first, ...others] = words.map((text) => ({
      isNew: !known(text),
      sheet: known(text) ?? { text, pastes: [] },
    }))
    const missing = (isFree ? others : [first!, ...others]).filter(({ isNew }) => isNew)
    const isLaid = lay([...missing.map(({ sheet }) => sheet), ...(isFree ? [first!.sheet] : [])])
    const isDraft = isLaid || (isFree && attachedTo(queued[0]!).length > 0)
    desk.show(desk.composer(), unsentInWords(queued.length, isDraft), isFree ? laidOnPage(queued[0]!) : {})
    given.show(withUnsent(given.ui(), isFree ? queued.slice(1) : queued))
    keep()
    tell()
    if (!isBroken) done()
  }

  /** A message with what still goes along; of what was lost there is the name. */
  const asFarAsThere = (question: Question): Question => {
    const all = attachedTo(question)
    const there = all.filter(({ hash }) => desk.shelf().get(hash) !== null)
    return there.length === all.length ? question : questionOf(spelledOut(question), there)
  }

  const edit = async () => {
    const before = desk.composer()
    const command = editorCommand(env)
    if (!command) return desk.show(before, 'No editor is set: put its name into VISUAL or EDITOR, such as EDITOR=nano.')
    const text = writtenOut(before.text, before)
    const edited = await desk.lend(() => editText(text, command, env))
    if ('problem' in edited) return desk.show(desk.composer(), edited.problem)
    desk.show(withDraft(desk.composer(), edited.text), null)
    changed()
  }

  const readHistory = async (left: Adopted) => {
    const sheets = await prompts.read()
    told ??= []
    tell()
    const grown = withOlder(desk.composer(), sheets)
    told = (grown.search?.origin ?? grown).history
    desk.show(grown)
    // A page that was changed before it was left is not in that history.
    given.show(withUnsent(given.ui(), besidePages(given.ui()).pages))
    bringBack(left, sheets)
  }

  const files = createFileMenu(
    process.cwd(),
    () => performance.now(),
    () => {
      const composer = desk.composer()
      if (composer.search || composer.menuShut) return
      const isTab = files.isAwaited(composer)
      desk.show(isTab ? askMenu(composer, files.complete) : followMenu(composer, files.complete))
    },
  )

  if (isKept) {
    void readHistory(adopt())
  }
  return {
    isUntouched: ({ text }) => text === '' || text === found,
    changed,
    edit,
    complete: files.complete,
    close() {
      told ??= []
      tell()
      prompts.close()
      keep(true)
    },
  }
}

/** Keeps the draft of a chat that ends before its desk was opened. Drafts from before stay where they are. */
export function keepUnopened(env: Readonly<Record<string, string | undefined>>, desk: Desk): void {
  const { composer } = desk.ui()
  const { draft, pages } = besidePages(desk.ui())
  const beside = { attachments: readyIn(draft), pages, unready: desk.unready(), bytes: desk.shelf().get, isLast: true }
  const parts = partsOf(unsentDraft(composer), composer)
  openDrafts(join(folders(env).data, 'drafts')).save(parts, desk.queue(), beside)
}

/** What became of messages that were never sent. @param isDraft whether the first of them is the draft now */
function unsentInWords(queued: number, isDraft: boolean): string {
  const what = count(queued, 'queued message was', 'queued messages were')
  if (!isDraft) return `${what} not sent: Up brings ${queued === 1 ? 'it' : 'them'} back.`
  const others = queued === 1 ? 'it is the draft. Ctrl+C clears it.' : 'the first is the draft, Up brings the others.'
  return `${what} not sent: ${others}`
}
