/** How long ago something was, for people: `5m` in a table, `5 minutes ago` in a sentence. */

import { count } from './words.ts'

/** Units with their lengths in minutes, the longest first. A month is 30 days, a year 365. */
const UNITS = [
  ['y', 'year', 525_600],
  ['mo', 'month', 43_200],
  ['w', 'week', 10_080],
  ['d', 'day', 1_440],
  ['h', 'hour', 60],
  ['m', 'minute', 1],
] as const

/** An age given in milliseconds, whole units only: `now`, `5m`, `3h`, `2d`, `6w`, `4mo`, `2y`. */
export function age(ms: number): string {
  const found = unitOf(ms)
  return found ? `${found.n}${found.short}` : 'now'
}

/** The same in words: `just now`, `5 minutes ago`. */
export function ago(ms: number): string {
  const found = unitOf(ms)
  return found ? `${count(found.n, found.word)} ago` : 'just now'
}

/** The longest unit of which it is at least one; null: under a minute, or a clock that has been set back. */
function unitOf(ms: number): { readonly n: number; readonly short: string; readonly word: string } | null {
  const minutes = Math.floor(ms / 60_000)
  for (const [short, word, length] of UNITS) {
    if (minutes >= length) return { n: Math.floor(minutes / length), short, word }
  }
  return null
}
