/**
 * The list of a conversation's branches: its tree in rows, where one is marked, or the turns that say what is typed. What
 * a branch came to stands where it begins; how a turn was asked again, where that was not the same way.
 */

import { wordsWithNames } from '../attachments.ts'
import { retriedTurn, sayTally, type Tally, tallies, tallyOf } from '../conversation/branch-costs.ts'
import { treeRows } from '../conversation/tree.ts'
import type { State } from '../conversation.ts'
import { count } from '../figures/words.ts'
import type { Models } from '../models.ts'
import { type Span, span } from '../text/spans.ts'
import type { Turn } from '../turn/turns.ts'
import type { Cells, Column } from './columns.ts'
import { modelName } from './conversations.ts'
import { excerpt } from './excerpt.ts'
import type { Looks } from './layout.ts'
import type { Kind, Row } from './picker.ts'
import { costSpan, endOf, questionSpans, toldOf, turnAloud, turnsSaying } from './turns.ts'

/** A turn, or several folded into one row; its id is the first number, negative when folded. */
export interface BranchRow extends Row {
  readonly guide: string
  readonly turns: readonly Turn[]
  readonly onPath: boolean
  /** The branch that begins here, with all that hang off it; null: none does, or it is this turn alone. */
  readonly branch: Tally | null
  /** Model or effort, where a question was asked again in another way; empty: it was not. */
  readonly how: string
}

export const BRANCHES: Kind<BranchRow> = {
  takes: 'go there',
  begins: 'first',
  name: ({ turns }) => wordsWithNames(turns[0]!),
  acts: [],
}

const COLUMNS: readonly Column[] = [
  { align: 'left', rank: 1 },
  { align: 'right', rank: 2 },
  { align: 'right', rank: 0 },
]

/** All turns of all branches, in the order they were asked in. */
const everyTurn = ({ turns, branches }: State): readonly Turn[] =>
  [...turns, ...branches].sort((a, b) => a.number - b.number)

/** @param unfolded first numbers of folded runs that are to be shown turn by turn */
export function branchRows(state: State, typed: string, unfolded: ReadonlySet<number>): readonly BranchRow[] {
  const all = everyTurn(state)
  const siblings = Map.groupBy(all, ({ parent }) => parent)
  const how = (turn: Turn) => otherWay(turn, siblings.get(turn.parent)!, state.models)
  if (typed.trim() !== '') {
    const path = new Set(state.turns)
    return turnsSaying(all, typed).map(({ id, turn }) => ({
      ...{ id, guide: '', turns: [turn], onPath: path.has(turn), branch: null, how: how(turn) },
    }))
  }
  const byNumber = new Map(all.map((turn) => [turn.number, turn]))
  const totals = tallies(all)
  return treeRows(all, state.turns.at(-1)?.number ?? null, unfolded).map(({ guide, numbers, onPath, isFork }) => {
    const turns = numbers.map((number) => byNumber.get(number)!)
    const total = totals.get(numbers[0]!)!
    return {
      ...{ id: turns.length > 1 ? -numbers[0]! : numbers[0]!, guide, turns, onPath },
      branch: isFork && total.turns > 1 ? total : null,
      how: turns.length > 1 ? '' : how(turns[0]!),
    }
  })
}

/** What is different about a turn that asks the same once more. */
function otherWay(turn: Turn, siblings: readonly Turn[], models: Models): string {
  const former = retriedTurn(turn, siblings)
  if (!former) return ''
  const model = modelName(turn.model, models)
  return [
    ...(model === modelName(former.model, models) ? [] : [model]),
    ...(turn.effort === former.effort ? [] : [`effort ${turn.effort ?? 'auto'}`]),
  ].join(', ')
}

export function branchLooks(state: () => State): Looks<BranchRow> {
  const amount = () => {
    const all = everyTurn(state())
    return `${count(all.length, 'turn')} · ${sayTally(tallyOf(all))}`
  }
  return {
    head: 'Branches',
    amount: (typed) => (typed === '' ? amount() : undefined),
    placeholder: ['type to search all of them', 'type to search'],
    empty: 'Nothing has been asked yet.',
    columns: COLUMNS,
    cells: (row, typed) => cells(row, typed, state().turns.at(-1)?.number ?? null),
    aloud: (row) => aloud(row, state().turns.at(-1)?.number ?? null),
    preview: ({ turns }, typed, size) => (turns.length > 1 ? [] : excerpt(toldOf(turns[0]!), typed, size)),
  }
}

/** Where a turn hangs cannot be seen then: it is said. */
function aloud({ turns, onPath, branch, how }: BranchRow, here: number | null): string {
  const [turn] = turns
  if (!turn || turns.length > 1) return `${count(turns.length, 'turn')} in between, ${sayTally(tallyOf(turns))}`
  const follows = turn.parent === null ? 'begins' : `follows ${turn.parent}`
  const place = turn.number === here ? 'you are here' : onPath ? 'on this branch' : 'on another branch'
  const whole = branch && `branch of ${count(branch.turns, 'turn')}, ${sayTally(branch)}`
  return [turnAloud(turn), how, follows, whole, place].filter(Boolean).join(', ')
}

function cells({ guide, turns, onPath, branch, how }: BranchRow, typed: string, here: number | null): Cells {
  const [turn] = turns
  const sign = span(onPath ? '● ' : '○ ', onPath ? 'accent' : 'dim')
  const whole: Span | null = branch && span(`branch ${sayTally(branch)}`, 'dim')
  if (!turn || turns.length > 1) {
    const folded = span(`${count(turns.length, 'turn')} · Enter unfolds`, 'dim')
    const price = span(sayTally(tallyOf(turns)), 'dim')
    return { text: [span(guide, 'dim'), span('┆ ', 'dim'), folded], columns: [null, whole, price] }
  }
  return {
    text: [span(guide, 'dim'), sign, span(`${turn.number} `, 'dim'), ...questionSpans(turn, typed)],
    beside: turn.number === here ? span('you are here', 'accent') : endOf(turn),
    columns: [how === '' ? null : span(how, 'dim'), whole, costSpan(turn)],
  }
}
