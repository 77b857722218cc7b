/** Turns of a conversation as events, with the usage that a server would report. */

import { type Attachment, withAttachments } from '../../src/core/attachments.ts'
import type { Event } from '../../src/core/conversation.ts'
import { NO_USAGE, type Usage } from '../../src/core/turn.ts'

export const MINUTE = 60_000
export const SONNET = 'claude-sonnet-5-5'

/** A turn sent at `at`, with an answer of 250 characters, 100 tokens. */
export function turn(
  at: number,
  usage: Partial<Usage>,
  more: { text?: string; model?: string; miss?: string; attachments?: readonly Attachment[] } = {},
): Event[] {
  const { text = `question at ${at}`, model = SONNET, miss = null } = more
  const all = { ...NO_USAGE, output: 100, thinking: 0, ...usage }
  return [
    { type: 'asked', at, text, model, ...withAttachments(more.attachments) },
    { type: 'sent', at, attempt: 1, model },
    { type: 'began', at: at + 100, model, messageId: `m${at}`, usage: all, cacheMiss: miss },
    { type: 'delta', at: at + 200, text: `answer at ${at} `.padEnd(250, 'a') },
    { type: 'usage', at: at + 300, usage: all },
    { type: 'finished', at: at + 400, stopReason: 'end_turn', explanation: null },
  ]
}

/** So many turns, `apart` ms, each of which reads what was there and writes 600 tokens more for so long. */
export function turns(count: number, apart: number, ttl: '5m' | '1h' = '5m', from = 0): Event[] {
  return Array.from({ length: count }, (_, i) => {
    const written = ttl === '5m' ? { cacheWrite5m: 600 } : { cacheWrite1h: 600 }
    return turn(from + i * apart, { cacheRead: i * 600, ...written })
  }).flat()
}
