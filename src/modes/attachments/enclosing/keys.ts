/** What keys do to what lies beside a draft: they point at one of it, take it away, open its sizes, bring more. */

import { type Enclosure, enclosedIn } from '../../../core/attachments/enclosures.ts'
import type { Key } from '../../../core/chat/keys.ts'
import { count } from '../../../core/figures/words.ts'
import type { Ui } from '../../chat/view.ts'
import { broughtBy, type EnclosingParts, isPasteKey } from '../../late/enclosing.ts'
import { droppedRefs } from './dropping.ts'
import type { Ref } from './preparing.ts'

export interface EnclosureDesk extends Pick<EnclosingParts, 'ui' | 'show' | 'write'> {
  readonly hold: EnclosingParts['lists']['hold']
  readonly isClosed: () => boolean
  change(enclosed: readonly Enclosure[], more?: Partial<Ui>): void
  add(refs: readonly Ref[]): void
  remove(one: Enclosure): void
  /** Its sizes, to choose from, or why it cannot go. */
  open(one: Enclosure): void
  paste(): void
  stop(id: number): void
  /** @returns true: nothing is sent by the composer itself */
  enter(enclosed: readonly Enclosure[]): boolean
}

/** @returns takes a key, and tells whether it was meant for what lies beside the draft */
export function createEnclosureKeys({
  ui,
  show,
  write,
  hold,
  isClosed,
  change,
  ...on
}: EnclosureDesk): (key: Key) => boolean {
  const { add, remove, open, paste, stop, enter } = on

  /** Keys while one of them is pointed at. @returns whether it was for them */
  const onPointed = (key: Key, enclosed: readonly Enclosure[], at: number): boolean => {
    const point = (to: number) => change(enclosed, { pointed: enclosed[to]?.id ?? null, notice: null })
    if (key.type === 'key' && !key.ctrl && !key.alt) {
      switch (key.name) {
        case 'up':
        case 'left':
          point(Math.max(0, at - 1))
          return true
        case 'down':
        case 'right':
          point(at + 1)
          return true
        case 'backspace':
        case 'delete':
          remove(enclosed[at]!)
          return true
        case 'enter':
          open(enclosed[at]!)
          return true
        case 'escape':
          point(-1)
          return true
      }
    }
    // Whatever else is pressed is meant for the text.
    show({ ...ui(), pointed: null })
    return false
  }

  const onKey = (key: Key): boolean => {
    const { composer } = ui()
    if (isPasteKey(key) && !composer.search) {
      paste()
      return true
    }
    const brought = broughtBy(key, ui())
    if (brought !== null) {
      hold(
        droppedRefs(brought).then((refs) => {
          if (isClosed()) return
          if (refs !== null && typeof refs !== 'string') return add(refs)
          write(key)
          // It may be meant as a word: it stays one, and what a file would be is told.
          if (refs !== null) show({ ...ui(), notice: refs })
        }),
        key,
      )
      return true
    }
    const enclosed = enclosedIn(ui())
    if (enclosed.length === 0 || composer.search || composer.menu) return false
    const at = enclosed.findIndex(({ id }) => id === ui().pointed)
    if (at >= 0) return onPointed(key, enclosed, at)
    if (key.type === 'chord' && key.ctrl && key.char === 'c' && composer.text === '') {
      for (const { id } of enclosed) stop(id)
      change([], { notice: `${count(enclosed.length, 'attachment')} taken away. Ctrl+C again stops or quits.` })
      return true
    }
    if (key.type !== 'key' || key.ctrl || key.alt || key.shift) return false
    if (key.name === 'left' && composer.cursor === 0) {
      change(enclosed, { pointed: enclosed.at(-1)!.id, notice: null })
      return true
    }
    if (key.name === 'backspace' && composer.cursor === 0) {
      remove(enclosed.at(-1)!)
      return true
    }
    return key.name === 'enter' && enter(enclosed)
  }

  return onKey
}
