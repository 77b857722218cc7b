/**
 * The door to `picking`, which is loaded when the first list is opened. Keys that come meanwhile wait for it. Knows
 * what Esc Esc means, and what of the chat shows through a list.
 */

import { droppedPaths } from '../../core/attachments/dropped.ts'
import { attachedTo, type Question, questionOf, wordsOf } from '../../core/attachments.ts'
import type { Key } from '../../core/chat/keys.ts'
import { fileCompletion } from '../../core/composer/file-words.ts'
import { BUSY } from '../../core/conversation/branching.ts'
import type { Row } from '../../core/picker/picker.ts'
import { harmlessView } from '../chat/harmless-view.ts'
import type { Laid } from '../chat/view.ts'
import type { Open } from '../history/recording.ts'
import type { Source } from '../picking/chooser.ts'
import type { Picking, PickingParts } from '../picking.ts'

/** Pasted paths as words that name them; any other text as it is. */
function withPaths(text: string): string {
  const [way] = droppedPaths(text)
  return way ? ` ${way.map((path) => fileCompletion(path).insert).join('')}` : text
}

export interface LatePicking {
  conversations(typed: string, open: Open): Promise<void>
  list(which: 'turns' | 'branches' | 'room'): void
  /** A list of somebody else's, while an answer runs, too. */
  open<R extends Row>(source: Source<R>): Promise<void>
  /** A list may be opened by this deed: keys wait until it is done, for they are meant for what comes of it. Be quick. @param key what the deed is about: not lost, when the program ends first */
  hold(deed: Promise<void>, key?: Key): void
  /** The program ends: no list will come, and words among the keys that wait belong to the draft. */
  leave(write: (key: Key) => void): void
  /** Esc with nothing to stop or to shut: the second one in a row opens the earlier turns. @returns a notice, or null */
  escape(): string | null
  /** To be told of every key first. @returns whether it was meant for a list */
  onKey(key: Key): boolean
  /** What is on the screen: the open list in the place of the composer, if one is open. */
  over(laid: Laid): Laid
}

export interface LatePickingParts extends PickingParts {
  /** Takes a key that waited, when no list came. */
  readonly pass: (key: Key) => void
  /** What stands in the composer. */
  readonly draft: () => Question
}

/**
 * @param asked what `--resume` says: true, a list is asked for, and keys wait from the beginning, until `hold` says what
 *   for. A text: there may be none, so what is typed shows in the composer meanwhile, and is taken back if one comes
 */
export function latePicking(parts: LatePickingParts, asked: string | true | undefined): LatePicking {
  let picking: Picking | null = null
  let loading: Promise<Picking> | null = null
  /** Keys that wait for a list; null: none is on its way. */
  let early: Key[] | null = asked === undefined ? null : []
  /** What of them stands in the composer already, and how many keys it took. */
  let shown = { keys: 0, text: '' }
  /** Deeds that keys wait for, and the keys that they are about. */
  let held: readonly { readonly key: Key | undefined }[] = []
  let mayShow = typeof asked === 'string'
  let isEscaped = false

  const settle = () => {
    const isListed = Boolean(picking?.lay())
    const keys = (early ?? []).slice(isListed ? 0 : shown.keys)
    early = null
    const draft = parts.draft()
    const words = wordsOf(draft)
    if (isListed && shown.text !== '' && words.endsWith(shown.text))
      parts.compose(questionOf(words.slice(0, words.length - shown.text.length), attachedTo(draft)))
    shown = { keys: 0, text: '' }
    mayShow = false
    for (const key of keys) if (!picking || !press(picking, key)) parts.pass(key)
    if (picking?.lay()) parts.draw()
  }
  const open = async (which: (loaded: Picking) => void | Promise<void>, evenLive = false) => {
    if (parts.runtime.state.live && !evenLive) return parts.say(BUSY)
    early ??= []
    loading ??= import('../picking.ts').then(({ createPicking }) => createPicking(parts))
    picking = await loading
    await which(picking)
    settle()
  }
  /** A list has all keys to itself, but for the one that draws the screen anew. */
  const press = (loaded: Picking, key: Key): boolean =>
    loaded.lay() !== null && (loaded.onKey(key) || !(key.type === 'chord' && key.ctrl && key.char === 'l'))

  return {
    conversations: (typed, past) => open((loaded) => loaded.conversations(past, typed)),
    list: (which) => void open((loaded) => loaded[which]()),
    open: (source) => open((loaded) => loaded.show(source), true),
    hold(deed, key) {
      early ??= []
      const one = { key }
      held = [...held, one]
      void deed.finally(() => {
        held = held.filter((other) => other !== one)
        // One may begin while another ends: keys wait for the last, so that their order is kept.
        if (held.length === 0) settle()
      })
    },
    leave(write) {
      const keys = [...held.flatMap(({ key }) => key ?? []), ...(early ?? []).slice(shown.keys)]
      const words = keys.filter(({ type }) => type === 'text' || type === 'paste')
      early = null
      // Paths that nobody has looked at yet come back as what attaches them.
      for (const key of words) write(key.type === 'paste' ? { ...key, text: withPaths(key.text) } : key)
    },
    escape() {
      const { turns, branches } = parts.runtime.state
      if (turns.length + branches.length === 0) return null
      if (!isEscaped) {
        isEscaped = true
        return 'Esc again: earlier turns, to edit one.'
      }
      isEscaped = false
      void open((loaded) => loaded.turns())
      return null
    },
    onKey(key) {
      if (key.type !== 'key' || key.name !== 'escape') isEscaped = false
      // Whoever would rather stop or leave need not wait.
      if (early && !(key.type === 'chord' && key.ctrl && 'cd'.includes(key.char))) {
        const isShown = mayShow && key.type === 'text' && shown.keys === early.length
        early.push(key)
        if (isShown) shown = { keys: shown.keys + 1, text: shown.text + key.text }
        return !isShown
      }
      return picking !== null && press(picking, key)
    },
    over(laid) {
      const list = picking?.lay()
      return list ? { caret: list.caret, view: harmlessView({ ...laid.view, picker: list.view }) } : laid
    },
  }
}
