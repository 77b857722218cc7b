/**
 * Files beside the draft: how they come there, are prepared while one types, and go with the message. What a message
 * takes along may still be prepared when it is sent: it waits then, and those behind it, and one can go on typing.
 */

import { wordsIn } from '../../core/attachments/dropped.ts'
import { enclosedPreview, enclosureRows } from '../../core/attachments/enclosure-words.ts'
import {
  attachmentOf,
  type Enclosure,
  enclosedIn,
  readyIn,
  refusalOf,
  without,
  withState,
} from '../../core/attachments/enclosures.ts'
import { droppedFrom } from '../../core/attachments/waiting.ts'
import { questionOf, wordsOf } from '../../core/attachments.ts'
import { isCommand } from '../../core/chat/commands.ts'
import { filesNamed } from '../../core/composer/file-words.ts'
import { count } from '../../core/figures/words.ts'
import { modelCard } from '../../core/models.ts'
import type { Remark } from '../../core/text/remark.ts'
import { draftIn, laidIn, type Ui } from '../chat/view.ts'
import { besidePages, withStateInPages, withUnsent } from '../chat/with-pages.ts'
import type { EnclosingParts, LateEnclosing } from '../late/enclosing.ts'
import { createEnclosureKeys } from './enclosing/keys.ts'
import { createNaming } from './enclosing/naming.ts'
import { createOutbox } from './enclosing/outbox.ts'
import { createPreparing, type Preparing, type Ref } from './enclosing/preparing.ts'
import { isThere } from './enclosing/there.ts'
import { sayUnreached } from './enclosing/unreached.ts'

export interface Enclosing extends LateEnclosing {
  /** The draft has changed: it may name files. */
  changed(): void
}

export function createEnclosing(parts: EnclosingParts): Enclosing {
  const { ui, show, say } = parts
  let isClosed = false
  /** What somebody was told, once, that it cannot go along. */
  let warned: readonly Enclosure[] | null = null

  const change = (enclosed: readonly Enclosure[], more: Partial<Ui> = {}) => {
    if (!isClosed) show({ ...ui(), enclosed, ...more })
  }
  const preparing: Preparing = createPreparing(parts, {
    settled(id, name, prepared) {
      if (isClosed) return
      const { enclosed = [] } = ui()
      const before = enclosed.find((one) => one.id === id)
      // Made again for another model, and not possible any more: what there is still goes.
      if ('refused' in prepared && before && attachmentOf(before)) return
      const state = 'refused' in prepared ? prepared : { attachment: prepared.attachment }
      outbox.settled(id, { state, name })
      const settled = { state, name }
      show(
        before ? { ...ui(), enclosed: withState(enclosed, id, settled) } : withStateInPages(ui(), id, settled),
        'soon',
      )
      outbox.pump()
    },
  })
  const naming = createNaming(ui, preparing, (enclosed) => change(enclosed))
  const outbox = createOutbox(preparing, {
    ask: parts.ask,
    refused: (message, why) => giveBack(message, `Not sent: ${why} Enter sends the rest.`),
    redraw() {
      if (!isClosed) show(ui(), 'soon')
    },
  })

  const add = (refs: readonly Ref[], more: Partial<Ui> = {}) => {
    const enclosed = enclosedIn(ui())
    let doubled = 0
    let after = enclosed
    for (const ref of refs) {
      const same = preparing.lying(enclosed, ref)
      if (!same) after = [...after, preparing.begin(ref)]
      else if (ref.size === undefined && ref.part === undefined) doubled++
      else after = after.map((one) => (one.id === same.id ? remade(one, ref) : one))
    }
    const notice = doubled === 0 ? null : `${count(doubled, 'file is', 'files are')} attached already.`
    change(after, { notice, ...more })
  }
  /** The same file in another size, or another part of it, by the same name and word. */
  const remade = ({ id, name, word }: Enclosure, wanted: Ref): Enclosure => {
    preparing.stop(id)
    return preparing.begin(wanted, { name, ...(word === undefined ? {} : { word }) })
  }
  const remove = (one: Enclosure) => {
    preparing.stop(one.id)
    naming.dismiss([one])
    const before = enclosedIn(ui())
    const enclosed = without(before, one.id)
    const at = before.findIndex(({ id }) => id === one.id)
    const pointed = ui().pointed === one.id ? (enclosed[Math.min(at, enclosed.length - 1)]?.id ?? null) : null
    change(enclosed, { pointed, notice: null })
  }

  const giveBack = (
    { text, enclosed }: { readonly text: string; readonly enclosed: readonly Enclosure[] },
    why: string,
  ) => {
    const { composer } = ui()
    if (composer.text === '' && enclosedIn(ui()).length === 0) {
      // Why is said now: the next Enter is meant.
      warned = enclosed
      return show({ ...laidIn(ui(), text), enclosed, notice: why })
    }
    const ready = readyIn(enclosed)
    show(withUnsent(ui(), [questionOf(text, ready)]))
    const files = ready.length === enclosed.length ? '' : '; attach the files again that were not ready'
    say(`${why} Up brings back what you wrote${files}.`)
  }

  const send = (text: string) => {
    const enclosed = enclosedIn(ui())
    change([], { pointed: null })
    outbox.add(text, enclosed, filesNamed(text).length === 0 ? null : naming.named(text, enclosed))
  }

  /** How large an image may be depends on the model: after another one is chosen, those that lie here are made again. */
  let madeFor: unknown = imageRule()
  function imageRule(): string {
    const { choices, models } = parts.runtime.state
    return JSON.stringify(modelCard(choices.model, models).images)
  }
  const fitToModel = () => {
    const rule = imageRule()
    if (rule === madeFor) return
    madeFor = rule
    for (const one of enclosedIn(ui())) if (attachmentOf(one)?.kind === 'image') preparing.again(one.id)
  }

  const paste = async () => {
    const { enclosure, found } = preparing.fromClipboard()
    change([...enclosedIn(ui()), enclosure])
    const on = await found
    if (isClosed) return
    if (on.type === 'image') return
    const gone = without(enclosedIn(ui()), enclosure.id)
    if (on.type === 'files') {
      change(gone)
      return add(on.paths.map(preparing.refOf))
    }
    change(gone, on.type === 'nothing' ? { notice: 'There is nothing on the clipboard that can be attached.' } : {})
    if (on.type === 'text') parts.write({ type: 'paste', text: on.text })
    if (on.type === 'unreached') say(sayUnreached(on))
  }

  /** The sizes that it can have, to choose from. */
  const sizes = async (one: Enclosure) => {
    const { sizeSource } = await import('../picking/sizes.ts')
    const ref = preparing.sourceOf(one)
    const remake = (wanted: Ref) => {
      const again = remade(one, wanted)
      const enclosed = enclosedIn(ui()).map((each) => (each.id === one.id ? again : each))
      // Where one was: the next one is a key away, and whatever is typed goes to the text.
      change(enclosed, { pointed: again.id })
    }
    const source = typeof ref === 'string' ? ref : sizeSource(one, enclosedIn(ui()), ref, parts.runtime.state, remake)
    // Why it cannot go may be longer than a row.
    if (refusalOf(one) === source) say(source as string)
    else if (typeof source === 'string') change(enclosedIn(ui()), { notice: source })
    else await parts.lists.open(source)
  }

  /** @returns true: nothing is sent by the composer itself */
  const enter = (enclosed: readonly Enclosure[]): boolean => {
    const { composer } = ui()
    if (isCommand(composer.text)) return false
    const refused = enclosed.filter((one) => refusalOf(one) !== null)
    if (refused.length > 0 && warned !== enclosed) {
      warned = enclosed
      const names = refused.map(({ name }) => name).join(', ')
      change(enclosed, {
        // What the keys do comes first: the end of a long row is cut.
        notice: `Not sent yet · Enter: send the rest · Backspace: remove · cannot go along: ${names}`,
      })
      return true
    }
    const rest = enclosed.filter((one) => !refused.includes(one))
    if (refused.length > 0) {
      naming.dismiss(refused)
      change(rest)
    }
    if (composer.text.trim() !== '') return false
    if (rest.length > 0) send('')
    return true
  }

  const attach = async (argument: string) => {
    if (argument === '') {
      const { fileSource } = await import('../picking/files.ts')
      return parts.lists.open(await fileSource(process.cwd(), (path) => add([{ path }])))
    }
    const { partBehind, refsBehind } = await import('./attach-words.ts')
    const behind = partBehind(argument)
    if (typeof behind === 'string') return say(behind)
    const { words, ...part } = behind
    // One path with blanks in it, or several.
    const whole = preparing.refOf(words.replace(/^@(?=\S)/, ''))
    const all = 'path' in whole && (await isThere(whole.path)) ? [whole] : refsBehind(wordsIn(words) ?? [words])
    if (typeof all === 'string') return say(all)
    add(all.map((ref) => ({ ...ref, ...part })))
  }

  /** What the words behind `/attachments` name, as they lie there from above. */
  const drop = (argument: string, tell: (remark: Remark) => void) => {
    const before = enclosedIn(ui())
    const places = droppedFrom(argument, before.length)
    if (typeof places === 'string') return tell(places)
    const gone = places.map((at) => before[at]!)
    for (const one of gone) remove(one)
    tell(`Taken away: ${gone.map(({ name }) => name).join(', ')}.`)
  }

  const onKey = createEnclosureKeys({
    ...{ ui, show, change, remove, enter, write: parts.write },
    add,
    hold: parts.lists.hold,
    isClosed: () => isClosed,
    open: (one) => void sizes(one),
    paste: () => void paste(),
    stop: preparing.stop,
  })

  return {
    rows(width, most) {
      const enclosed = enclosedIn(ui())
      if (enclosed.length === 0) return []
      fitToModel()
      const preview = enclosedPreview(parts.runtime.state, enclosed, parts.now(), () => wordsOf(draftIn(ui())))
      return enclosureRows(enclosed, { pointed: ui().pointed ?? null, width, most }, preview)
    },
    get unready() {
      return preparing.unready(besidePages(ui()).draft)
    },
    again(unready) {
      change([...enclosedIn(ui()), ...unready.flatMap((one) => preparing.resume(one) ?? [])])
    },
    get waiting() {
      return outbox.waiting
    },
    // The same queue stays the same: who keeps it on disk looks.
    before(queue) {
      const { unsent } = outbox
      return unsent.length === 0 ? queue : [...queue, ...unsent]
    },
    onKey,
    changed: naming.changed,
    send,
    recall() {
      const last = outbox.takeBack()
      if (last) giveBack(last, 'Taken back, before it was sent.')
      return last !== null
    },
    async run({ name, argument }, tell) {
      if (name === 'attach') return attach(argument)
      if (argument !== '') return drop(argument, tell)
      const { attachedSource, isSource } = await import('../picking/attached.ts')
      const source = attachedSource({ ...parts, say: tell })
      if (isSource(source)) await parts.lists.open(source)
      else tell(source)
    },
    close() {
      isClosed = true
      naming.close()
      preparing.close()
    },
  }
}
