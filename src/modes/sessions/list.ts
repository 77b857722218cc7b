/** `sessions list` and `sessions search`: which conversations there are, and where something was said in them. */

import { UsageError } from '../../args.ts'
import { wordsWithNames } from '../../core/attachments.ts'
import { LONGEST } from '../../core/conversation/title.ts'
import type { Event } from '../../core/conversation.ts'
import { count } from '../../core/figures/words.ts'
import { legalEvents } from '../../core/history/legal-events.ts'
import { type Stretch, saidLine } from '../../core/history/said-line.ts'
import { walk } from '../../core/history/walk.ts'
import { quote } from '../../core/problem.ts'
import { sanitiseLine } from '../../core/text/sanitise.ts'
import { theme } from '../../core/text/theme.ts'
import { clip } from '../../core/text/wrap.ts'
import type { Turn } from '../../core/turn/turns.ts'
import type { History, Listed } from '../../io/history.ts'
import type { Call } from './call.ts'
import { noneYet } from './found.ts'
import { conversationInJson, documentOf } from './json.ts'
import { table } from './table.ts'

/** Conversations a terminal is shown unless it asks for more; a pipe gets all. */
const SOME = 20
/** Conversations a search finds unless it is asked for more. */
const HITS = 20
/** Read from the history at once. */
const PAGE = 500

const PLAIN = theme({ colour: 'none', links: false })

export async function list(call: Call): Promise<void> {
  const { history, flags, rest, io, program } = call
  if (rest.length > 0)
    throw new UsageError(
      `\`sessions list\` takes no words, but ${quote(rest[0]!)} came. \`${program} sessions search ${clip(sanitiseLine(rest.join(' ')), LONGEST)}\` looks for them.`,
    )
  const deleted = flags.deleted === true
  const isJson = flags.json === true
  const limit = limitOf(flags.limit) ?? (io.terminal && !isJson ? SOME : Number.POSITIVE_INFINITY)
  if (isJson) {
    for (const piece of documentOf(map(every(history, deleted, limit), conversationInJson))) await io.write(piece)
    return
  }
  const found = [...every(history, deleted, limit + 1)]
  const shown = found.slice(0, limit)
  if (shown.length === 0) return io.err(deleted ? 'The bin is empty.' : noneYet(call))
  const { columns, theme: look } = io.terminal?.() ?? { columns: null, theme: PLAIN }
  const lines = table(shown, { columns, theme: look, nowMs: io.nowMs(), headed: columns !== null })
  await io.write(lines.map((line) => `${line}\n`).join(''))
  if (found.length > shown.length) io.err(`The latest ${shown.length}; \`--limit N\` shows more.`)
}

export async function search(call: Call): Promise<void> {
  const { history, flags, rest, io, program } = call
  const typed = rest.join(' ')
  if (typed.trim() === '') throw new UsageError(`Expected what to look for: ${program} sessions search WORDS.`)
  const found = history?.search(typed, limitOf(flags.limit) ?? HITS) ?? []
  if (flags.json === true) {
    const inJson = (one: Hit) => {
      const place = placeOf(one, typed, history!, 160)
      return {
        ...conversationInJson(one),
        hit: place && { ...place, ...inPlaces(place.stretches), stretches: undefined },
      }
    }
    for (const piece of documentOf(map(found, inJson))) await io.write(piece)
    return
  }
  if (found.length === 0) {
    const say = history
      ? `Nothing that was said holds ${quote(typed, LONGEST)}. All words are looked for, the last one may be a beginning.`
      : noneYet(call)
    return io.err(say)
  }
  const { columns, theme: look } = io.terminal?.() ?? { columns: null, theme: PLAIN }
  const marked = (stretches: readonly Stretch[]) =>
    stretches.map(({ text, isHit }) => (isHit ? look.underline(text) : text)).join('')
  const draw = (title: string, room: number) => {
    const hit = columns === null ? null : saidLine(title, typed, room)
    return hit ? marked(hit.stretches) : clip(title, room)
  }
  const lines = table(found, { columns, theme: look, nowMs: io.nowMs(), headed: false, draw })
  for (const [i, one] of found.entries()) {
    const place = placeOf(one, typed, history!, Math.max(20, (columns ?? 100) - INDENT.length - 2))
    const sign = place?.from === 'question' ? look.accent('› ') : '  '
    // A title that is the question itself has said it already.
    const isNew = place && inPlaces(place.stretches).text !== sanitiseLine(one.title)
    await io.write(`${lines[i]}\n${isNew ? `${INDENT}${sign}${marked(place.stretches)}\n` : ''}`)
  }
}

const INDENT = '    '

type Hit = ReturnType<History['search']>[number]

interface Place {
  /** The turn's number; null: the words stand in the title alone. */
  readonly turn: number
  readonly from: 'question' | 'answer'
  readonly stretches: readonly Stretch[]
}

/** Where in a conversation the words are said, the last time; null: in its title alone. */
function placeOf(hit: Hit, typed: string, history: History, columns: number): Place | null {
  if (hit.row === null) return null
  const row = history.row(hit.row)
  if (!row || row.turn === null) return null
  // Its events tell the turn, but for a question that was queued in an earlier row.
  return (
    inTurn(turnIn(row.events, row.turn), typed, columns) ?? inTurn(turnOf(history, hit.id, row.turn), typed, columns)
  )
}

function inTurn(
  turn: Pick<Turn, 'number' | 'question' | 'answer'> | null,
  typed: string,
  columns: number,
): Place | null {
  if (!turn) return null
  const [question, answer] = [saidLine(wordsWithNames(turn), typed, columns), saidLine(turn.answer, typed, columns)]
  const best = question && (!answer || question.words >= answer.words) ? question : answer
  return best && { turn: turn.number, from: best === question ? 'question' : 'answer', stretches: best.stretches }
}

/** The turn as far as one row of events tells it. */
function turnIn(events: readonly Event[], number: number): Pick<Turn, 'number' | 'question' | 'answer'> {
  let question = ''
  let answer = ''
  for (const event of legalEvents(events)) {
    if (event.type === 'asked' && question === '') question = event.text
    else if (event.type === 'delta') answer += event.text
    else if (event.type === 'waiting') answer = ''
  }
  return { number, question, answer }
}

function turnOf(history: History, conversation: number, number: number): Turn | null {
  const way = walk()
  for (const { events } of history.rows(conversation)) {
    for (const event of legalEvents(events)) {
      const turn = way.take(event)
      if (turn?.number === number) return turn
    }
  }
  return null
}

/** The excerpt as a text, and where in it the words stand, in UTF-16 units. */
function inPlaces(stretches: readonly Stretch[]): { text: string; matches: readonly (readonly [number, number])[] } {
  let text = ''
  const matches: (readonly [number, number])[] = []
  for (const stretch of stretches) {
    if (stretch.isHit) matches.push([text.length, text.length + stretch.text.length])
    text += stretch.text
  }
  return { text, matches }
}

/** Page by page: a long list need not fit the memory. */
function* every(history: History | null, deleted: boolean, limit: number): Generator<Listed> {
  for (let offset = 0; history && offset < limit; offset += PAGE) {
    const page = history.list({ limit: Math.min(PAGE, limit - offset), offset, deleted })
    yield* page
    if (page.length < PAGE) return
  }
}

function* map<T, U>(all: Iterable<T>, to: (one: T) => U): Generator<U> {
  for (const one of all) yield to(one)
}

function limitOf(value: string | true | undefined): number | null {
  if (value === undefined) return null
  const limit = Number(value)
  if (Number.isInteger(limit) && limit > 0) return limit
  throw new UsageError(
    `--limit takes a whole number from 1; ${quote(String(value))} came. Without it ${count(SOME, 'conversation')} are shown on a terminal, all in a pipe.`,
  )
}
