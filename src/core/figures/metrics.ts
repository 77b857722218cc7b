/**
 * Times and speeds of one turn, from the times its events carry.
 *
 *   TTFT  request handed to the socket -> first visible text delta arrived
 *   TTLT  request handed to the socket -> `message_stop` arrived
 *   OTPS  output tokens / (first output, thinking included -> last output)
 *   visible OTPS  output tokens without thinking / (first visible text -> last output)
 */

import { estimated, type Figure, measured } from '../figures.ts'
import type { Ms, Pauses, TurnEnd, TurnEvent, Usage } from '../turn.ts'
import { estimateTokens } from '../window/context.ts'

/** When what happened, on the monotonic clock; null: not yet, or never. `sent` is that of the last attempt. */
export interface TurnTimes {
  readonly asked: Ms | null
  /** Of the first attempt, or since when it was put off. */
  readonly firstSent: Ms | null
  readonly sent: Ms | null
  readonly heard: Ms | null
  readonly began: Ms | null
  readonly firstThinking: Ms | null
  readonly thinkingEnded: Ms | null
  readonly firstText: Ms | null
  readonly lastOutput: Ms | null
  readonly ended: Ms | null
  /** Since when no connection stands for the request; null: one does, or it is over. */
  readonly connecting: Ms | null
  /** When anything came last, a ping included; null: nothing yet, or it is over. */
  readonly lastSign: Ms | null
  /** Stalls so far, and how long they took together, in ms. */
  readonly stalls: number
  readonly stalledMs: number
  /** How much of that was before the first visible text, in ms. */
  readonly stalledEarlyMs: number
}

/** Those of the above that are no points in time. */
export const SPANS: ReadonlySet<keyof TurnTimes> = new Set(['stalls', 'stalledMs', 'stalledEarlyMs'])

/** A gap between two pieces of output that is longer than this, in ms, is a stall. */
export const STALL_MS = 3_000

export const NO_TIMES: TurnTimes = {
  asked: null,
  firstSent: null,
  sent: null,
  heard: null,
  began: null,
  firstThinking: null,
  thinkingEnded: null,
  firstText: null,
  lastOutput: null,
  ended: null,
  connecting: null,
  lastSign: null,
  stalls: 0,
  stalledMs: 0,
  stalledEarlyMs: 0,
}

/** The times after one more event. */
export function clocked(times: TurnTimes, event: TurnEvent): TurnTimes {
  const { at } = event
  switch (event.type) {
    case 'sent':
      return { ...NO_TIMES, asked: times.asked, firstSent: times.firstSent ?? at, sent: at }
    case 'waiting':
    case 'fellBack':
      return { ...times, firstSent: times.firstSent ?? at }
    case 'connecting':
      return { ...times, connecting: at }
    case 'connected':
      return { ...times, connecting: null }
    case 'heard':
      return { ...times, heard: at, connecting: null, lastSign: at }
    case 'began':
      return { ...times, began: at, lastSign: at }
    case 'alive':
    case 'usage':
      return { ...times, lastSign: at }
    case 'thinking':
      return {
        ...waited(times, event.since ?? at, false, event.pauses),
        firstThinking: times.firstThinking ?? event.since ?? at,
        thinkingEnded: event.phase === 'end' ? at : null,
        lastOutput: at,
        lastSign: at,
      }
    case 'delta':
      return {
        ...waited(times, event.since ?? at, true, event.pauses),
        firstText: times.firstText ?? event.since ?? at,
        lastOutput: at,
        lastSign: at,
      }
    case 'finished':
    case 'failed':
    case 'stopped':
      return { ...times, ended: at, connecting: null, lastSign: null }
    default:
      return times
  }
}

/** The times with the gap before this output, if it was a stall, and those within it. */
function waited(times: TurnTimes, at: Ms, isText: boolean, within: Pauses = NO_PAUSES): TurnTimes {
  const gap = times.lastOutput === null ? 0 : at - times.lastOutput
  const isStall = gap > STALL_MS
  if (!isStall && within.stalls === 0) return times
  const { stalls, stalledMs, stalledEarlyMs, firstText } = times
  const before = isStall ? gap : 0
  return {
    ...times,
    stalls: stalls + (isStall ? 1 : 0) + within.stalls,
    stalledMs: stalledMs + before + within.stalledMs,
    // What is within a joined piece of text comes after its first word.
    stalledEarlyMs: stalledEarlyMs + (firstText === null ? before + (isText ? 0 : within.stalledMs) : 0),
  }
}

const NO_PAUSES: Pauses = { stalls: 0, stalledMs: 0 }

const between = (from: Ms | null, to: Ms | null): Figure | null =>
  from === null || to === null ? null : measured(to - from)

/** Milliseconds to the response headers; null before they came. */
export const firstByteMs = (times: TurnTimes): Figure | null => between(times.sent, times.heard)

/** Milliseconds to the first thinking; null: none came. */
export const firstThinkingMs = (times: TurnTimes): Figure | null => between(times.sent, times.firstThinking)

/** Milliseconds to the first visible token; null before it came. */
export const ttftMs = (times: TurnTimes): Figure | null => between(times.sent, times.firstText)

/** Milliseconds to the last token; null while the answer runs. */
export const ttltMs = (times: TurnTimes): Figure | null => between(times.sent, times.ended)

/** Milliseconds from asking to the end, failed attempts and the waits between them included. */
export const totalMs = (times: TurnTimes): Figure | null => between(times.asked, times.ended)

/** Milliseconds the model spent in its thinking block; null when it did not think. */
export function thinkingMs(times: TurnTimes): Figure | null {
  const spent = between(times.firstThinking, times.thinkingEnded ?? times.firstText)
  // An answer that came in one piece tells nothing of how long its parts took.
  return spent && spent.value > 0 ? spent : null
}

/** What a turn has said so far, and how it ended. */
export interface Spoken {
  readonly times: TurnTimes
  readonly answer: string
  readonly thinking: string
  readonly usage: Usage | null
  readonly end: TurnEnd | null
}

/**
 * Output tokens per second, thinking included. Without the server's final count the tokens are estimated from the text.
 * @returns null when there is no time span to speak of (under 50 ms, e.g. an answer that came in one piece)
 */
export function otps({ times, answer, thinking, usage, end }: Spoken): Figure | null {
  const first = times.firstThinking ?? times.firstText
  if (first === null || times.lastOutput === null) return null
  const span = times.lastOutput - first
  if (span < 50) return null
  // Only a finished turn has the server's count: before, and after a stop or a cut, `usage.output` is a placeholder.
  const done = end?.type === 'finished' && usage !== null && usage.output > 0
  const tokens = done ? usage.output : estimateTokens(answer) + estimateTokens(thinking)
  const perSecond = (tokens / span) * 1000
  return done ? measured(perSecond) : estimated(perSecond)
}

/**
 * Output tokens per second of the visible answer: without its thinking, from the first visible text to the last. An
 * estimate where the server did not tell how much of the output was thinking.
 * @returns null when there is no time span to speak of
 */
export function visibleOtps({ times, answer, usage, end }: Spoken): Figure | null {
  if (times.firstText === null || times.lastOutput === null) return null
  const span = times.lastOutput - times.firstText
  if (span < 50) return null
  const hidden = usage?.thinking ?? (times.firstThinking === null ? 0 : null)
  const done = end?.type === 'finished' && usage !== null && usage.output > 0 && hidden !== null
  const perSecond = ((done ? Math.max(0, usage.output - hidden) : estimateTokens(answer)) / span) * 1000
  return done ? measured(perSecond) : estimated(perSecond)
}
