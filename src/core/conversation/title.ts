/** What a conversation is called as long as nobody has given it a name: the first words of its first question. */

import { sanitiseLine } from '../text/sanitise.ts'
import { widthOf } from '../text/width.ts'
import { clip } from '../text/wrap.ts'
import type { Turn } from '../turn/turns.ts'

/** The system prompt of the call that asks for a title. */
export const NAMING =
  'You name conversations. Reply with a title of at most six words in the language of the question, without quotes and without a full stop. Reply with nothing else.'

/** Columns of a title; a list has room for about as much. */
export const LONGEST = 60

/** A title as a sentence quotes it: on one line, cut, and nothing in it steers a terminal. */
export const quoted = (title: string): string => `“${clip(sanitiseLine(title), LONGEST)}”`

/** A title of one line, never empty. */
function titleOf(question: string): string {
  const prompt = promptOf(question)
  const line = prompt.split('\n').find((one) => /[\p{L}\p{N}]/u.test(one)) ?? prompt
  return shortTitle(line) || 'Untitled'
}

/** The same of a turn: one without words is called by what went with it. */
export function titleOfTurn(turn: Pick<Turn, 'question' | 'attachments'> | null | undefined): string {
  const { question = '', attachments = [] } = turn ?? {}
  return titleOf(question.trim() === '' ? attachments.map(({ name }) => name).join(', ') : question)
}

/** What was asked, without what was piped in: that is material, what to do with it says more. */
export function promptOf(question: string): string {
  return /<prompt>\n([\s\S]*)\n<\/prompt>\s*$/.exec(question)?.[1] ?? question
}

/** The title of a copy: the same, with the first number that is free. */
export function numberedTitle(title: string, isTaken: (title: string) => boolean): string {
  const base = title.replace(/ \(\d+\)$/, '')
  for (let n = 2; ; n++) if (!isTaken(`${base} (${n})`)) return `${base} (${n})`
}

/** A text as a title: one line, no marks of Markdown around it, cut at a word. */
export function shortTitle(text: string): string {
  const line = sanitiseLine(text.replace(/\s+/g, ' ').trim()).replace(/^[#>*"'`\s-]+|["'`*\s]+$/g, '')
  if (widthOf(line) <= LONGEST) return line
  let cut = ''
  for (const word of line.split(' ')) {
    const more = cut === '' ? word : `${cut} ${word}`
    if (widthOf(more) > LONGEST - 1) break
    cut = more
  }
  return `${cut === '' ? [...line].slice(0, LONGEST / 2 - 1).join('') : cut}…`
}
