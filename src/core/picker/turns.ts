/** The list of a conversation's earlier turns: what was asked, how it ended, what it cost, what going back there means. */

import { wordsWithNames } from '../attachments.ts'
import { cacheOutlook, sayOutlook } from '../cache/outlook.ts'
import { promptOf } from '../conversation/title.ts'
import type { State } from '../conversation.ts'
import { money, tokens } from '../figures/words.ts'
import { mark, withMark } from '../figures.ts'
import { marked, placesOf, wordsOf } from '../history/said-words.ts'
import { sanitiseLine } from '../text/sanitise.ts'
import { type Span, span } from '../text/spans.ts'
import { wrapText } from '../text/wrap.ts'
import { cutShort, endNote } from '../turn/outcome.ts'
import { outputTokens, questionIn, type Turn } from '../turn/turns.ts'
import { type Ms, promptTokens } from '../turn.ts'
import type { Cells, Column } from './columns.ts'
import { excerpt, type Told } from './excerpt.ts'
import type { Looks } from './layout.ts'
import type { Kind, Row } from './picker.ts'

export interface TurnRow extends Row {
  readonly turn: Turn
}

export const TURNS: Kind<TurnRow> = {
  takes: 'edit',
  begins: 'last',
  name: ({ turn }) => wordsWithNames(turn),
  acts: [{ name: 'branch', keys: ['tab', 'ctrl+b'], tells: 'branch' }],
}

const COLUMNS: readonly Column[] = [
  { align: 'right', rank: 1 },
  { align: 'right', rank: 2 },
  { align: 'right', rank: 0 },
]

/** UTF-16 units of a question that a row may need. */
const ROW_UNITS = 400

/** Turns of the branch one is on in which all typed words occur, oldest first. */
export function turnsSaying(turns: readonly Turn[], typed: string): readonly TurnRow[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const says = ({ question, answer }: Turn) => {
    const [asked, answered] = [question.toLowerCase(), answer.toLowerCase()]
    return words.every((word) => asked.includes(word) || answered.includes(word))
  }
  return (words.length === 0 ? turns : turns.filter(says)).map((turn) => ({ id: turn.number, turn }))
}

/** @param unseen see `cacheOutlook` */
export function turnLooks(state: () => State, now: () => Ms, unseen: () => Ms = () => 0): Looks<TurnRow> {
  return {
    head: 'Earlier turns',
    placeholder: ['type to search them', 'type to search'],
    empty: 'Nothing has been asked yet.',
    columns: COLUMNS,
    cells: ({ turn }, typed) => turnCells(turn, typed),
    aloud: ({ turn }) => turnAloud(turn),
    preview({ turn }, typed, size) {
      const outlook = sayOutlook(cacheOutlook(state(), turn.parent, questionIn(turn), now(), unseen()))
      const below = wrapText(outlook, size.width).slice(0, size.rows)
      // The row says the question already.
      const told = { ...toldOf(turn), ...(size.rows < 6 ? { question: '' } : {}) }
      const above = excerpt(told, typed, { width: size.width, rows: size.rows - below.length })
      return [...above, ...below.map((row) => [span(row, 'dim')])]
    },
  }
}

/** A question in one line, its number before it, figures behind. */
function turnCells(turn: Turn, typed: string): Cells {
  const output = outputTokens(turn)
  const { usage, number } = turn
  return {
    text: [span(`${number} `, 'dim'), ...questionSpans(turn, typed)],
    beside: endOf(turn),
    columns: [
      usage && span(`${tokens(promptTokens(usage))} in`, 'dim'),
      output && span(`${mark(output)}${tokens(output.value)} out`, 'dim'),
      costSpan(turn),
    ],
  }
}

/** What a turn cost; null: it never began, and was not billed. */
export function costSpan({ usage, cost }: Turn): Span | null {
  return usage && span(cost ? withMark(cost, money) : '$?', 'dim')
}

/** The same as it is read aloud. */
export function turnAloud(turn: Turn): string {
  const { cost } = turn
  const end = endOf(turn)
  const price = cost && withMark(cost, money)
  return [`Turn ${turn.number}: ${questionLine(turn)}`, end?.text, price].filter(Boolean).join(', ')
}

export function questionSpans(turn: Turn, typed: string): readonly Span[] {
  const line = questionLine(turn)
  return marked(line, placesOf(line, wordsOf(typed), true))
}

function questionLine({ question }: Turn): string {
  return sanitiseLine(promptOf(question).trimStart().slice(0, ROW_UNITS).replace(/\s+/g, ' ').trimEnd())
}

export function toldOf(turn: Turn): Told {
  return { question: promptOf(wordsWithNames(turn)), answer: turn.answer, note: endNote(turn, 'chat') }
}

/** A word on an end that is not simply the end of the answer. */
export function endOf({ end }: Turn): Span | null {
  if (end?.type === 'failed') return span('broken off', 'warn')
  if (end?.type === 'stopped') return span('stopped', 'dim')
  if (end?.type !== 'finished') return null
  if (end.stopReason === 'refusal') return span('declined', 'warn')
  return cutShort(end.stopReason) ? span('cut short', 'warn') : null
}
