/** When what happens is drawn: words at once, what is said about them a moment later, seconds at their own pace. */

import type { Event, State } from '../core/conversation.ts'
import type { Perf } from '../core/perf.ts'
import { isEnd } from '../core/turn.ts'
import type { Transcript } from '../glass/transcript.ts'
import type { LiveRegion } from './live-region.ts'

/** @returns a function to be called with everything that happens, after the transcript has taken it in */
export function createShowing(parts: {
  readonly live: Pick<LiveRegion, 'count' | 'flow' | 'refresh'>
  readonly transcript: Pick<Transcript, 'unfolded'>
  readonly perf: Pick<Perf, 'piecesDrawn' | 'firstWord'>
  readonly now: () => number
}): (state: State, event: Event) => void {
  const { live, transcript, perf, now } = parts
  return (state, event) => {
    live.count(state.live !== null && state.live.phase !== 'answering')
    if (event.type === 'delta' || isEnd(event) || (event.type === 'thinking' && transcript.unfolded)) live.flow()
    // Thinking is counted, not shown: the seconds' own pace is enough.
    if (event.type !== 'delta' && !(event.type === 'thinking' && event.phase === 'more')) live.refresh()
    if (event.type !== 'delta') return
    perf.piecesDrawn()
    if (state.live?.times.firstText !== event.at) return
    perf.firstWord(now() - event.at)
    live.refresh()
  }
}
