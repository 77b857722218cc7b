/** The earlier turns of the conversation that is open, and its branches, as lists: choosing goes there. */

import { cacheOutlook, sayOutlook } from '../../core/cache-outlook.ts'
import type { Event, State } from '../../core/conversation.ts'
import { BRANCHES, type BranchRow, branchLooks, branchRows } from '../../core/picker/branches.ts'
import { TURNS, type TurnRow, turnLooks, turnsSaying } from '../../core/picker/turns.ts'
import type { Ms } from '../../core/turn.ts'
import type { Turn } from '../../core/turns.ts'
import type { Source } from './chooser.ts'

export interface TurnParts {
  readonly state: () => State
  readonly now: () => Ms
  readonly dispatch: (event: Event) => void
  /** Puts a question into the composer. */
  readonly compose: (question: string) => void
  /** A remark in the transcript. */
  readonly remark: (text: string) => void
  /** The next question follows this turn now; null: it begins anew. */
  readonly onMoved: (turn: Turn | null) => void
}

/** Esc Esc. */
export function turnSource(parts: TurnParts): Source<TurnRow> {
  const { state, now, dispatch } = parts
  return {
    kind: TURNS,
    looks: turnLooks(state, now),
    find: (typed) => ({ rows: turnsSaying(state().turns, typed), hasMore: false }),
    take({ turn }) {
      dispatch({ type: 'moved', to: turn.parent })
      parts.onMoved(state().turns.at(-1) ?? null)
      parts.compose(turn.question)
      parts.remark(`Back before question ${turn.number}: edit it and press Enter. What followed stays, see /tree.`)
      return true
    },
    act(act, row, _, list) {
      if (act.name !== 'branch' || !row) return
      goTo(row.turn, parts)
      list.close()
    },
  }
}

/** `/tree`. */
export function branchSource(parts: TurnParts): Source<BranchRow> {
  const unfolded = new Set<number>()
  return {
    kind: BRANCHES,
    looks: branchLooks(parts.state),
    find: (typed) => ({ rows: branchRows(parts.state(), typed, unfolded), hasMore: false }),
    take({ turns, id }, list) {
      const [turn] = turns
      if (!turn) return false
      if (turns.length > 1) {
        unfolded.add(turn.number)
        list.refresh()
        list.pointAt(-id)
        return false
      }
      goTo(turn, parts)
      return true
    },
    act() {},
  }
}

function goTo(turn: Turn, { state, now, dispatch, remark, onMoved }: TurnParts): void {
  if (state().turns.at(-1)?.number === turn.number) {
    remark(`The next question follows answer ${turn.number}, as it did.`)
    return
  }
  dispatch({ type: 'moved', to: turn.number })
  onMoved(turn)
  const outlook = sayOutlook(cacheOutlook(state(), turn.number, '', now()))
  remark(`The next question follows answer ${turn.number}. ${outlook}`)
}
