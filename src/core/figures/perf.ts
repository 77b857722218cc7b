/**
 * Our own share of every wait: how long a key took to its echo, how long frames took, what the first word waited for.
 * Fed with times by whoever has a clock; costs a few additions each, and allocates nothing while it gathers.
 */

import { bytes as size } from './words.ts'

/** How many of the latest values are kept. */
const KEPT = 200

/** The last values of one figure. */
class Latest {
  readonly #values = new Float64Array(KEPT)
  #count = 0

  add(value: number): void {
    this.#values[this.#count++ % KEPT] = value
  }

  /** How many came in all. */
  get count(): number {
    return this.#count
  }

  /** @param share 0.5 for the median, 0.95 for p95; by nearest rank; NaN when nothing came */
  percentile(share: number): number {
    const sorted = this.#values.slice(0, Math.min(this.#count, KEPT)).sort()
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
  }
}

export interface Memory {
  /** Bytes the whole process holds. */
  readonly rss: number
  /** Bytes of living and dead objects. */
  readonly heapUsed: number
}

export class Perf {
  readonly #started: Date
  readonly #echo = new Latest()
  readonly #frame = new Latest()
  #keyAt = Number.NaN
  #idle = 0
  #pieces = 0
  #applied = 0
  #firstWord = Number.NaN
  #drawnMs = 0

  constructor(started: Date) {
    this.#started = started
  }

  /** Bytes of the keyboard came; a frame before `keyDone` is their echo. @param at monotonic ms, like every time here */
  keyCame(at: number): void {
    this.#keyAt = at
  }

  keyDone(): void {
    this.#keyAt = Number.NaN
  }

  /** A frame was made and written (`bytes` 0: nothing had changed). @param ms what that took */
  framed(ms: number, bytes: number, now: number): void {
    this.#drawnMs += ms
    if (bytes === 0) {
      this.#idle++
      return
    }
    this.#frame.add(ms)
    if (Number.isNaN(this.#keyAt)) return
    this.#echo.add(now - this.#keyAt)
    this.#keyAt = Number.NaN
  }

  /** Milliseconds that frames have taken in all. */
  get drawnMs(): number {
    return this.#drawnMs
  }

  /** A piece of an answer came. */
  pieceCame(): void {
    this.#pieces++
  }

  /** Pieces gathered since the last time went to the screen together. */
  piecesDrawn(): void {
    this.#applied++
  }

  /** The first word of an answer stands on the screen. @param ms since it was read from the socket */
  firstWord(ms: number): void {
    this.#firstWord = ms
  }

  /** The figures in words, each with its formula; lines of plain text. */
  report(memory: Memory): string {
    const echo = this.#echo
    const frame = this.#frame
    const both = (latest: Latest) => `median ${ms(latest.percentile(0.5))}, p95 ${ms(latest.percentile(0.95))}`
    return [
      `This program alone, since ${when(this.#started)}:`,
      echo.count === 0
        ? 'key to echo: no key yet'
        : `key to echo: ${both(echo)} (a key's bytes arriving to the write of its echo returning; ${last(echo.count, 'key')})`,
      frame.count === 0
        ? 'frame: none yet'
        : `frame: ${both(frame)} (putting rows together, comparing, writing; ${last(frame.count, 'frame')})`,
      `frames: ${frame.count} drawn, ${this.#idle} skipped (skipped: nothing had changed, so nothing was written)`,
      `pieces of answers: ${this.#pieces} came, ${Math.max(0, this.#pieces - this.#applied)} merged (merged: drawn in one frame with the piece before)`,
      Number.isNaN(this.#firstWord)
        ? 'our share of TTFT: no answer yet'
        : `our share of TTFT: ${ms(this.#firstWord)} (first word read from the socket to the write of it returning; last answer)`,
      `memory: ${size(memory.rss)} (resident set of the process), heap ${size(memory.heapUsed)} (objects in use)`,
    ].join('\n')
  }
}

/** A short time with the digits it deserves: `0.42 ms`, `3.1 ms`, `120 ms`. */
const ms = (value: number) => `${value.toFixed(value < 1 ? 2 : value < 100 ? 1 : 0)} ms`

const last = (count: number, noun: string) =>
  count > KEPT ? `last ${KEPT} of ${count} ${noun}s` : `${count} ${noun}${count === 1 ? '' : 's'}`

/** Local date and time, to the minute and second: `2026-11-20 15:18:02`. */
function when(date: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}
