/** The history, if there is one, and the conversation in it that a person means. */

import { existsSync } from 'node:fs'
import { Ending, EXIT } from '../../core/outcome.ts'
import { sanitiseLine } from '../../core/sanitise.ts'
import { count } from '../../core/words.ts'
import { type History, type HistoryTrouble, type Listed, openHistory } from '../../io/history.ts'

/** Several conversations could be meant. */
export class Ambiguous extends Ending {
  readonly matches: readonly Listed[]

  constructor(message: string, matches: readonly Listed[]) {
    super(EXIT.usage, message)
    this.matches = matches
  }
}

/** The history; null: there is none yet, and looking for it made none. @throws HistoryTrouble */
export async function openIfThere(path: string): Promise<History | null> {
  return existsSync(path) ? openPatiently(path) : null
}

/** How long a command waits, in ms, for another program that writes: it has nothing else to do. */
const PATIENCE_MS = 3_000

/** @throws HistoryTrouble */
export async function openPatiently(path: string): Promise<History> {
  const history = await openHistory(path)
  history.wait(PATIENCE_MS)
  return history
}

/** What is wrong with the history, for somebody in whose call nothing goes on meanwhile. */
export const troubleInWords = ({ message, fact, passes }: HistoryTrouble): string =>
  passes ? `${fact} Nothing was changed; try again in a moment.` : message

/** How many of the conversations that could be meant are worth listing. */
export const MOST_MATCHES = 10

const WAY_OUT = '`claude-tui sessions list` shows them, `claude-tui sessions search WORDS` looks into them.'

/** @throws Ambiguous, Ending when none is meant */
export function oneMeant(history: Pick<History, 'meant'>, text: string, options: { deleted?: boolean } = {}): Listed {
  if (text.trim() === '')
    throw new Ending(EXIT.usage, `Expected the id of a conversation, or words of its title. ${WAY_OUT}`)
  const found = history.meant(text, options)
  const named = found.filter(({ title }) => title.toLowerCase() === text.trim().toLowerCase())
  const [first, ...others] = named.length === 1 ? named : found
  const said = `"${sanitiseLine(text)}"`
  if (!first) {
    const bin = options.deleted ? 'Nothing in the bin has' : 'No conversation has'
    const way = options.deleted ? '`claude-tui sessions list --deleted` shows what is there.' : WAY_OUT
    throw new Ending(EXIT.usage, `${bin} the id or the title ${said}. ${way}`)
  }
  if (others.length === 0) return first
  const message = `${count(others.length + 1, 'conversation')} could be meant by ${said}. Name one by its id:`
  throw new Ambiguous(message, [first, ...others])
}

/** Several at once: each word an id, or all of them together one title. @throws Ambiguous, Ending */
export function allMeant(
  history: Pick<History, 'meant'>,
  words: readonly string[],
  options: { deleted?: boolean } = {},
): readonly Listed[] {
  const areIds = words.length > 1 && words.every((word) => /^[0-9a-f-]{4,36}$/i.test(word))
  const found = areIds
    ? words.map((word) => oneMeant(history, word, options))
    : [oneMeant(history, words.join(' '), options)]
  return [...new Map(found.map((one) => [one.id, one])).values()]
}
