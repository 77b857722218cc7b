/** What is said of an answer that is not the first choice's: who gives it, in whose place, and why. Never silent. */

import { type Models, shortName } from './models.ts'
import { sayFailed } from './outcome.ts'
import type { Instead, Turn } from './turns.ts'

/** One model in the place of another, announced. */
export function sayInstead({ from, to, failure, notes }: Instead, models: Models): string {
  const head = `${shortName(to, models)} is asked in the place of ${shortName(from, models)}: ${sayFailed(failure)}`
  return [head, ...notes].join(' ')
}

/** An earlier answer, marked and dated. */
export function sayRecalled({ model, recalled }: Pick<Turn, 'model' | 'recalled'>, models: Models): string {
  const { saidMs, failure, notes } = recalled!
  const day = new Date(saidMs).toISOString().slice(0, 16).replace('T', ' ')
  const head = `An earlier answer to this very request, by ${shortName(model, models)} on ${day} UTC, from the history; it costs nothing.`
  return [head, `None could be had now: ${sayFailed(failure)}`, ...notes].join(' ')
}

/** All that is to be said of a turn before its answer, a paragraph each. */
export function announced(turn: Pick<Turn, 'instead' | 'recalled' | 'model'>, models: Models): readonly string[] {
  const instead = (turn.instead ?? []).map((one) => sayInstead(one, models))
  return turn.recalled ? [...instead, sayRecalled(turn, models)] : instead
}
