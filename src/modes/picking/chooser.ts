/**
 * One list while it is open: keys go in, rows are looked for once nobody types for a moment, choices go to whoever brought
 * the rows. What keys do to a list is `core/picker`'s.
 */

import type { Key } from '../../core/chat/keys.ts'
import { type Laid, type Looks, layOutPicker, pageOf } from '../../core/picker/layout.ts'
import {
  type Act,
  arrived,
  type Kind,
  openPicker,
  type Picker,
  pointedAt,
  pressPicker,
  type Row,
  type Said,
} from '../../core/picker/picker.ts'
import type { Steps } from '../../core/text/steps.ts'

/** A list's rows and what can be done with them. */
export interface Source<R extends Row> {
  readonly kind: Kind<R>
  readonly looks: Looks<R>
  /** The row that is chosen at first; absent: the list's own. */
  readonly first?: () => number | null
  /** At most `limit` rows for what is typed. Throws when they cannot be had, with words for people. */
  find(typed: string, limit: number): Found<R>
  /** Enter. @returns false: the list stays open */
  take(row: R, list: List): boolean
  act(act: Act, row: R | null, text: string, list: List): void
}

export interface Found<R extends Row> {
  readonly rows: readonly R[]
  readonly hasMore: boolean
}

/** The list as those who act on it see it. */
export interface List {
  /** What to press to take a deed back. */
  readonly undo: string
  /** Looks for the rows again: something about them has changed. */
  refresh(): void
  pointAt(id: number): void
  /** @param notice for the foot of the list, the longest first */
  tell(notice: Steps): void
  close(): void
}

export interface Chooser {
  /** @returns false: the key means nothing to a list */
  onKey(key: Key): boolean
  lay(): Laid
  readonly list: List
}

/** Rows looked for at once; more when the end of them comes near. */
const PORTION = 200
/** A pause in the typing, in ms, after which it is looked for: a key is echoed before any search begins. */
const PAUSE_MS = 40

export function createChooser<R extends Row>(
  source: Source<R>,
  desk: {
    readonly size: { readonly columns: number; readonly rows: number }
    readonly draw: () => void
    readonly onClosed: () => void
  },
  typed = '',
): Chooser {
  let picker: Picker<R> = openPicker(source.kind, typed)
  let limit = PORTION
  let seeking: NodeJS.Timeout | undefined
  let isClosed = false

  /** @returns whether the rows are those for what is typed */
  const seek = (): boolean => {
    clearTimeout(seeking)
    seeking = undefined
    const { text } = picker.line
    if (text !== picker.answers) limit = PORTION
    try {
      const found = source.find(text, limit)
      picker = arrived(picker, found.rows, { answers: text, hasMore: found.hasMore })
      return true
    } catch (error) {
      picker = { ...arrived(picker, [], { answers: text }), notice: (error as Error).message }
      return false
    }
  }

  const list: List = {
    undo: 'Ctrl+Z',
    refresh() {
      if (isClosed) return
      seek()
      desk.draw()
    },
    pointAt(id) {
      picker = pointedAt(picker, id)
    },
    tell(notice) {
      picker = { ...picker, notice }
    },
    close() {
      if (isClosed) return
      isClosed = true
      clearTimeout(seeking)
      desk.onClosed()
    },
  }

  const press = (key: Key): Said<R> | null => {
    const pressed = pressPicker(picker, key, { page: pageOf(desk.size) })
    picker = pressed.picker
    return pressed.said
  }

  /** Whatever goes wrong with a deed is told in the list; the list stays. */
  const guarded = (deed: () => void) => {
    try {
      deed()
    } catch (error) {
      list.tell((error as Error).message)
    }
  }

  const follow = (said: Said<R> | null): boolean => {
    switch (said?.type) {
      case 'seek':
        clearTimeout(seeking)
        seeking = setTimeout(list.refresh, PAUSE_MS)
        return true
      case 'await':
        return seek() ? follow(press(said.key)) : true
      case 'more':
        limit += PORTION
        seek()
        return true
      case 'take':
        guarded(() => {
          if (source.take(said.row, list)) list.close()
        })
        return true
      case 'act':
        guarded(() => source.act(said.act, said.row, said.text, list))
        return true
      case 'leave':
        list.close()
        return true
      case 'unhandled':
        return false
      default:
        return true
    }
  }

  seek()
  const first = source.first?.() ?? null
  if (first !== null) list.pointAt(first)
  return {
    onKey: (key) => follow(press(key)),
    lay: () => layOutPicker(picker, source.looks, desk.size),
    list,
  }
}
