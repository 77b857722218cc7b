/** What is said of a model that is left alone for a while. */

import type { Event } from '../conversation.ts'
import { count } from '../figures/words.ts'
import { type Models, shortName } from '../models.ts'

/** @param time the time of day of a moment on the clock of the turns */
export function sayRested(
  { model, until, failures }: Pick<Extract<Event, { type: 'rested' }>, 'model' | 'until' | 'failures'>,
  models: Models,
  time: (until: number) => string,
): string {
  const name = shortName(model, models)
  if (until === null) return `${name} answers again.`
  return `${name} was limited or overloaded ${count(failures, 'time')} in a row: it is left alone until ${time(until)}.`
}
