/** The history, if there is one, and the conversation in it that a person means. */

import { existsSync } from 'node:fs'
import { LONGEST } from '../../core/conversation/title.ts'
import { newConversation } from '../../core/conversation.ts'
import { count } from '../../core/figures/words.ts'
import { UNCHOSEN } from '../../core/history/walk.ts'
import { quote } from '../../core/problem.ts'
import { theme } from '../../core/text/theme.ts'
import { clip } from '../../core/text/wrap.ts'
import { Ending, EXIT } from '../../core/turn/outcome.ts'
import { type History, HistoryTrouble, type Listed, openHistory, openHistoryToRead } from '../../io/history.ts'
import { wallOrigin } from '../../io/process/wall-clock.ts'
import { settleUnfinished } from '../history/recall.ts'
import { meantAmong } from '../history/resume-choice.ts'
import type { Call } from './call.ts'
import { table } from './table.ts'

/** Several conversations could be meant. */
export class Ambiguous extends Ending {
  readonly matches: readonly Listed[]

  constructor(message: string, matches: readonly Listed[]) {
    super(EXIT.usage, message)
    this.matches = matches
  }
}

export const noneYet = ({ program }: Pick<Call, 'program'>): string =>
  `No conversation has been saved yet: \`${program}\` begins one.`

/** How long a command waits, in ms, for another program that writes: it has nothing else to do. */
const PATIENCE_MS = 3_000

/**
 * The history to look into, answers settled whose programs were killed; null: there is none yet, and looking for it made
 * none.
 * @throws HistoryTrouble
 */
export async function openIfThere(path: string): Promise<History | null> {
  if (!existsSync(path)) return null
  const history = await openHistoryToRead(path)
  try {
    await settleUnfinished({ history, fresh: newConversation(UNCHOSEN), origin: wallOrigin() })
  } catch (error) {
    // Where nothing can be written, or not now, what was cut off is shown as it was noted.
    if (!(error instanceof HistoryTrouble)) throw error
  }
  history.wait(PATIENCE_MS)
  return history
}

/** @throws Ending where there is none to look into */
export function some(call: Pick<Call, 'history' | 'program'>): History {
  if (call.history) return call.history
  throw new Ending(EXIT.usage, noneYet(call))
}

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
const MOST_MATCHES = 10

const INDENT = '  '

/** The conversations that could be meant, a line each. @param columns of the terminal they are shown on; null: none */
export function matchLines(matches: readonly Listed[], nowMs: number, columns: number | null): readonly string[] {
  const lines = table(matches.slice(0, MOST_MATCHES), {
    ...{ nowMs, headed: false, theme: theme({ colour: 'none', links: false }) },
    columns: columns === null ? null : columns - INDENT.length,
    draw: (title, room) => clip(title, Math.min(room, LONGEST)),
  })
  const more = matches.length - MOST_MATCHES
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].map((line) => INDENT + line)
}

type Sought = Pick<Call, 'program'> & { readonly history: Pick<History, 'meant'> }

interface Where {
  /** In the bin. */
  readonly deleted?: boolean
}

const wayOut = (program: string, { deleted = false }: Where) =>
  deleted
    ? `\`${program} sessions list --deleted\` shows what is there.`
    : `\`${program} sessions list\` shows them, \`${program} sessions search WORDS\` looks into them.`

const nothing = ({ deleted = false }: Where) => (deleted ? 'Nothing in the bin has' : 'No conversation has')

/** @throws Ambiguous, Ending when none is meant */
export function oneMeant({ history, program }: Sought, text: string, where: Where = {}): Listed {
  const way = wayOut(program, where)
  if (text.trim() === '')
    throw new Ending(EXIT.usage, `Expected the id of a conversation, or words of its title. ${way}`)
  const found = meantAmong(text, history.meant(text, where))
  const [first, ...others] = found
  const said = quote(text, LONGEST)
  if (!first) throw new Ending(EXIT.usage, `${nothing(where)} the id or the title ${said}. ${way}`)
  if (others.length === 0) return first
  throw new Ambiguous(`${count(found.length, 'conversation')} could be meant by ${said}. Name one by its id:`, found)
}

const isId = (word: string) => /^[0-9a-f-]{4,36}$/i.test(word)

/**
 * Several at once: each word an id, or all of them together one title.
 * @throws Ambiguous, Ending when one of them is not there: all are named, and nothing has happened
 */
export function allMeant(sought: Sought, words: readonly string[], where: Where = {}): readonly Listed[] {
  const { history, program } = sought
  const has = (text: string) => history.meant(text, where).length > 0
  const title = words.join(' ')
  const areIds = words.every(isId) || (!has(title) && words.some((word) => isId(word) && has(word)))
  if (words.length < 2 || !areIds) return [oneMeant(sought, title, where)]
  const missing = words.filter((word) => !has(word)).map((word) => quote(word, LONGEST))
  if (missing.length > 0) {
    const ids = missing.length === 1 ? 'the id' : 'an id such as'
    throw new Ending(
      EXIT.usage,
      `${nothing(where)} ${ids} ${missing.join(' or ')}. None of the ${words.length} was touched. ${wayOut(program, where)}`,
    )
  }
  const found = words.map((word) => oneMeant(sought, word, where))
  return [...new Map(found.map((one) => [one.id, one])).values()]
}
