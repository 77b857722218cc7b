/** The words in which a summary is asked for, and a conversation as material for one. */

import { sayAttachment } from '../../attachments/words.ts'
import type { Turn } from '../../turn/turns.ts'
import { SUMMARY_HEAD } from '../window.ts'

/** Begins the message that asks for a summary below the conversation itself. */
export const PAUSE = 'This message is from the program, and no part of the conversation: do not answer it, summarise.'

const RULES = `Your summary will stand in the place of what it covers: whoever goes on reads nothing else of it. Write down, word for word where words matter:
- what the user wants, prefers, and has ruled out
- what was decided, and why
- names: people, files, paths, addresses, identifiers, versions
- commands, as they were typed
- numbers with their units, dates, prices
- what was handed in (files, images, pasted text), by name, with what matters in it
- where things stand, what is open, what was to come next
Leave out greetings, repetition, and dead ends nobody would walk into again. Invent nothing. Use short lines under headings, in the language of the conversation. Reply with the summary alone.`

/** The system prompt of a request that brings the conversation along as material. */
export const SUMMARISING = `You write summaries of conversations. ${RULES}`

/** What the person wants to be kept above all. */
const focused = (focus: string) => (focus === '' ? '' : `\n${FOCUS} ${focus}`)
const FOCUS = 'Above all keep what concerns:'

/** The focus of a message that asks for a summary; empty when it names none. */
export function focusOf(text: string): string {
  return text.slice(text.lastIndexOf(FOCUS)).startsWith(FOCUS)
    ? text.slice(text.lastIndexOf(FOCUS) + FOCUS.length).trim()
    : ''
}

/** Words of a summary: a twenty-fifth of what it covers, within reason. @param tokens of what it covers */
export const wordsFor = (tokens: number): number => Math.round(Math.min(1_200, Math.max(120, tokens / 25)) / 10) * 10

/** UTF-16 units of a question that name its exchange. */
const NAME_CHARS = 60

/** Names exchanges by how their questions begin. */
function spares(pinned: readonly Turn[]): string {
  if (pinned.length === 0) return ''
  const names = pinned.map(({ question }) => JSON.stringify(question.slice(0, NAME_CHARS).toWellFormed()))
  const [which, stay] = names.length === 1 ? ['The exchange', 'stays'] : ['The exchanges', 'stay']
  return `\n${which} whose question begins with ${names.join(', ')} ${stay} word for word as well: leave ${names.length === 1 ? 'it' : 'them'} out.`
}

/**
 * Asks for a summary at the end of the conversation itself.
 * @param recent exchanges that stay word for word
 * @param pinned turns further back that do
 */
export function askBelow(tokens: number, recent: number, pinned: readonly Turn[], focus: string): string {
  const spared =
    recent === 0
      ? ''
      : `\nThe last ${recent === 1 ? 'exchange stays' : `${recent} exchanges stay`} word for word beside your summary: leave ${recent === 1 ? 'it' : 'them'} out.`
  return `${PAUSE}\n\n${RULES}${spared}${spares(pinned)}\nAt most ${wordsFor(tokens)} words.${focused(focus)}`
}

/** Asks for a summary of what is handed in. @param part which of how many pieces it is */
export function askAbout(
  material: string,
  tokens: number,
  focus: string,
  part: readonly [number, number] | null,
): string {
  const piece = part ? `This is part ${part[0]} of ${part[1]} of a conversation. ` : ''
  return `<conversation>\n${material}\n</conversation>\n\n${piece}Summarise it in at most ${wordsFor(tokens)} words.${focused(focus)}`
}

/** Turns as material, after the summary they follow. */
export function material(before: string | null, turns: readonly Turn[]): string {
  return [
    ...(before === null ? [] : [`<${SUMMARY_HEAD}>\n${before}\n</${SUMMARY_HEAD}>`]),
    ...turns.map(({ question, attachments = [], answer }) => {
      const named = attachments.map((one) => `<attached>${sayAttachment(one)}</attached>\n`).join('')
      return `<user>\n${named}${question}\n</user>\n<assistant>\n${answer}\n</assistant>`
    }),
  ].join('\n\n')
}

/** A text in pieces of at most so many UTF-16 units, cut between lines where that can be. */
export function piecesOf(text: string, most: number): readonly string[] {
  const pieces: string[] = []
  for (let from = 0; from < text.length; ) {
    const line = text.length - from <= most ? -1 : text.lastIndexOf('\n', from + most - 1)
    let end = line >= from + most / 2 ? line + 1 : Math.min(text.length, from + most)
    // Never between the halves of a sign.
    if (end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1]!)) end--
    pieces.push(text.slice(from, Math.max(end, from + 1)))
    from = Math.max(end, from + 1)
  }
  return pieces
}
