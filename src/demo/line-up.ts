/**
 * Which line of the script a request gets: one named in its own text, else the next of the queue, else the normal one.
 */

import { createHash } from 'node:crypto'
import type { MessageCreateParams } from '@anthropic-ai/sdk/resources/messages/messages'
import { asksForTitle, lastUserText } from './asked.ts'
import { NORMAL, type Play, parseLine, parseScript } from './script.ts'

/** `[[demo LINE]]` in a user message. */
const MARKER = /\[\[demo\s+([^\n]*?)\s*\]\]/g

export interface LineUp {
  /** Adds lines to the end of the queue. @throws ScriptError */
  enqueue(script: string): void
  /** @throws ScriptError when the request names a line that cannot be understood */
  next(body: MessageCreateParams): Play
}

export function createLineUp(): LineUp {
  const queue: Play[] = []
  /** How often a conversation with a counted line (`x2`) has been sent, by its digest. */
  const sent = new Map<string, number>()
  return {
    enqueue(script) {
      queue.push(...parseScript(script))
    },
    next(body) {
      // A name is asked for beside the turns: the script is about those.
      if (asksForTitle(body)) return NORMAL
      const marker = [...lastUserText(body.messages).matchAll(MARKER)].at(-1)
      if (!marker) return queue.shift() ?? NORMAL
      const play = parseLine(marker[1]!, 'in [[demo …]]') ?? NORMAL
      if (play.times === null) return play
      const digest = createHash('sha256').update(JSON.stringify(body.messages)).digest('base64')
      const before = sent.get(digest) ?? 0
      sent.set(digest, before + 1)
      return before < play.times ? play : NORMAL
    },
  }
}

/** The text without its markers. */
export function withoutMarkers(text: string): string {
  return text.replace(MARKER, '').trim()
}
