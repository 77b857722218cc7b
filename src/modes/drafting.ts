/**
 * What the draft has to do with the world outside the screen: it is kept on disk while it is written, found again after
 * a crash. Loaded after the first paint. How it is edited is `core/composer`'s, how it is stored `io`'s.
 */

import { join } from 'node:path'
import type { Completion } from '../core/commands.ts'
import { partsOf, sheetOf, writtenOut } from '../core/composer/chips.ts'
import { askMenu, type Composer, followMenu, withDraft } from '../core/composer/composer.ts'
import { unsentDraft, withLeft, withOlder } from '../core/composer/intake.ts'
import { openDrafts } from '../io/drafts.ts'
import { editorCommand, editText } from '../io/editor.ts'
import { folders } from '../io/folders.ts'
import { openPrompts } from '../io/prompts.ts'
import { createFileMenu } from './file-menu.ts'

/** A change of the draft is on disk after at most so many ms. No timer runs while nothing changes. */
const KEEP_MS = 200

export interface Desk {
  readonly composer: () => Composer
  /** Lays another composer on the screen, and a notice with it; without one the notice stays. */
  readonly show: (composer: Composer, notice?: string | null) => void
  /** Gives the whole terminal away for as long as `use` takes; nothing is painted meanwhile. */
  readonly lend: <T>(use: () => Promise<T>) => Promise<T>
}

export interface Drafting {
  /** The composer may have changed: cheap, to be called after every key. */
  changed(): void
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
  desk: Desk,
): Drafting {
  const { data } = folders(env)
  const drafts = openDrafts(join(data, 'drafts'))
  const prompts = openPrompts(join(data, 'prompts.jsonl'), (message) =>
    desk.show(desk.composer(), `History cannot be kept on disk: ${message}`),
  )
  /** The history that is in the file already; null until that has been read. */
  let told: readonly string[] | null = null
  let seen: Composer | null = null
  let kept = ''
  let keeping: NodeJS.Timeout | undefined
  let isBroken = !isKept

  const keep = () => {
    clearTimeout(keeping)
    keeping = undefined
    const composer = desk.composer()
    const draft = unsentDraft(composer)
    if (draft === kept || isBroken) return
    kept = draft
    try {
      drafts.save(partsOf(draft, composer))
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
    if (composer === seen || isBroken) return
    seen = composer
    // What was sent must not come back after a crash.
    const isUrgent = kept !== '' && composer.text === ''
    if (isUrgent) clearTimeout(keeping)
    if (isUrgent || !keeping) keeping = setTimeout(keep, isUrgent ? 0 : KEEP_MS)
  }

  const adopt = () => {
    const { sheets, done } = drafts.adopt()
    if (sheets.length > 0) {
      const before = desk.composer()
      const restored = withLeft(before, sheets)
      desk.show(
        restored,
        restored.text === before.text
          ? 'A draft from before is in history: Up brings it back.'
          : 'Draft restored. Ctrl+C clears it.',
      )
    }
    keep()
    if (!isBroken) done()
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

  const readHistory = async () => {
    const sheets = await prompts.read()
    told ??= []
    tell()
    const grown = withOlder(desk.composer(), sheets)
    told = (grown.search?.origin ?? grown).history
    desk.show(grown)
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
    adopt()
    void readHistory()
  }
  return {
    changed,
    edit,
    complete: files.complete,
    close() {
      told ??= []
      tell()
      prompts.close()
      keep()
    },
  }
}
