/** Where the cursor may stand outside of insert mode. */

import { moveTo } from '../edit.ts'
import { boundaryAtOrBefore, graphemeBefore } from '../graphemes.ts'
import type { Composer } from '../state.ts'
import { lineEnd, lineStart } from '../word-ends.ts'

/** On a character, never behind the last one of a line. What Up and Down aim for stays. */
export function rest(composer: Composer): Composer {
  const { text, cursor, goal } = composer
  const isBehind = cursor === lineEnd(text, cursor) && cursor > lineStart(text, cursor)
  return isBehind ? { ...moveTo(composer, graphemeBefore(text, cursor)), goal } : composer
}

/** At an index, or as near before it as there is a character. */
export function stand(composer: Composer, at: number): Composer {
  const { text } = composer
  return rest(moveTo(composer, boundaryAtOrBefore(text, Math.min(at, text.length))))
}
