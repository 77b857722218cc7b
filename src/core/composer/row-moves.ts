/** Up and Down within the text: by rows as the screen shows them, keeping to the column they began at. */

import { labelled } from './chips.ts'
import { boundaryAtOrBefore } from './graphemes.ts'
import { type Composer, OTHER } from './state.ts'
import { indexAt, placeOf } from './wrap.ts'

/** One row up (-1) or down (1) at rows of `width` columns; null at the first or last row. */
export function moveByRow(composer: Composer, step: -1 | 1, width: number): Composer | null {
  const cols = Math.max(2, width)
  const { text, cursor: shown, draftIndex } = labelled(composer)
  const place = placeOf(text, shown, cols)
  const row = (step < 0 ? place.above() : place.below()).next().value
  if (!row) return null
  const goal = composer.goal ?? place.col
  const cursor = boundaryAtOrBefore(composer.text, draftIndex(indexAt(text, row, goal, cols), step))
  return { ...composer, cursor, goal, deed: OTHER }
}
