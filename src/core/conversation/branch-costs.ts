/** What a branch came to: each turn together with all that follow it, and in which other way a turn was asked again. */

import { isSameAttached } from '../attachments.ts'
import { money } from '../figures/words.ts'
import { type Figure, reported, sum, withMark } from '../figures.ts'
import type { Turn } from '../turn/turns.ts'

export interface Tally {
  readonly turns: number
  /** US dollars of those whose price is known. */
  readonly cost: Figure
  /** Answers whose price is unknown. */
  readonly unpriced: number
}

const NOTHING: Tally = { turns: 0, cost: reported(0), unpriced: 0 }

/** By a turn's number, what it and all turns that follow it came to. */
export function tallies(turns: readonly Turn[]): ReadonlyMap<number, Tally> {
  const found = new Map<number, Tally>()
  // A turn never follows a later one: those that follow are known first.
  for (const turn of [...turns].sort((a, b) => b.number - a.number)) {
    const own = together(found.get(turn.number) ?? NOTHING, tallyOf([turn]))
    found.set(turn.number, own)
    if (turn.parent !== null) found.set(turn.parent, together(found.get(turn.parent) ?? NOTHING, own))
  }
  return found
}

/** What these turns came to, without those that follow. A turn that never began was not billed. */
export function tallyOf(turns: readonly Turn[]): Tally {
  return turns.reduce(
    (all, { usage, cost }) =>
      together(all, { turns: 1, cost: cost ?? reported(0), unpriced: usage !== null && cost === null ? 1 : 0 }),
    NOTHING,
  )
}

const together = (a: Tally, b: Tally): Tally => ({
  turns: a.turns + b.turns,
  cost: sum(a.cost, b.cost),
  unpriced: a.unpriced + b.unpriced,
})

/** `$0.02`, `~` where a part is estimated, `+?` where a part is unknown. */
export function sayTally({ cost, unpriced }: Tally): string {
  if (unpriced > 0 && cost.value === 0) return '$?'
  return `${withMark(cost, money)}${unpriced > 0 ? ' +?' : ''}`
}

/** The turn that a turn asks once more: the last one before it that asks the same in the same place; null: none. */
export function retriedTurn(turn: Turn, siblings: readonly Turn[]): Turn | null {
  return (
    siblings.findLast(
      ({ number, parent, question, attachments }) =>
        number < turn.number &&
        parent === turn.parent &&
        question === turn.question &&
        isSameAttached(attachments, turn.attachments),
    ) ?? null
  )
}
