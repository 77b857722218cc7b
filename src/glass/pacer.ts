/** When the next frame is due: at once when the terminal is at ease, later when it is slow. No timer runs without need. */

/** Shortest time between two frames in ms: a 120 Hz display shows no more. */
const EAGER_MS = 8
/** Longest: below 20 frames a second text no longer flows. */
const LAZY_MS = 50

export interface Pacer {
  /** Asks for a frame. Calls `draw` once, in this turn of the event loop at the earliest (so that what came together is drawn together). */
  request(draw: () => void): void
  /** Tells how long the last frame took to make and write, in ms; the next ones keep a distance of four times that. */
  took(ms: number): void
}

export function createPacer(now: () => number): Pacer {
  let last = Number.NEGATIVE_INFINITY
  let gap = EAGER_MS
  let waiting = false
  return {
    request(draw) {
      if (waiting) return
      waiting = true
      const run = () => {
        waiting = false
        last = now()
        draw()
      }
      const left = last + gap - now()
      if (left <= 0) setImmediate(run)
      else setTimeout(run, left)
    },
    took(ms) {
      gap = Math.min(LAZY_MS, Math.max(EAGER_MS, 4 * ms))
    },
  }
}
