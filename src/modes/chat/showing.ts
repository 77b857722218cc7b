/** When what happens is drawn: words at once, what is said about them a moment later, seconds at their own pace. */

import type { Event, State } from '../../core/conversation.ts'
import type { Perf } from '../../core/figures/perf.ts'
import type { Turn } from '../../core/turn/turns.ts'
import { isEnd } from '../../core/turn.ts'
import { NOTICEABLE_MS, silenceOf } from '../../core/weather/silence.ts'
import type { Transcript } from '../../glass/transcript.ts'
import type { LiveRegion } from './live-region.ts'

/** @returns a function to be called with everything that happens, after the transcript has taken it in */
export function createShowing(parts: {
  readonly live: Pick<LiveRegion, 'count' | 'flow' | 'refresh'>
  readonly transcript: Pick<Transcript, 'unfolded'>
  readonly perf: Pick<Perf, 'piecesDrawn' | 'firstWord'>
  readonly now: () => number
}): (state: State, event: Event) => void {
  const { live, transcript, perf, now } = parts
  let turn: Turn | null = null
  let isSilent = false
  let watch: NodeJS.Timeout | undefined

  /** Seconds are counted while something is awaited; while an answer flows, once it has fallen silent. */
  const count = () => {
    const silentMs = turn?.phase === 'answering' ? (silenceOf(turn, now())?.sinceMs ?? 0) : null
    const wasSilent = isSilent
    isSilent = silentMs !== null && silentMs >= NOTICEABLE_MS
    live.count(isSilent || (turn !== null && silentMs === null))
    // What was said of the silence is taken back, or said first.
    if (isSilent !== wasSilent) live.refresh()
    if (silentMs === null || isSilent) {
      clearTimeout(watch)
      watch = undefined
    } else watch ??= lookIn(NOTICEABLE_MS - silentMs)
  }
  /** One timer that looks when a silence would be one, not one for each word: most of the time the answer has gone on. */
  const lookIn = (ms: number) =>
    setTimeout(() => {
      watch = undefined
      count()
    }, ms).unref()

  return (state, event) => {
    turn = state.live
    count()
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
