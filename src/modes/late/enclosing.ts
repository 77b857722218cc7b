/**
 * The door to `enclosing`, which is loaded when the first file lies beside a draft. Until then a message without one goes
 * straight on, and keys cost a look at what they are.
 */

import { droppedPaths } from '../../core/attachments/dropped.ts'
import { enclosedIn, type Unready } from '../../core/attachments/enclosures.ts'
import type { Question } from '../../core/attachments.ts'
import type { Key } from '../../core/chat/keys.ts'
import { filesNamed } from '../../core/composer/file-words.ts'
import type { Event, State } from '../../core/conversation.ts'
import type { Remark } from '../../core/text/remark.ts'
import type { Span } from '../../core/text/spans.ts'
import type { Setup } from '../../setup.ts'
import type { Enclosing } from '../attachments/enclosing.ts'
import type { Ui } from '../chat/view.ts'
import type { Allow } from '../thrift/allowance.ts'
import type { LatePicking } from './picking.ts'

export interface LateEnclosing {
  /** What lies beside the draft, as rows of at most `width` columns. Files that it names are looked for, when it has changed. */
  rows(width: number, most: number): readonly (readonly Span[])[]
  /** What is not ready yet, for the draft on disk; the same list as long as it is the same. */
  readonly unready: readonly Unready[]
  /** Attaches it again. */
  again(unready: readonly Unready[]): void
  /** Messages on their way that wait for what goes with them. */
  readonly waiting: readonly Question[]
  /** Them, and the messages that were queued before. */
  before(queue: readonly Question[]): readonly Question[]
  /** To be told of every key for the draft first. @returns whether it was meant for what lies beside it */
  onKey(key: Key): boolean
  /** A message has left the composer; what lies beside it goes along. */
  send(text: string): void
  /** Takes a message back that waits. @returns whether there was one */
  recall(): boolean
  run(command: EnclosingCommand, say: (remark: Remark) => void): Promise<void>
  close(): void
}

export interface EnclosingCommand {
  readonly name: 'attach' | 'attachments'
  readonly argument: string
}

export interface EnclosingParts {
  readonly ui: () => Ui
  /** Lays it on the screen, and draws; `soon`, with the next frame: what nobody's key has brought about. */
  readonly show: (ui: Ui, soon?: 'soon') => void
  readonly setup: () => Setup
  readonly runtime: { readonly state: State; dispatch(event: Event): void }
  readonly now: () => number
  /** Asks a question, unless there is a reason to wait. */
  readonly ask: (question: Question) => void
  /** Gives a key to the composer, without asking here again. */
  readonly write: (key: Key) => void
  readonly say: (remark: Remark) => void
  readonly lists: Pick<LatePicking, 'hold' | 'open'>
  /** Looks at a request beside the turns before it is sent. */
  readonly allow: Allow
}

/** A text that comes at once and is longer than any key's is a drop, where the terminal does not mark pastes. */
const DROP_CHARS = 4
const COMMAND = /^\/[\w-]+(?:\s|$)/

/** What a key brings that may be the paths of files; null: nothing of the kind. */
export function broughtBy(key: Key, { composer }: Pick<Ui, 'composer'>): string | null {
  const isDrop = key.type === 'paste' || (key.type === 'text' && key.text.length >= DROP_CHARS)
  // After a command a path is what the command takes; and a word behind a slash is one.
  if (!isDrop || composer.search || COMMAND.test(composer.text) || COMMAND.test(key.text)) return null
  return droppedPaths(key.text).length > 0 ? key.text : null
}

export const isPasteKey = (key: Key): boolean =>
  key.type === 'chord' && key.ctrl && !key.alt && !key.shift && key.char === 'v'

const NONE_UNREADY: readonly Unready[] = []

export function lateEnclosing(parts: EnclosingParts): LateEnclosing {
  let enclosing: Enclosing | null = null
  let isClosed = false
  let loading: Promise<Enclosing> | null = null
  const load = () => {
    loading ??= import('../attachments/enclosing.ts').then(({ createEnclosing }) => {
      enclosing = createEnclosing(parts)
      return enclosing
    })
    return loading
  }
  const isEmpty = () => enclosedIn(parts.ui()).length === 0
  let seen: Ui['composer'] | null = null
  /** The draft may have changed, and may name files. Cheap. */
  const look = () => {
    const { composer } = parts.ui()
    if (composer === seen) return
    seen = composer
    if (enclosing) enclosing.changed()
    else if (filesNamed(composer.text).length > 0) void load().then((made) => made.changed())
  }
  return {
    rows(width, most) {
      look()
      if (enclosing) return enclosing.rows(width, most)
      if (!isEmpty()) void load().then(() => parts.show(parts.ui()))
      return []
    },
    get unready() {
      return enclosing?.unready ?? NONE_UNREADY
    },
    again: (unready) => void load().then((made) => made.again(unready)),
    get waiting() {
      return enclosing?.waiting ?? []
    },
    before: (queue) => enclosing?.before(queue) ?? queue,
    onKey(key) {
      if (enclosing) return enclosing.onKey(key)
      const isWanted = !isEmpty() || isPasteKey(key) || broughtBy(key, parts.ui()) !== null
      if (!isWanted) return false
      // Keys that follow wait a moment: order is kept.
      parts.lists.hold(
        load().then((made) => void (isClosed || made.onKey(key) || parts.write(key))),
        key,
      )
      return true
    },
    send(text) {
      if (enclosing) return enclosing.send(text)
      if (isEmpty() && filesNamed(text).length === 0) return parts.ask(text)
      void load().then((made) => made.send(text))
    },
    recall: () => enclosing?.recall() ?? false,
    run: (command, say) => load().then((made) => made.run(command, say)),
    close() {
      isClosed = true
      enclosing?.close()
    },
  }
}
