/** The forms a conversation can leave in, and the one a file's name asks for. */

import type { Event } from '../../conversation.ts'
import { type BytesOf, eventLines } from './events.ts'
import { asHtml } from './html.ts'
import { asJsonDocument } from './json.ts'
import { asMarkdown } from './markdown.ts'
import type { Told } from './told.ts'

export const FORMATS = ['md', 'json', 'jsonl', 'html'] as const

export type Format = (typeof FORMATS)[number]

const ENDINGS: Readonly<Record<string, Format>> = {
  md: 'md',
  markdown: 'md',
  json: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  html: 'html',
  htm: 'html',
}

/** What the ending of a file's name asks for; null: nothing we know. */
export function formatOfFile(name: string): Format | null {
  const ending = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  return Object.hasOwn(ENDINGS, ending) ? ENDINGS[ending]! : null
}

/** The whole text, piece by piece. @param events what happened, for the form that holds it all */
export function exported(
  format: Format,
  told: Told,
  events: () => Iterable<Event>,
  options: { readonly branches: boolean; readonly bytesOf?: BytesOf },
): Iterable<string> {
  switch (format) {
    case 'md':
      return asMarkdown(told, options)
    case 'html':
      return asHtml(told, options)
    case 'json':
      return asJsonDocument(told)
    case 'jsonl':
      return eventLines(told.head, events(), options.bytesOf)
  }
}

/** Letters of a name that is made from a title. */
const LONGEST_NAME = 60

/** A good name for a file without its ending: the title's words, and the day. */
export function fileStem(title: string, day: string): string {
  const words =
    title
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
  let name = ''
  for (const word of words) {
    // A script without spaces is one long word.
    const some = [...word].slice(0, LONGEST_NAME).join('')
    if (name !== '' && name.length + some.length > LONGEST_NAME) break
    name += `${some}-`
  }
  return `${name || 'conversation-'}${day}`
}
