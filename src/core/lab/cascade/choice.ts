/** What is chosen of a cascade, and which requests go up one. Light: every chat asks it of every turn. */

import { type Models, modelCard } from '../../models.ts'

/** Which models, the cheap one first, and how their answers are checked, as it is written. */
export interface Cascade {
  readonly models: readonly string[]
  readonly check: string
}

/** Whether a request is the first step of a cascade: whoever asks another model by name has that one alone. */
export const climbs = (cascade: Cascade | null | undefined, model: string, models: Models): cascade is Cascade =>
  cascade != null && cascade.models.length > 1 && modelCard(cascade.models[0]!, models).id === model
