/**
 * Answers for measuring: prose, Markdown, code, lists, one very large delta. Each is a row of deltas with one numbered
 * word or more, so that a reader of the screen can tell a lost, a doubled and a late one.
 */

import { hostileParts } from '../test/kit/hostile-parts.ts'
import { type Words, word } from './numbered-words.ts'

export interface Answer {
  readonly words: Words
  readonly deltas: readonly string[]
}

const FILLERS = ['a', 'slow', 'lantern', 'counts', 'its', 'moths', 'beside', 'open', 'water', 'until', 'noon', 'and']

const filler = (i: number) => FILLERS[i % FILLERS.length]!

export interface AnswerPace {
  /** Deltas a second; 0 is a burst. */
  readonly rate: number
  readonly ttftMs: number
  /** Whether the server ends its writes within characters. */
  readonly torn?: boolean | undefined
}

/** The line of a script that sends these deltas. */
export function lineFor({ deltas }: Answer, { rate, ttftMs, torn }: AnswerPace): string {
  const texts = deltas.map((delta) => JSON.stringify(delta)).join(' ')
  return `text ${texts} rate=${rate} ttft=${ttftMs} thinking=0${torn ? ' split-utf8' : ''}`
}

export function bytesOf({ deltas }: Answer): number {
  return deltas.reduce((total, delta) => total + Buffer.byteLength(delta), 0)
}

/** Sentences of a dozen words, paragraphs of sixty, an unnumbered word after every third. */
export function prose(tag: string, count: number): Answer {
  const ending = (i: number) => {
    if (i === count) return '.'
    if (i % 60 === 0) return '.\n\n'
    if (i % 12 === 0) return '. '
    return i % 3 === 0 ? ` ${filler(i)} ` : ' '
  }
  return { words: { tag, count }, deltas: numbered(tag, count, (text, i) => text + ending(i)) }
}

/** One fence of TypeScript, a numbered word a line. */
export function code(tag: string, lines: number): Answer {
  const shapes = [
    (name: string, i: number) => `// ${name}: what comes after step ${i}, "in order"`,
    (name: string, i: number) => `const ${name}: ReadonlyMap<string, number> = new Map([["at", ${i}]])`,
    (name: string, i: number) => `if (limit > ${i}) { return ${name}('left', 0x${i.toString(16)}) }`,
    (name: string, i: number) => `export function ${name}(value = ${i}): string { return \`\${value} of them\` }`,
  ]
  const deltas = numbered(tag, lines, (name, i) => `${'  '.repeat(i % 4)}${shapes[i % shapes.length]!(name, i)}\n`)
  return { words: { tag, count: lines }, deltas: framed('```ts\n', deltas, '```\n') }
}

/** A list of short lines with a gap after every fortieth. */
export function list(tag: string, lines: number): Answer {
  const gap = (i: number) => (i % 40 === 0 ? '\n' : '')
  const deltas = numbered(
    tag,
    lines,
    (text, i) => `- ${text} ${filler(i)} ${filler(i * 5 + 1)} ${filler(i * 7 + 2)}\n${gap(i)}`,
  )
  return { words: { tag, count: lines }, deltas }
}

/** About so many bytes of prose in one delta, after a first word of its own. */
export function huge(tag: string, bytes: number): Answer {
  const wordBytes = word(tag, 1).length + ' lantern '.length
  const count = Math.floor(bytes / wordBytes)
  const [first = '', ...rest] = numbered(tag, count, (text, i) => `${text} lantern${i % 60 === 0 ? '\n\n' : ' '}`)
  return { words: { tag, count }, deltas: [first, rest.join('')] }
}

/** Words between characters of two, three and four bytes, for writes that end within them. */
export function wide(tag: string, count: number): Answer {
  const deltas = numbered(tag, count, (text, i) => `海${text}é ${i % 2 ? '漢字' : '🚀'} ${i % 25 === 0 ? '\n\n' : ''}`)
  return { words: { tag, count }, deltas }
}

/** Headings, emphasis, nested lists, tables, fences of several languages, wide characters, quotes: section by section. */
export function markdown(tag: string, count: number): Answer {
  const deltas: string[] = []
  const next = (text: (word: string) => string) => {
    if (deltas.length < count) deltas.push(text(word(tag, deltas.length + 1)))
  }
  const many = (times: number, text: (word: string, i: number) => string) => {
    for (let i = 0; i < times; i++) next((one) => text(one, i))
  }
  const join = (text: string) => {
    if (deltas.length > 0) deltas[deltas.length - 1] += text
  }
  for (let section = 1; deltas.length < count; section++) {
    next((text) => `## Part ${section}: ${text}\n\n`)
    many(20, (text, i) => `${PROSE_MARKS[i % PROSE_MARKS.length]!(text)} ${i % 4 === 3 ? `${filler(i)} ` : ''}`)
    join('\n\n')
    many(9, (text, i) => `${['- ', '  - ', '    1. '][i % 3]}${text} ${filler(i)}\n`)
    join('\n| Word | Times | 名前 |\n|---|--:|:-:|\n')
    many(12, (text, i) => (i % 3 === 0 ? `| ${text} | ` : i % 3 === 1 ? `${text} | ` : `${text} |\n`))
    const [language, line] = LANGUAGES[section % LANGUAGES.length]!
    join(`\n\`\`\`${language}\n`)
    many(6, (text) => `${line(text)}\n`)
    join('```\n\n')
    many(4, (text) => `東京の空 ${text} 서울 🚀 é `)
    join('\n\n> ')
    many(4, (text) => `${text} ${filler(section)} `)
    join(section % 3 === 0 ? '\n\n---\n\n' : '\n\n')
  }
  return { words: { tag, count }, deltas }
}

const PROSE_MARKS: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `**${text}**`,
  (text) => text,
  (text) => `\`${text}\``,
  (text) => text,
  (text) => `[${text}](https://example.com/page)`,
  (text) => `*${text}*`,
]

const LANGUAGES: readonly (readonly [string, (name: string) => string])[] = [
  ['js', (name) => `const ${name} = (x) => x + 1 // one more`],
  ['python', (name) => `def ${name}(pears: int) -> str: return f"{pears} pears"`],
  ['rust', (name) => `fn ${name}(bytes: &[u8]) -> usize { bytes.len() }`],
  ['sql', (name) => `SELECT name, size FROM ${name} WHERE size > 10;`],
  ['sh', (name) => `printf '%s\\n' "${name}" | sort -u`],
  ['json', (name) => `{"${name}": [1, 2, {"left": null}]}`],
]

/** Every part that tries to steer the terminal: in a list, in a fence, and one torn between two deltas. */
export function hostile(tag: string): Answer {
  const parts = hostileParts(tag)
  const deltas: string[] = []
  const next = (text: (word: string) => string) => deltas.push(text(word(tag, deltas.length + 1)))
  for (const { name, text } of parts) next((one) => `- ${one} ${name} <${text}>\n`)
  next((one) => `\n${one} torn \x1b`)
  next((one) => `]0;torn-${tag}\x07 ${one}\n\n\`\`\`sh\n`)
  for (const { name, text } of parts) next((one) => `echo '${text}' # ${one} ${name}\n`)
  next((one) => `\`\`\`\n\nThe end: ${one}\n`)
  return { words: { tag, count: deltas.length }, deltas }
}

function numbered(tag: string, count: number, text: (word: string, i: number) => string): string[] {
  return Array.from({ length: count }, (_, i) => text(word(tag, i + 1), i + 1))
}

function framed(before: string, deltas: readonly string[], after: string): readonly string[] {
  return deltas.map((delta, i) => (i === 0 ? before : '') + delta + (i === deltas.length - 1 ? after : ''))
}
