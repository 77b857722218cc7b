/** Files that a draft names with `@`: they come to lie beside it, and go, with their words. */

import { type Enclosure, enclosedIn } from '../../../core/attachments/enclosures.ts'
import { isCommand } from '../../../core/chat/commands.ts'
import { filesNamed, type MeantFile, meantFiles, type NamedFile } from '../../../core/composer/file-words.ts'
import { isDraftShown } from '../../../core/composer/intake.ts'
import { titled } from '../../../io/attachments/ready.ts'
import type { Ui } from '../../chat/view.ts'
import type { Preparing } from './preparing.ts'
import { isThere } from './there.ts'

/** A pause in the typing, in ms, after which files named in the draft are looked for. */
const PAUSE_MS = 120

export interface Naming {
  /** The draft may have changed. */
  changed(): void
  /** What a text that is being sent names besides what lies beside it already. */
  named(text: string, before: readonly Enclosure[]): Promise<readonly Enclosure[]>
  /** From now on the words that have brought these are words. */
  dismiss(enclosed: readonly Enclosure[]): void
  close(): void
}

export function createNaming(
  ui: () => Ui,
  preparing: Pick<Preparing, 'begin' | 'stop' | 'holds'>,
  change: (enclosed: readonly Enclosure[]) => void,
): Naming {
  /** Paths of words whose file was taken away again, or never was one. */
  let words: ReadonlySet<string> = new Set()
  let looking: NodeJS.Timeout | undefined
  let isClosed = false

  const find = async (all: readonly NamedFile[]) => {
    const found = await Promise.all(
      all.map(async ({ path }) => {
        for (const meant of meantFiles(path)) if (await isThere(meant.path)) return { word: path, ...meant }
        return null
      }),
    )
    return found.filter((one) => one !== null)
  }
  /** Those that are not there already in another way. */
  const fresh = (before: readonly Enclosure[], found: Awaited<ReturnType<typeof find>>) =>
    found.filter(({ word, ...ref }) => isNew(before, word) && !preparing.holds(before, ref))
  const begin = ({ word, ...ref }: MeantFile & { readonly word: string }) =>
    preparing.begin(ref, { word, name: ref.path })
  const isNew = (before: readonly Enclosure[], path: string) =>
    !words.has(path) && !before.some(({ word }) => word === path)

  const look = async () => {
    looking = undefined
    const { composer } = ui()
    if (isClosed || composer.search || isCommand(composer.text)) return
    const { text, cursor } = composer
    const all = filesNamed(text)
    const paths = new Set(all.map(({ path }) => path))
    words = new Set([...words].filter((path) => paths.has(path)))
    // A word that is being written is not looked for; those of an earlier message are written.
    const isWritten = ({ start, end }: NamedFile) => isDraftShown(composer) && cursor > start && cursor <= end
    const found = await find(all.filter((one) => !isWritten(one) && isNew(enclosedIn(ui()), one.path)))
    // It may have gone on meanwhile.
    if (isClosed || ui().composer.text !== text) return
    const before = enclosedIn(ui())
    const stays = before.filter(({ word }) => word === undefined || paths.has(word))
    for (const { id } of before.filter((one) => !stays.includes(one))) preparing.stop(id)
    const added = fresh(stays, found)
    if (added.length > 0 || stays.length < before.length) change([...stays, ...added.map(begin)])
  }

  const link = () => {
    const enclosed = enclosedIn(ui())
    const after = isClosed ? enclosed : linked(enclosed, filesNamed(ui().composer.text))
    if (after !== enclosed) change(after)
  }

  return {
    changed() {
      const { composer, enclosed } = ui()
      const isNamed = filesNamed(composer.text).length > 0 || enclosed?.some(({ word }) => word !== undefined)
      clearTimeout(looking)
      // Not within the drawing that has noticed it.
      if (isNamed) queueMicrotask(link)
      looking = isNamed ? setTimeout(() => void look(), PAUSE_MS) : undefined
    },
    async named(text, before) {
      const all = filesNamed(text)
      const known = linked(before, all)
      const wanted = all.filter(({ path }) => isNew(known, path))
      const found = find(wanted).then((one) => fresh(known, one))
      words = new Set()
      return (await found).map(begin)
    },
    dismiss(enclosed) {
      words = new Set([...words, ...enclosed.flatMap(({ word }) => word ?? [])])
    },
    close() {
      isClosed = true
      clearTimeout(looking)
    },
  }
}

/** One that came back without its word, as after a crash, is the file that the text names so: it goes once. */
function linked(enclosed: readonly Enclosure[], all: readonly NamedFile[]): readonly Enclosure[] {
  const wordOf = (name: string) =>
    all.find(({ path }) => meantFiles(path).some((meant) => titled(meant.path) === name))?.path
  let isChanged = false
  const after = enclosed.map((one) => {
    const word = one.word === undefined && one.id < 0 ? wordOf(one.name) : undefined
    if (word === undefined) return one
    isChanged = true
    return { ...one, word }
  })
  return isChanged ? after : enclosed
}
