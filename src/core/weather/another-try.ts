/**
 * When a running turn is worth a word of what else could be done: another try once it is silent for too long, a second
 * request beside it once the first word takes longer than it nearly ever does. Offered, never done by itself.
 */

import { type Past, quantile } from '../figures/pace.ts'
import { duration } from '../figures/words.ts'
import type { Turn } from '../turn/turns.ts'
import type { Ms } from '../turn.ts'
import { NOTICEABLE_MS, type Silence, silenceOf } from './silence.ts'

/** How long the first word nearly never takes, and so many own answers it follows from; 0: it is assumed. */
export interface Unusual {
  readonly ms: Ms
  readonly answers: number
}

/** Of a hundred answers one takes longer. Below so many answers that is chance. */
const SHARE = 0.99
const LEAST_ANSWERS = 20
/** What holds for somebody whose answers nobody knows: an assumption, well beyond what is usual with thinking. */
export const UNKNOWN: Unusual = { ms: 30_000, answers: 0 }

/** @param past finished answers of the model */
export function unusualOf(past: readonly Pick<Past, 'ttftMs'>[]): Unusual {
  const times = past.flatMap(({ ttftMs }) => (ttftMs === null ? [] : [ttftMs]))
  if (times.length < LEAST_ANSWERS) return UNKNOWN
  return { ms: Math.max(NOTICEABLE_MS, quantile(times, SHARE)), answers: times.length }
}

export interface Offers {
  /** Give it up and try again; null: it is not silent for long. */
  readonly again: Silence | null
  /** Ask a second time beside it; null: there is no reason to. */
  readonly second: Unusual | null
}

export function offersOf(
  turn: Turn | null,
  now: Ms,
  { offerAfterMs, unusual }: { readonly offerAfterMs: Ms; readonly unusual: Unusual },
): Offers {
  const silence = turn && silenceOf(turn, now)
  if (!turn || !silence) return { again: null, second: null }
  const isLate = turn.times.sent !== null && now - turn.times.sent >= unusual.ms
  const isFirst = turn.answer === '' && turn.hedge === undefined
  return {
    again: silence.sinceMs >= offerAfterMs ? silence : null,
    second: isLate && isFirst ? unusual : null,
  }
}

/** The keys or commands that take the offers. */
export interface Ways {
  readonly again: string
  readonly second: string
}

/** The offers in one line, the longest first; null: there are none. */
export function sayOffers({ again, second }: Offers, turn: Pick<Turn, 'answer'>, ways: Ways): readonly string[] | null {
  const kept = turn.answer.trim() === '' ? '' : ' and keeps what came'
  if (!again && !second) return null
  const say = (keeps: string, beside: (second: Unusual) => string) =>
    [...(again ? [`${ways.again} tries again${keeps}`] : []), ...(second ? [beside(second)] : [])].join(' · ')
  return [
    say(kept, (one) => `${ways.second} asks a second time beside it (${why(one)})`),
    say(kept, (one) => `${ways.second} asks beside it (${why(one)})`),
    say(kept, () => `${ways.second} asks beside it, paid twice`),
    say('', () => `${ways.second} asks beside it, paid twice`),
    say('', () => `${ways.second} asks beside it`),
  ]
}

/** Asked for before it is offered. @param way the command that does it all the same */
export const sayTooEarly = ({ ms, answers }: Unusual, way: string): string =>
  `A second request beside it is offered after ${duration(ms)}${answers === 0 ? '' : ', your p99'}; ${way} sends it now, and both are paid.`

const why = ({ ms, answers }: Unusual) => `paid twice; ${answers === 0 ? 'after' : 'your p99 is'} ${duration(ms)}`
