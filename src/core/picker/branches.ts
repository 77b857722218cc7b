/** The list of a conversation's branches: its tree in rows, where one is marked, or the turns that say what is typed. */

import type { State } from '../conversation.ts'
import { mark } from '../figures.ts'
import { type Span, span } from '../spans.ts'
import { treeRows } from '../tree.ts'
import type { Turn } from '../turns.ts'
import { count, money } from '../words.ts'
import type { Cells, Column } from './columns.ts'
import { excerpt } from './excerpt.ts'
import type { Looks } from './layout.ts'
import type { Kind, Row } from './picker.ts'
import { endOf, questionSpans, toldOf, turnAloud, turnsSaying } from './turns.ts'

/** A turn, or several folded into one row; its id is the first number, negative when folded. */
export interface BranchRow extends Row {
  readonly guide: string
  readonly turns: readonly Turn[]
  readonly onPath: boolean
}

export const BRANCHES: Kind<BranchRow> = {
  takes: 'go there',
  begins: 'first',
  name: ({ turns }) => turns[0]!.question,
  acts: [],
}

const COLUMNS: readonly Column[] = [{ align: 'right', rank: 0 }]

/** @param unfolded first numbers of folded runs that are to be shown turn by turn */
export function branchRows(state: State, typed: string, unfolded: ReadonlySet<number>): readonly BranchRow[] {
  const all = [...state.turns, ...state.branches].sort((a, b) => a.number - b.number)
  if (typed.trim() !== '') {
    const path = new Set(state.turns)
    return turnsSaying(all, typed).map(({ id, turn }) => ({ id, guide: '', turns: [turn], onPath: path.has(turn) }))
  }
  const byNumber = new Map(all.map((turn) => [turn.number, turn]))
  return treeRows(all, state.turns.at(-1)?.number ?? null, unfolded).map(({ guide, numbers, onPath }) => ({
    ...{ id: numbers.length > 1 ? -numbers[0]! : numbers[0]!, guide, onPath },
    turns: numbers.map((number) => byNumber.get(number)!),
  }))
}

export function branchLooks(state: () => State): Looks<BranchRow> {
  return {
    head: 'Branches',
    amount: (typed) => (typed === '' ? count(state().turns.length + state().branches.length, 'turn') : undefined),
    placeholder: 'type to search all of them',
    empty: 'Nothing has been asked yet.',
    columns: COLUMNS,
    cells: (row, typed) => cells(row, typed, state().turns.at(-1)?.number ?? null),
    aloud: (row) => aloud(row, state().turns.at(-1)?.number ?? null),
    preview: ({ turns }, typed, size) => (turns.length > 1 ? [] : excerpt(toldOf(turns[0]!), typed, size)),
  }
}

/** Where a turn hangs cannot be seen then: it is said. */
function aloud({ turns, onPath }: BranchRow, here: number | null): string {
  const [turn] = turns
  if (!turn || turns.length > 1) return `${count(turns.length, 'turn')} in between`
  const follows = turn.parent === null ? 'begins' : `follows ${turn.parent}`
  const place = turn.number === here ? 'you are here' : onPath ? 'on this branch' : 'on another branch'
  return `${turnAloud(turn)}, ${follows}, ${place}`
}

function cells({ guide, turns, onPath }: BranchRow, typed: string, here: number | null): Cells {
  const [turn] = turns
  const sign = span(onPath ? '● ' : '○ ', onPath ? 'accent' : 'dim')
  if (!turn || turns.length > 1) {
    const folded = span(`${count(turns.length, 'turn')} · Enter unfolds`, 'dim')
    return { text: [span(guide, 'dim'), span('┆ ', 'dim'), folded], columns: [null] }
  }
  const { usage, cost, number } = turn
  const price: Span | null = usage && span(cost ? `${mark(cost)}${money(cost.value)}` : '$?', 'dim')
  return {
    text: [span(guide, 'dim'), sign, span(`${number} `, 'dim'), ...questionSpans(turn, typed)],
    beside: number === here ? span('you are here', 'accent') : endOf(turn),
    columns: [price],
  }
}
