/** The earlier turns of the conversation that is open, and its branches, as lists: choosing goes there. */

import type { Question } from '../../core/attachments.ts'
import { cacheOutlook, sayOutlook } from '../../core/cache/outlook.ts'
import type { Event, State, Turn } from '../../core/conversation.ts'
import { BRANCHES, type BranchRow, branchLooks, branchRows } from '../../core/picker/branches.ts'
import { TURNS, type TurnRow, turnLooks, turnsSaying } from '../../core/picker/turns.ts'
import { questionIn } from '../../core/turn/turns.ts'
import type { Ms } from '../../core/turn.ts'
import { wallOrigin } from '../../io/process/wall-clock.ts'
import type { Source } from './chooser.ts'

export interface TurnParts {
  readonly runtime: { readonly state: State; dispatch(event: Event): void }
  readonly now: () => Ms
  /** Puts a question into the composer. */
  readonly compose: (question: Question) => void
  /** A remark in the transcript. */
  readonly say: (text: string) => void
  /** Shows the turn once more that is the last one now. */
  readonly showLast: () => void
}

/** Below this, in ms, two clocks only differ. */
const SAME_CLOCK_MS = 60_000

/** How much longer this program has run by the clock on the wall than by its own: the machine slept meanwhile. */
function unseen(): Ms {
  const slept = wallOrigin() - performance.timeOrigin
  return slept < SAME_CLOCK_MS ? 0 : slept
}

/** Esc Esc. */
export function turnSource(parts: TurnParts): Source<TurnRow> {
  const { runtime, now, compose, say } = parts
  return {
    kind: TURNS,
    looks: turnLooks(() => runtime.state, now, unseen),
    find: (typed) => ({ rows: turnsSaying(runtime.state.turns, typed), hasMore: false }),
    take({ turn }) {
      runtime.dispatch({ type: 'moved', to: turn.parent })
      compose(questionIn(turn))
      const outlook = cacheOutlook(runtime.state, turn.parent, questionIn(turn), now(), unseen())
      say(
        `Turn ${turn.number} is taken back, to be asked in other words; /tree leads there again. ${sayOutlook(outlook)}`,
      )
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
  const { runtime } = parts
  const unfolded = new Set<number>()
  return {
    kind: BRANCHES,
    looks: branchLooks(() => runtime.state),
    first: () => runtime.state.turns.at(-1)?.number ?? null,
    find: (typed) => ({ rows: branchRows(runtime.state, typed, unfolded), hasMore: false }),
    take({ turns }, list) {
      const [turn] = turns
      if (turn && turns.length > 1) {
        unfolded.add(turn.number)
        list.refresh()
        list.pointAt(turn.number)
        return false
      }
      if (turn) goTo(turn, parts)
      return true
    },
    act() {},
  }
}

function goTo({ number }: Turn, { runtime, now, say, showLast }: TurnParts): void {
  if (runtime.state.turns.at(-1)?.number === number) {
    say(`The next question follows turn ${number}, as it did.`)
    return
  }
  runtime.dispatch({ type: 'moved', to: number })
  const outlook = cacheOutlook(runtime.state, number, '', now(), unseen())
  say(`The next question follows turn ${number}. ${sayOutlook(outlook)}`)
  showLast()
}
