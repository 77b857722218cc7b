/**
 * Puts frames together and hands them to the painter: rows that settled, the open tail of the answer, the chrome below.
 * Knows how tall the window is; what the rows say is for others.
 */

import type { Caret, Frame } from './painter.ts'

/** Fewer columns or rows than this, and there is no room for a conversation. */
const SMALLEST = { columns: 20, rows: 6 } as const

export interface StageParts {
  readonly size: { readonly columns: number; readonly rows: number }
  readonly painter: { paint(frame: Frame): number }
  /** The open part of the answer, its last `maxRows` rows. */
  readonly tail: (maxRows: number) => readonly string[]
  /** True while the window is being dragged, or lent to another program: nothing is painted until that is over. */
  readonly resizing: () => boolean
  readonly now: () => number
  /** Told how long each frame took, in ms, and how many bytes it wrote. */
  readonly took: (ms: number, bytes: number) => void
}

export class Stage {
  readonly #parts: StageParts
  #settled: string[] = []
  #chrome: readonly string[] = []
  #caret: Caret | null = null

  constructor(parts: StageParts) {
    this.#parts = parts
  }

  /** Rows to be written for good with the next frame. */
  settle(rows: readonly string[]): void {
    for (const row of rows) this.#settled.push(row)
  }

  chrome(rows: readonly string[], caret: Caret | null): void {
    this.#chrome = rows
    this.#caret = caret
  }

  /** Takes the live region off the screen, as before another program gets it; the next frame draws it again. */
  clear(): void {
    const settled = this.#settled
    this.#settled = []
    this.#parts.painter.paint({ settled, tail: [], chrome: [], caret: null })
  }

  /** Paints what changed, now. Waits (keeping everything) while the window is being resized, unless there is no later. */
  draw(anyway = false): void {
    const { size, painter, tail, resizing, now, took } = this.#parts
    if (resizing() && !anyway) return
    const started = now()
    const settled = this.#settled
    this.#settled = []
    let bytes: number
    if (size.columns < SMALLEST.columns || size.rows < SMALLEST.rows) {
      const row = `needs ${SMALLEST.columns}x${SMALLEST.rows}`.slice(0, Math.max(0, size.columns - 1))
      bytes = painter.paint({ settled, tail: [], chrome: [row], caret: null })
    } else {
      const room = Math.max(0, size.rows - 1 - this.#chrome.length)
      bytes = painter.paint({ settled, tail: tail(room), chrome: this.#chrome, caret: this.#caret })
    }
    took(now() - started, bytes)
  }
}
