/** What a request asks, as words: the last user turn's text, with what came on stdin told apart. */

import type { MessageCreateParams, MessageParam } from '@anthropic-ai/sdk/resources/messages/messages'
import { NAMING } from '../core/conversation/title.ts'
import { JUDGING } from '../core/lab/cascade/words.ts'
import { PAUSE, SUMMARISING } from '../core/window/compaction/prompts.ts'
import type { Model } from './abilities.ts'
import type { CacheUse } from './prompt-cache.ts'

/** The text of the last user turn, its blocks a line apart. */
export function lastUserText(messages: readonly MessageParam[]): string {
  const last = messages.findLast(({ role }) => role === 'user')
  return last ? textOf(last) : ''
}

function textOf({ content }: MessageParam): string {
  if (typeof content === 'string') return content
  return content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n')
}

/** What was said by whom, in order. */
export const textsOf = (messages: readonly MessageParam[]) =>
  messages.map((message) => ({
    text: textOf(message),
    by: message.role === 'user' ? ('user' as const) : ('model' as const),
  }))

const systemText = ({ system }: MessageCreateParams) =>
  typeof system === 'string' ? system : system?.map(({ text }) => text).join('\n')

/** Whether a request asks for the name of a conversation, as claude-tui does. */
export const asksForTitle = (body: MessageCreateParams): boolean => systemText(body) === NAMING

/** Whether it asks a judge, as a cascade does. */
export const asksForVerdict = (body: MessageCreateParams): boolean => systemText(body) === JUDGING

/** Whether it asks for a summary: of itself, or of a conversation that it brings along. */
export const asksForSummary = (body: MessageCreateParams): boolean =>
  systemText(body) === SUMMARISING || lastUserText(body.messages).startsWith(PAUSE)

export interface Question {
  /** What a person asked; empty when only material came. */
  readonly prompt: string
  /** What was handed in beside it, such as a file on stdin; null when nothing was. */
  readonly material: string | null
}

/** A question with all that an answer may talk about. */
export interface Asked extends Question {
  readonly model: Model
  readonly use: CacheUse
  /** Which turn of the conversation this is, from 1. */
  readonly turn: number
}

/** A text longer than this is taken for material: nobody types so much. */
const LONG_CHARS = 2000
/** A request that follows long material stands in its last lines. */
const TAIL_CHARS = 300

/** Tells the question from the material: by the tags claude-tui sends them in, else by size. */
export function toQuestion(text: string): Question {
  const tagged = /^<stdin>\n([\s\S]*)\n<\/stdin>\n+<prompt>\n([\s\S]*)\n<\/prompt>$/.exec(text)
  if (tagged) return { material: tagged[1]!, prompt: tagged[2]! }
  if (text.length <= LONG_CHARS) return { prompt: text, material: null }
  const tail = text.slice(-TAIL_CHARS)
  const blank = tail.lastIndexOf('\n\n')
  return { material: text, prompt: blank < 0 ? '' : tail.slice(blank + 2).trim() }
}
