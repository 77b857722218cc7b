/**
 * Which line of the script a request gets: one named in its own text, else the next of the queue, else the normal one.
 * A request for a summary gets the next line that is marked for one.
 */

import { createHash } from 'node:crypto'
import type { MessageCreateParams } from '@anthropic-ai/sdk/resources/messages/messages'
import { asksForSummary, asksForTitle, lastUserText } from './asked.ts'
import { NORMAL, type Play, parseLine, parseScript } from './script.ts'

/** `[[demo LINE]]` in a user message. */
const MARKER = /\[\[demo\s+([^\n]*?)\s*\]\]/g

export interface LineUp {
  /** Adds lines to the end of the queue. @throws ScriptError */
  enqueue(script: string): void
  /** @throws ScriptError when the request names a line that cannot be understood */
  next(body: MessageCreateParams): Play
  /** What the script says of the next batch; null: nothing. */
  nextBatch(): NonNullable<Play['batch']> | null
}

export function createLineUp(): LineUp {
  const queue: Play[] = []
  /** How often a conversation with a counted line (`x2`) has been sent, by its digest. */
  const sent = new Map<string, number>()
  const taken = (forSummary: boolean): Play => {
    const at = queue.findIndex((play) => play.forSummary === forSummary && play.batch === null)
    return at < 0 ? NORMAL : queue.splice(at, 1)[0]!
  }
  return {
    enqueue(script) {
      queue.push(...parseScript(script))
    },
    nextBatch() {
      const at = queue.findIndex(({ batch }) => batch !== null)
      return at < 0 ? null : queue.splice(at, 1)[0]!.batch
    },
    next(body) {
      // A name is asked for beside the turns: the script is about those.
      if (asksForTitle(body)) return NORMAL
      if (asksForSummary(body)) return taken(true)
      const marker = [...lastUserText(body.messages).matchAll(MARKER)].at(-1)
      if (!marker) return taken(false)
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
