/**
 * Files in the chat of plain lines: a line that is nothing but paths attaches them to the next message, `@file` in a
 * message does, `/attach` does. What goes along, and what it costs, is said before it is sent.
 */

import { basename } from 'node:path'
import { wordsIn } from '../../core/attachments/dropped.ts'
import { isReady } from '../../core/attachments/prepared.ts'
import { previewOf, sayPreviewed, sayPreviewTotal } from '../../core/attachments/preview.ts'
import { type Attachment, type Question, questionOf } from '../../core/attachments.ts'
import { filesNamed, meantFiles } from '../../core/composer/file-words.ts'
import type { Event, State } from '../../core/conversation.ts'
import type { Remark } from '../../core/text/remark.ts'
import { titled } from '../../io/attachments/ready.ts'
import type { Setup } from '../../setup.ts'
import { partBehind, refsBehind } from '../attachments/attach-words.ts'
import { attachFrom, chatParts, type Ref, refOf } from '../attachments/attaching.ts'
import { droppedRefs } from '../attachments/enclosing/dropping.ts'
import { isThere } from '../attachments/enclosing/there.ts'
import type { EnclosingCommand } from '../late/enclosing.ts'
import { attachedSource, isSource } from '../picking/attached.ts'
import { fileSource } from '../picking/files.ts'
import type { Allow } from '../thrift/allowance.ts'
import type { PlainLists } from './lists.ts'

export interface PlainEnclosing {
  /** What is asked with this line; null: nothing is, and why has been said. */
  take(text: string): Promise<Question | null>
  run(command: EnclosingCommand): Promise<void>
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
  let pending = first

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
    for (const one of made.filter((each) => typeof each === 'string')) say(`Not attached: ${one}`)
    pending = [...pending, ...made.filter((each) => typeof each !== 'string')]
    if (pending.length > 0) say(`With your next message: ${inWords(pending)}`)
  }
  const inWords = (all: readonly Attachment[]) => {
    const preview = previewOf(runtime.state, questionOf('', all), parts.now())
    return `${preview.rows.map(sayPreviewed).join('; ')}. Together ${sayPreviewTotal(preview)}.`
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

  return {
    async take(text) {
      const refs = await droppedRefs(text)
      if (typeof refs === 'string') {
        say(`Not sent: ${refs} To ask about its name, write more than that.`)
        return null
      }
      if (refs) {
        await attach(refs)
        return null
      }
      const found = await named(text)
      const refused = found.filter((one) => typeof one === 'string')
      if (refused.length > 0) {
        say(`Not sent: ${refused.join(' ')} To send your words without it, write its name without the @.`)
        return null
      }
      const all = [...pending, ...found.filter((one) => typeof one !== 'string')]
      pending = []
      if (all.length > 0) say(`With it: ${inWords(all)}`)
      return questionOf(text, all)
    },
    async run({ name, argument }) {
      if (name === 'attachments') {
        if (pending.length > 0) say(`With your next message: ${inWords(pending)}`)
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
    },
  }
}
