/**
 * What commands do beyond the conversation: copy, show in a pager, search, tell how fast we are. Loaded when the first
 * one is wanted. What the terminal does is handed in, so that the chat and the plain lines run the same errands.
 */

import { wordsWithNames } from '../../core/attachments.ts'
import { codeBlocks } from '../../core/code/blocks.ts'
import type { State, Turn } from '../../core/conversation.ts'
import { count } from '../../core/figures/words.ts'
import { type Findings, findInTurns } from '../../core/history/find.ts'
import { renderMarkdown } from '../../core/markdown/answer.ts'
import type { Listing, Remark } from '../../core/text/remark.ts'
import { asLines } from '../../core/text/rows.ts'
import { sanitise } from '../../core/text/sanitise.ts'
import { type Theme, theme } from '../../core/text/theme.ts'
import { wrapText } from '../../core/text/wrap.ts'
import { deafToOsc52, MOST_BYTES, osc52 } from '../../glass/osc52.ts'
import { clipboardTools, handTo, keepInFile } from '../../io/terminal/clipboard.ts'
import { page, pagers } from '../../io/terminal/pager.ts'
import type { Errand } from './commands.ts'

export interface ErrandParts {
  readonly state: State
  readonly env: Readonly<Record<string, string | undefined>>
  readonly columns: number
  readonly theme: Theme
  /** Bytes for the terminal that draw nothing; null: it takes none. */
  readonly write: ((sequence: string) => void) | null
  /** A remark for the person. */
  say(remark: Remark): void
  /** Where a long text is read: in a program that the terminal is lent to, or right here, written as it is. */
  readonly reader:
    | { readonly lend: <T>(use: () => Promise<T>) => Promise<T> }
    | { readonly print: (text: string) => void }
  perf(): string
}

export async function runErrand({ name, argument }: Errand, parts: ErrandParts): Promise<void> {
  switch (name) {
    case 'copy':
      return copy(argument, parts)
    case 'show':
      return show(argument, parts)
    case 'find':
      return parts.say(find(argument, parts.state))
    case 'perf':
      return parts.say(parts.perf())
    case 'redraw':
      return
  }
}

/** All turns with something to read, the running one last. */
const readable = ({ turns, live }: State): readonly Turn[] => (live ? [...turns, live] : turns)

const answered = (state: State) => readable(state).findLast(({ answer }) => answer !== '')

interface Piece {
  readonly text: string
  /** What it is, at the start of a sentence about it. */
  readonly what: string
  readonly file: string
}

/** What `/copy` is asked for, or a sentence on why there is no such thing. */
export function pieceToCopy(argument: string, state: State): Piece | string {
  const turn = answered(state)
  if (!turn) return 'There is no answer to copy yet.'
  const so = turn.end === null ? ' so far' : ''
  if (argument === '') {
    return { text: turn.answer, what: `Answer ${turn.number}${so}`, file: `answer-${turn.number}.md` }
  }
  if (argument === 'all') {
    const text = readable(state)
      .map((one) => `${wordsWithNames(one).replace(/^/gm, '> ')}\n\n${one.answer.trimEnd()}\n`)
      .join('\n')
    return { text, what: `The conversation, ${count(readable(state).length, 'turn')}`, file: 'conversation.md' }
  }
  const block = blockOf(turn, argument)
  if (typeof block === 'string') return block
  const { text, language, number } = block
  const kind = language === '' ? '' : ` (${sanitise(language)})`
  return { text, what: `Code block ${number}${kind} of answer ${turn.number}${so}`, file: `code-${number}.txt` }
}

function blockOf(turn: Turn, which: string) {
  const blocks = codeBlocks(turn.answer)
  const number = /^\d+$/.test(which) ? Number(which) : Number.NaN
  const block = blocks[number - 1]
  if (block) return { ...block, number }
  if (Number.isNaN(number)) return `Expected nothing, "all", or the number of a code block; "${which}" came.`
  const has = blocks.length === 0 ? 'no code block' : count(blocks.length, 'code block')
  return `Answer ${turn.number} has ${has}; there is no ${which}.`
}

async function copy(argument: string, parts: ErrandParts): Promise<void> {
  const piece = pieceToCopy(argument, parts.state)
  if (typeof piece === 'string') return parts.say(piece)
  const { env, write, say } = parts
  const size = count([...piece.text].length, 'character')
  const tried: string[] = []

  const deaf = write ? deafToOsc52(env) : 'no terminal to send it to'
  const sequence = deaf ? null : osc52(piece.text, env)
  if (sequence) write?.(sequence)
  else tried.push(`OSC 52 (${deaf ?? `at most ${count(MOST_BYTES, 'byte')}`})`)

  // The terminal never says whether it took the text, so a tool that does is asked as well.
  for (const tool of clipboardTools(env, process.platform)) {
    const why = await handTo(tool, piece.text, env)
    if (why === null) {
      return say(`${piece.what}: ${size} copied with ${tool.command}${sequence ? ', and sent to the terminal' : ''}.`)
    }
    tried.push(`${tool.command} (${why})`)
  }
  if (sequence) {
    return say(
      `${piece.what}: ${size} sent to the terminal's clipboard (OSC 52; whether it took them it does not say).`,
    )
  }
  const kept = keepInFile(piece.text, piece.file, env)
  if ('path' in kept) {
    return say(`${piece.what}: ${size} written to ${kept.path}; no clipboard was at hand. Tried: ${tried.join(', ')}.`)
  }
  say(`${piece.what} could not be copied. Tried: ${[...tried, ...kept.why].join(', ')}.`)
}

/** What `/show` is asked for, drawn for a pager, or a sentence on why there is no such thing. */
export function pageOf(argument: string, state: State, columns: number, look: Theme): { text: string } | string {
  const asked = /^(\d+)?\s*(?:(code)\s*(\d+)?)?$/.exec(argument)
  if (!asked) return `Expected the number of an answer, "code" and the number of a block, or both; "${argument}" came.`
  const [, turnNumber, code, block = '1'] = asked
  const turns = readable(state)
  // A number names a turn on whatever branch; `/find` tells numbers of all of them.
  const every = [...turns, ...state.branches]
  const turn = turnNumber === undefined ? answered(state) : every.find(({ number }) => number === Number(turnNumber))
  if (!turn) {
    if (turns.length === 0) return 'There is no answer to show yet.'
    return turnNumber === undefined
      ? 'There is no answer to show yet.'
      : `There is no answer ${turnNumber}: this conversation has ${numbersOf(turns)}.`
  }
  if (code) {
    const found = blockOf(turn, block)
    return typeof found === 'string' ? found : { text: `${sanitise(found.text)}\n` }
  }
  const question = wrapText(sanitise(wordsWithNames(turn)), Math.max(2, columns - 2)).map(
    (row, i) => (i === 0 ? look.accent('› ') : '  ') + look.strong(row),
  )
  const answer = renderMarkdown(turn.answer, { width: columns, theme: look })
  return { text: asLines([...question, '', ...answer]) }
}

const numbersOf = (turns: readonly Turn[]) =>
  turns.length === 1 ? `${turns[0]!.number} alone` : `${turns[0]!.number} to ${turns.at(-1)!.number}`

async function show(argument: string, { state, columns, theme: look, env, reader, say }: ErrandParts): Promise<void> {
  const bare = look.spoken ? look : theme({ colour: 'none', links: false })
  const plain = pageOf(argument, state, columns, bare)
  if (typeof plain === 'string') return say(plain)
  if ('print' in reader) return reader.print(plain.text)
  const coloured = pageOf(argument, state, columns, { ...look, links: false, link: bare.link }) as { text: string }
  const choices = pagers(env, process.platform)
  const shown = await reader.lend(async () => {
    for (const { command, colours } of choices) {
      if (await page(command, (colours ? coloured : plain).text, env)) return true
    }
    return false
  })
  if (!shown) say(`No pager could be started. Tried: ${choices.map(({ command }) => command).join(', ')}.`)
}

/** Where a text is said in all branches: the one that is shown comes last, nearest to whoever reads. */
export function find(text: string, state: State): Remark {
  if (text === '') return 'Expected what to look for: /find TEXT.'
  const elsewhere = sayFound(findInTurns(state.branches, text))
  const here = sayFound(findInTurns(readable(state), text))
  if (here.length + elsewhere.length === 0) return `"${sanitise(text)}" is not in this conversation.`
  const away = elsewhere.length === 0 ? [] : ['On other branches (/tree goes there):', ...elsewhere]
  const between = away.length === 0 ? [] : ['', here.length === 0 ? 'Not on this branch.' : 'On this branch:']
  return [...away, ...between, ...here, '/show N reads an answer in full.']
}

function sayFound({ found, earlier }: Findings): readonly (string | Listing)[] {
  if (found.length === 0) return []
  const list = found.map(({ number, from, context }) => [`${from} ${number}`, context] as const)
  return [{ list }, ...(earlier ? [`and ${sayEarlier(earlier)}.`] : [])]
}

function sayEarlier({ times, firstTurn, lastTurn }: NonNullable<Findings['earlier']>): string {
  const where = firstTurn === lastTurn ? `turn ${firstTurn}` : `turns ${firstTurn} to ${lastTurn}`
  return `${times} more before, in ${where}`
}
