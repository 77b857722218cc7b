/** What the tests of tapes share: events as a server spells them, bodies put through in pieces, texts to try. */

import fc from 'fast-check'
import { type BodyOptions, tapeBody } from '../../../src/core/tape/body.ts'
import { cutAt } from '../markdown/kit.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export const event = (value: { readonly type: string }): string =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`

/** An answer whose text comes in these pieces. */
export function answered(pieces: readonly string[]): string {
  const usage = { input_tokens: 12_345, output_tokens: 678 }
  return [
    event({ type: 'message_start', message: { id: 'msg_01AbCdEf', model: 'claude-sonnet-5-5', usage } } as never),
    event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } } as never),
    ...pieces.map((text) =>
      event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } } as never),
    ),
    event({ type: 'content_block_stop', index: 0 } as never),
    event({ type: 'message_stop' }),
  ].join('')
}

/** The pieces of text in the deltas of an event stream. */
export function deltas(stream: string): readonly string[] {
  return stream.split('\n').flatMap((line) => {
    if (!line.startsWith('data:')) return []
    const { delta } = JSON.parse(line.slice(5)) as { delta?: { text?: string } }
    return delta?.text === undefined ? [] : [delta.text]
  })
}

/** A body that comes in pieces, as it gets onto the tape. Each call of `push` has given what was fit by then. */
export function taped(pieces: readonly Uint8Array[], options: BodyOptions): Uint8Array {
  const body = tapeBody(options)
  return Buffer.concat([...pieces.map((piece) => body.push(piece)), body.end()])
}

/** A text as bytes, cut at the given places. */
export function bytesCutAt(text: string, places: readonly number[]): readonly Uint8Array[] {
  const bytes = encoder.encode(text)
  const latin1 = Buffer.from(bytes).toString('latin1')
  return cutAt(latin1, places).map((piece) => Buffer.from(piece, 'latin1'))
}

export const inText = (bytes: Uint8Array): string => decoder.decode(bytes)

export const places = fc.array(fc.nat(), { maxLength: 12 })

const WORDS = [
  'Quarterly',
  'merger',
  'with',
  'naïve',
  'Åland',
  'Привет',
  '海の',
  '안녕',
  'ไทย',
  'café',
  'x86',
  '𝕏yz',
  'e\u0301te',
]
const SIGNS = [
  ' ',
  ' ',
  '\n',
  '\n\n',
  '. ',
  '# ',
  '- ',
  '| ',
  ' | ',
  '**',
  '`',
  '```\n',
  '](',
  '[',
  '"',
  '\\',
  '/',
  '🌊',
  '👩‍👩‍👧',
  '1. ',
  '42',
  '&amp;',
  '&#39;',
  '<br> ',
  'https://',
  '\t',
]

/** Prose with a little Markdown, in many scripts. */
export const prose: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...WORDS), fc.constantFrom(...SIGNS)), { maxLength: 60 })
  .map((parts) => parts.join(''))
