/**
 * Someone who does what the recorded person did, when they did it: as long after what they had heard as they had taken
 * then. Never ahead of the answers, however fast those come.
 */

import { withAttachments } from '../core/attachments.ts'
import { type Event, newConversation, type State } from '../core/conversation.ts'
import { NO_TIMES } from '../core/figures/metrics.ts'
import type { Deed, Past, Tape } from '../core/tape/tape.ts'
import type { Turn } from '../core/turn/turns.ts'
import type { Ms } from '../core/turn.ts'
import { pause } from '../io/process/pause.ts'
import type { Deck } from './deck.ts'

/** What the person acts on. */
export interface Stage {
  readonly state: State
  dispatch(event: Event): void
  subscribe(listener: (state: State, event: Event) => void): () => void
}

/** Does it all; resolves when the last answer is over. @param signal ends it early */
export async function perform(
  { deeds }: Tape,
  stage: Stage,
  deck: Deck,
  options: { readonly speed: number; readonly now: () => Ms; readonly signal: AbortSignal },
): Promise<void> {
  const { speed, now, signal } = options
  const began = now()
  /** The last thing done, on the tape and on our clock. */
  let last = { at: 0, reachedAt: began }

  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!signal.aborted && !holds()) return
        stopHearing()
        stopFollowing()
        signal.removeEventListener('abort', check)
        resolve()
      }
      // Later than the event itself: whoever else listens has taken it in then.
      const soon = () => void setImmediate(check)
      const stopHearing = deck.onHeard(soon)
      const stopFollowing = stage.subscribe(soon)
      signal.addEventListener('abort', check)
      check()
    })
  const isIdle = () => stage.state.live === null

  for (const { at, deed } of deeds) {
    const moment = deck.lastBefore(at)
    // An answer that is not asked for this time must not be waited for.
    if (moment) await until(() => deck.isReached(moment) || isIdle())
    const heard = deck.lastReached(at)
    const from = heard && heard.at > last.at ? heard : last
    await pause(Math.max(0, at - from.at) / speed - (now() - from.reachedAt), signal)
    if ((deed.type === 'asked' && !deed.queued) || (deed.type === 'left' && !deed.unfinished)) await until(isIdle)
    if (signal.aborted) return
    last = { at, reachedAt: now() }
    for (const event of eventsOf(deed, stage.state, now())) stage.dispatch(event)
  }
  await until(isIdle)
}

function eventsOf(deed: Deed, state: State, at: Ms): readonly Event[] {
  switch (deed.type) {
    case 'asked':
      return [{ type: 'asked', at, text: deed.text, ...withAttachments(deed.attachments) }]
    case 'stopped':
      return [{ type: 'stopAsked' }]
    // Whoever leaves in the middle of an answer stops it.
    case 'left':
      return state.live ? [{ type: 'stopAsked' }] : []
    case 'titled':
      return [{ type: 'titled', title: deed.title, by: 'user' }]
    case 'resumed':
      return [{ type: 'resumed', past: pastIn(deed.past, state) }]
    case 'reviewed':
      return [deed.event.type === 'summarised' ? { ...deed.event, at } : deed.event]
    // Nobody did that: it follows by itself.
    case 'unsent':
    case 'recalled':
      return []
    default:
      return [deed]
  }
}

/** The conversation as it was; what an older version did not record is as if it had not been. */
function pastIn(past: Past, { models }: State): State {
  const whole = (turn: Turn): Turn => ({
    ...{ effort: null, messageId: null, prices: null, cacheMiss: null, requestId: null, wasted: [], retry: null },
    ...turn,
    times: { ...NO_TIMES, ...turn.times },
  })
  const { turns, branches } = past
  const empty = newConversation(past.choices, models)
  return { ...empty, ...past, turns: turns.map(whole), branches: branches.map(whole) }
}
