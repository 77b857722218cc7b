/**
 * In the chat of plain lines: messages that wait behind an answer are kept on disk, and what an earlier chat did not send
 * is read out at the start. There is no composer to lay it into, so it becomes part of the earlier messages, too.
 */

import { join } from 'node:path'
import { type Question, spelledOut } from '../../core/attachments.ts'
import type { Event, State } from '../../core/conversation.ts'
import { openPrompts } from '../../io/drafts/prompts.ts'
import { untilBroken } from '../../io/drafts/until-broken.ts'
import { openDrafts } from '../../io/drafts.ts'
import { folders } from '../../io/files/folders.ts'

export interface PlainUnsent {
  /** Cheap; to be called with everything that happens. */
  follow(state: State): void
  /** The program ends: what is queued is not sent any more, and comes back at the next start. */
  leave(runtime: { readonly state: State; dispatch(event: Event): void }): void
}

/** @param isKept whether anything may be written to disk at all. @param say takes a line for the person */
export function createPlainUnsent(
  env: Readonly<Record<string, string | undefined>>,
  isKept: boolean,
  say: (line: string) => void,
): PlainUnsent {
  if (!isKept) return { follow() {}, leave() {} }
  const { data } = folders(env)
  const drafts = openDrafts(join(data, 'drafts'))
  let kept: readonly Question[] = []
  let isLeft = false

  const guarded = untilBroken((why) => say(`What is not sent yet cannot be kept on disk: ${why}`))

  guarded(() => {
    const { sheets, queued, done } = drafts.adopt()
    const all = [...sheets, ...queued.map((one) => ({ text: spelledOut(one), pastes: [] }))]
    for (const { text } of all) say(`Not sent, from before: ${text}`)
    const prompts = openPrompts(join(data, 'prompts.jsonl'), (message) => {
      throw new Error(message)
    })
    prompts.append(all)
    prompts.close()
    done()
  })

  return {
    follow({ queue }) {
      if (isLeft || queue === kept || queue.length + kept.length === 0) return
      kept = queue
      guarded(() => drafts.save([], queue))
    },
    leave(runtime) {
      isLeft = true
      if (runtime.state.queue.length > 0) runtime.dispatch({ type: 'unqueued' })
    },
  }
}
