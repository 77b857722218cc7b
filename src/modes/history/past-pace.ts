/** How fast a model reads, from the answers in this user's own history; a usual figure where there is none. */

import { type ReadingPace, readingPace, USUAL_PACE } from '../../core/figures/pace.ts'
import type { History } from '../../io/history.ts'

/** Answers that it rests on. */
const PAST_ANSWERS = 200

export function paceIn(history: Pick<History, 'past'> | null, model: string): ReadingPace {
  return history ? readingPace(history.past(PAST_ANSWERS, model)) : USUAL_PACE
}
