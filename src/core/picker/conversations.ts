/** The list of saved conversations: what a row says of one, at which age, at which cost. */

import { age, ago, count, money } from '../figures/words.ts'
import { about } from '../figures.ts'
import { marked, placesOf, wordsOf } from '../history/said-words.ts'
import { type Models, modelCard } from '../models.ts'
import { sanitiseLine } from '../text/sanitise.ts'
import { type Span, span } from '../text/spans.ts'
import type { Cells, Column } from './columns.ts'
import { excerpt, type Told } from './excerpt.ts'
import type { Looks } from './layout.ts'
import type { Kind, Row } from './picker.ts'

/** What the history knows of a conversation without reading it. Times are milliseconds since 1970. */
export interface ConversationRow extends Row {
  readonly title: string
  readonly updatedMs: number
  readonly turns: number
  readonly costUsd: number
  readonly costIsEstimate: boolean
  /** Answers whose price is unknown. */
  readonly unpriced: number
  /** Where it was held: `import`, elsewhere. */
  readonly kind?: string
  readonly model: string
  /** How its last turn ended; null: none is over. */
  readonly ended: 'finished' | 'failed' | 'stopped' | null
  /** An answer is on its way in it, in another terminal. */
  readonly isRunning?: boolean
}

export const CONVERSATIONS: Kind<ConversationRow> = {
  takes: 'resume',
  begins: 'first',
  name: ({ title }) => title,
  acts: [
    { name: 'rename', keys: ['ctrl+r'], tells: 'rename', asks: 'Name' },
    { name: 'delete', keys: ['ctrl+d', 'delete'], tells: 'delete' },
    { name: 'undo', keys: ['ctrl+z'], tells: '', alone: true },
  ],
}

const COLUMNS: readonly Column[] = [
  { align: 'right', rank: 0 },
  { align: 'right', rank: 2 },
  { align: 'left', rank: 3 },
  { align: 'right', rank: 1 },
]

export function conversationLooks<R extends ConversationRow>(parts: {
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly models: () => Models
  /** The conversation that is open; null: it has no place in the history. */
  readonly current: () => number | null
  /** What was said in it, last or where the search found it; null: nothing is known. */
  readonly told: (row: R) => Told | null
}): Looks<R> {
  return {
    head: 'Conversations',
    placeholder: ['type to search titles and what was said', 'type to search titles and texts', 'type to search'],
    empty: 'No conversation has been saved yet.',
    columns: COLUMNS,
    cells: (row, typed) => cells(row, typed, parts.now(), parts.models(), parts.current() === row.id),
    aloud: (row) => aloud(row, parts.now(), parts.models(), parts.current() === row.id),
    preview(row, typed, size) {
      const told = parts.told(row)
      return told ? excerpt(told, typed, size) : []
    },
  }
}

function cells(row: ConversationRow, typed: string, now: number, models: Models, isCurrent: boolean): Cells {
  const title = sanitiseLine(row.title)
  return {
    text: marked(title, placesOf(title, wordsOf(typed), true)),
    beside: isCurrent ? span('this one', 'accent') : endOf(row),
    columns: [
      span(age(now - row.updatedMs), 'dim'),
      span(count(row.turns, 'turn'), 'dim'),
      span(modelName(row.model, models), 'dim'),
      span(costOf(row), 'dim'),
    ],
  }
}

function aloud(row: ConversationRow, now: number, models: Models, isCurrent: boolean): string {
  const facts = [count(row.turns, 'turn'), modelName(row.model, models), costOf(row), `${ago(now - row.updatedMs)} ago`]
  const end = isCurrent ? 'this one' : endOf(row)?.text
  return [sanitiseLine(row.title), end, ...facts].filter(Boolean).join(', ')
}

/** Whether the last turn did not come to its end, or not yet. */
function endOf({ ended, isRunning }: ConversationRow): Span | null {
  if (isRunning) return span('running', 'accent')
  if (ended === 'failed') return span('broken off', 'warn')
  return ended === 'stopped' ? span('stopped', 'dim') : null
}

/** A model's name without the family's. */
export function modelName(model: string, models: Models): string {
  return sanitiseLine(modelCard(model, models).name.replace(/^Claude /, ''))
}

/** What it has cost: `~` where a part is estimated, `+?` where a part is unknown, `-` where it was held elsewhere. */
export function costOf({
  costUsd,
  costIsEstimate,
  unpriced,
  kind,
}: Pick<ConversationRow, 'costUsd' | 'costIsEstimate' | 'unpriced' | 'kind'>): string {
  if (unpriced > 0 && costUsd === 0) return '$?'
  if (kind === 'import' && costUsd === 0) return '-'
  return `${costIsEstimate ? about(money(costUsd)) : money(costUsd)}${unpriced > 0 ? ' +?' : ''}`
}
