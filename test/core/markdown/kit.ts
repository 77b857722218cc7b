/** What the markdown tests share: texts to try, ways to cut them, and how to look at rows. */

import fc from 'fast-check'
import { answerRows, type Highlight } from '../../../src/core/markdown/answer.ts'
import { asLines } from '../../../src/core/text/rows.ts'
import { type Theme, theme } from '../../../src/core/text/theme.ts'

export const plain: Theme = theme({ colour: 'none', links: false })
export const spoken: Theme = theme({ colour: 'none', links: false, spoken: true })
export const coloured: Theme = theme({ colour: 'ansi16', links: true })

/** Pieces of a text, cut at the given places (taken modulo its length). */
export function cutAt(text: string, places: readonly number[]): readonly string[] {
  const cuts = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b)
  return [0, ...cuts].map((cut, i) => text.slice(cut, cuts[i] ?? text.length))
}

/** Rows as the stream gives them: everything pushed piece by piece, then the end. */
export function streamed(
  pieces: readonly string[],
  width: number,
  look: Theme,
  highlight?: Highlight,
): readonly string[] {
  const answer = answerRows({ width, theme: look, ...(highlight && { highlight }) })
  const rows = pieces.flatMap((piece) => answer.push(piece))
  return [...rows, ...answer.end()]
}

/** Rows with the parts of very long lines joined. */
export const whole = (rows: readonly string[]): readonly string[] => asLines(rows).split('\n').slice(0, -1)

/** A row without colours and links. */
export const bare = (row: string): string => row.replace(/\x1b(?:\[[\d;]*m|\]8;;[!-~]*\x1b\\)/g, '')

const CHARS = [
  'a',
  'b',
  ' ',
  ' ',
  '\n',
  '\t',
  '\r',
  '漢',
  '。',
  '👍',
  '🏽',
  '👩',
  '\u200d',
  '\ufe0f',
  '❤',
  '\u0301',
  '🇩',
  'ก',
  'ำ',
]
const NASTY = [
  '\x1b',
  '\x1b[2J',
  '\x9b',
  '\x07',
  '\u202e',
  '\u2028',
  '\u200b',
  '\ufeff',
  '\ud83d',
  '\udc4d',
  '\u{e0041}',
  '\u1100',
  '\u0600',
]

export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...CHARS) }, { weight: 1, arbitrary: fc.constantFrom(...NASTY) }),
    { maxLength: 80 },
  )
  .map((parts) => parts.join(''))

const STARTS = [
  '',
  '',
  '',
  '- ',
  '* ',
  '1. ',
  '10) ',
  '> ',
  '# ',
  '### ',
  '    ',
  '  ',
  '\t',
  '```',
  '```ts',
  '~~~',
  '| ',
  '[^1]: ',
  '[a]: ',
  '$$',
  '---',
  '===',
  '|---|:-:|',
  '|-|',
  '<div>',
  '<!--',
  '-->',
  '-',
  '+++',
  '- [ ] ',
  '\\[',
]
const WORDS = [
  'word',
  'two words',
  '**bold**',
  '**',
  '*',
  '*em*',
  '_',
  '`code`',
  '`',
  '``',
  '[link](https://a.b/c)',
  '[',
  '](',
  '](x)',
  '[a][b]',
  '[^1]',
  '~~gone~~',
  '$x_1$',
  '$',
  '\\(',
  '\\',
  '|',
  ' | ',
  'https://example.com/path',
  '<br>',
  '<b>',
  '<',
  '&amp;',
  '&#27;',
  '&#x9b;',
  '  ',
  '漢字漢字',
  '👩‍👩‍👧',
  'e\u0301',
  '\u0301',
  '\x1b[31m',
  '\x07',
  '\u202e',
  'a_long_identifier_without_breaks',
  '1.',
  '- ',
  '> ',
  '\t',
  '\r',
]

const line = fc
  .tuple(
    fc.constantFrom(...STARTS),
    fc.constantFrom(...STARTS),
    fc.array(fc.constantFrom(...WORDS), { maxLength: 12 }),
    fc.constantFrom('', ' '),
  )
  .map(([outer, inner, words, glue]) => outer + inner + words.join(glue))

/** Documents out of whatever markdown is made of, mostly in places where it does not belong. */
export const document: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: line },
      { weight: 2, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: hostileText },
    ),
    { maxLength: 24 },
  )
  .map((lines) => lines.join('\n'))

/** The same with stretches long enough to flow, freeze and be cut. */
export const longDocument: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      document,
      fc
        .tuple(fc.constantFrom(...WORDS, ' ', 'plain prose of some words '), fc.integer({ min: 100, max: 900 }))
        .map(([word, n]) => (word + (n % 2 ? ' ' : '')).repeat(n)),
      fc.tuple(line, fc.integer({ min: 5, max: 40 })).map(([text, n]) => `${text}\n`.repeat(n)),
      fc
        .integer({ min: 10, max: 30 })
        .map((n) => `\n| a | b |\n|---|---|\n${'| **x** | some more text |\n'.repeat(n)}`),
    ),
    { maxLength: 4 },
  )
  .map((parts) => parts.join(''))
