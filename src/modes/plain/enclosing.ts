/**
 * Files in the chat of plain lines: a line that is nothing but paths attaches them to the next message, one that goes on
 * behind them asks about them; `@file` in a message attaches, `/attach` does. What goes along, and what it costs, is said
 * before it is sent.
 */

import { basename } from 'node:path'
import { wordsIn } from '../../core/attachments/dropped.ts'
import { isReady } from '../../core/attachments/prepared.ts'
import { previewOf, sayPreviewed, sayPreviewTotal } from '../../core/attachments/preview.ts'
import { type Attachment, type Question, questionOf } from '../../core/attachments.ts'
import { filesNamed, meantFiles } from '../../core/composer/file-words.ts'
import type { Event, State } from '../../core/conversation.ts'
import type { Remark } from '../../core/text/remark.ts'
import { sanitiseLine } from '../../core/text/sanitise.ts'
import { titled } from '../../io/attachments/ready.ts'
import type { Setup } from '../../setup.ts'
import { partBehind, refsBehind } from '../attachments/attach-words.ts'
import { attachFrom, chatParts, type Ref, refOf } from '../attachments/attaching.ts'
import { droppedRefs, leadingFiles } from '../attachments/enclosing/dropping.ts'
import { isThere } from '../attachments/enclosing/there.ts'
import type { EnclosingCommand } from '../late/enclosing.ts'
import { attachedSource, isSource } from '../picking/attached.ts'
import { fileSource } from '../picking/files.ts'
import type { Allow } from '../thrift/allowance.ts'
import type { PlainLists } from './lists.ts'
import { createWaiting } from './waiting.ts'

export interface PlainEnclosing {
  /**
   * What is asked with this line; null: nothing is, and why has been said.
   * @param isWords paths that it begins with are words of it
   */
  take(text: string, isWords: boolean): Promise<Question | null>
  run(command: EnclosingCommand): Promise<void>
  /** A new conversation has begun: what waits for the next message still does, and that is said. */
  cleared(): Promise<void>
}

export interface PlainEnclosingParts {
  readonly setup: () => Setup
  readonly runtime: { readonly state: State; dispatch(event: Event): void }
  readonly now: () => number
  readonly say: (remark: Remark) => void
  readonly lists: Pick<PlainLists, 'open'>
  readonly allow: Allow
}

/** @param first what goes with the first message already */
export function createPlainEnclosing(parts: PlainEnclosingParts, first: readonly Attachment[]): PlainEnclosing {
  const { say, runtime } = parts
  const inWords = (all: readonly Attachment[]) => {
    const preview = previewOf(runtime.state, questionOf('', all), parts.now())
    return { each: preview.rows.map(sayPreviewed), together: sayPreviewTotal(preview) }
  }
  const waiting = createWaiting(first, inWords)
  /** One line after the other: a file that is being attached goes with the message behind it. */
  let before: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = before.then(work)
    before = mine.catch(() => {})
    return mine
  }
  const tell = (isWhole = false) => {
    const told = waiting.told(isWhole)
    if (told !== null) say(told)
  }

  /** @param name as it is called in the words that go along */
  const prepared = async (ref: Ref, name?: string): Promise<Attachment | string> => {
    const own = 'path' in ref ? basename(ref.path) : 'url' in ref ? ref.url : ref.name
    try {
      const given = chatParts(parts.setup(), runtime, parts)
      const made = await attachFrom(ref, given, new AbortController().signal)
      if (!isReady(made)) return made.refused
      return name === undefined ? made.attachment : { ...made.attachment, name: titled(name) }
    } catch (error) {
      return `${own} could not be read: ${(error as Error).message}.`
    }
  }
  const attach = async (refs: readonly Ref[]) => {
    const made = await Promise.all(refs.map((ref) => prepared(ref)))
    for (const [i, one] of made.entries()) {
      if (typeof one === 'string') say(`Not attached: ${one}`)
      else waiting.add(refs[i]!, one)
    }
    tell()
  }
  const named = async (text: string) => {
    const found = await Promise.all(
      filesNamed(text).map(async ({ path }) => {
        for (const meant of meantFiles(path)) if (await isThere(meant.path)) return prepared(meant, meant.path)
        return null
      }),
    )
    return found.filter((one) => one !== null)
  }

  const take = async (text: string, isWords: boolean): Promise<Question | null> => {
    const refs = await droppedRefs(text)
    if (typeof refs === 'string') {
      say(`Not sent: ${refs} To ask about its name, write more than that.`)
      return null
    }
    const lead = refs || isWords ? { refs: refs ?? [], words: text } : await leadingFiles(text)
    if (refs || lead.words === '') {
      await attach(lead.refs)
      return null
    }
    const [led, found] = await Promise.all([Promise.all(lead.refs.map((ref) => prepared(ref))), named(lead.words)])
    const all = [...led, ...found]
    const refused = all.filter((one) => typeof one === 'string')
    if (refused.length > 0) {
      const way = led.some((one) => typeof one === 'string')
        ? 'To send the line as words alone, begin it with a blank.'
        : 'To send your words without it, write its name without the @.'
      say(`Not sent: ${refused.join(' ')} ${way}`)
      return null
    }
    const going = [...waiting.taken(), ...all.filter((one) => typeof one !== 'string')]
    if (going.length > 0) {
      const { each, together } = inWords(going)
      const asked = led.length > 0 ? ` Asked: ${sanitiseLine(lead.words)}` : ''
      say(`With it: ${each.join('; ')}. Together ${together}.${asked}`)
    }
    return questionOf(lead.words, going)
  }
  const run = async ({ name, argument }: EnclosingCommand): Promise<void> => {
    if (name === 'attachments') {
      if (argument !== '') return say(waiting.drop(argument))
      tell(true)
      const source = attachedSource(parts)
      return isSource(source) ? parts.lists.open(source) : say(source)
    }
    if (argument === '') {
      const chosen: Ref[] = []
      await parts.lists.open(await fileSource(process.cwd(), (path) => void chosen.push({ path })))
      return attach(chosen)
    }
    const behind = partBehind(argument)
    if (typeof behind === 'string') return say(behind)
    const { words, ...part } = behind
    const whole = refOf(words)
    const isOne = 'path' in whole && (await isThere(whole.path))
    const refs = isOne ? [whole] : refsBehind(wordsIn(words) ?? [words])
    if (typeof refs === 'string') return say(refs)
    await attach(refs.map((ref) => ({ ...ref, ...part })))
  }

  return {
    take: (text, isWords) => inTurn(() => take(text, isWords)),
    run: (command) => inTurn(() => run(command)),
    cleared: () => inTurn(async () => tell(true)),
  }
}
