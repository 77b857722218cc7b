/**
 * What stands below the answer, and when it is drawn again: at once for a key, with the next frame for everything that
 * can wait, twice a second for figures while text flows. Loads Ink late. What is shown, `chat/view` knows.
 */

import type { Mounted } from '../../../components/mount.tsx'
import { isPlain, plainRows } from '../../../components/plain.ts'
import { rowsAboveComposer } from '../../../components/view.ts'
import { createPacer } from '../../glass/pacer.ts'
import type { Stage } from '../../glass/stage.ts'
import type { Laid } from './view.ts'

/** While an answer flows, the figures follow it at this distance in ms; text itself is drawn as it comes. */
const FIGURES_EVERY_MS = 500
/** While something is awaited its seconds are counted this often. */
const COUNT_EVERY_MS = 500
/** With reduced motion: no more often than the seconds change. */
const COUNT_STILL_MS = 1_000
/** Pause in the typing after which Ink is loaded. */
const INK_IDLE_MS = 150

export interface LiveRegion {
  /** Lays out anew and paints, now. */
  draw(): void
  /** The same with the next frame, after whatever is more urgent: a request on its way out, the first word. */
  refresh(): void
  /** The text of the answer moved: paints it at once, and the figures when they are due. */
  flow(): void
  /** Whether seconds are to be counted. No timer runs while they are not. */
  count(on: boolean): void
  /** Column of the screen, from 0, on which the cursor waits. */
  readonly caretColumn: number
  close(): void
}

export function createLiveRegion(parts: {
  readonly size: { readonly columns: number; readonly rows: number }
  readonly stage: Stage
  readonly layOut: () => Laid
  /** Reduced motion. */
  readonly still?: boolean
  readonly now: () => number
  /** Called once everything slow has been loaded. */
  readonly onLoaded: () => void
}): LiveRegion {
  const { size, stage, layOut, now } = parts
  const pacer = createPacer(now)
  let mounted: Mounted | null = null
  /** What Ink has drawn last is plain, so nothing in it moves by itself. */
  let inkRests = false
  let isClosed = false
  let isDrawing = false
  let drawnAt = Number.NEGATIVE_INFINITY
  let caret = { row: 0, col: 0 }
  let counting: NodeJS.Timeout | null = null
  let loading: NodeJS.Timeout | undefined

  const onRows = (rows: readonly string[]) => {
    if (isClosed) return
    stage.chrome(rows, caret)
    // A frame that a spinner made on its own; those asked for below are painted by who asked.
    if (!isDrawing) stage.draw()
  }

  const prepare = () => {
    const laid = layOut()
    caret = { row: rowsAboveComposer(laid.view) + laid.caret.row, col: laid.caret.col }
    drawnAt = now()
    return laid.view
  }

  const draw = () => {
    if (isClosed) return
    const view = prepare()
    isDrawing = true
    if (isPlain(view) && (inkRests || !mounted)) onRows(plainRows(view))
    else if (mounted) {
      mounted.draw(view)
      inkRests = isPlain(view)
    }
    isDrawing = false
    stage.draw()
    if (!mounted) load(isPlain(view) ? INK_IDLE_MS : 0)
  }

  /** What is slow to load waits for a pause in the typing, or until only Ink can draw what is wanted. */
  const load = (pause: number) => {
    clearTimeout(loading)
    loading = setTimeout(async () => {
      const { mount } = await import('../../../components/mount.tsx')
      if (isClosed || mounted) return
      const view = prepare()
      isDrawing = true
      mounted = mount(size, view, onRows)
      inkRests = isPlain(view)
      isDrawing = false
      stage.draw()
      parts.onLoaded()
    }, pause)
  }

  /** A quarter behind the full second: ticks right on it would now and then show one number twice and skip the next. */
  const countStill = () =>
    setTimeout(() => {
      counting = setInterval(draw, COUNT_STILL_MS)
      draw()
    }, 1.25 * COUNT_STILL_MS)

  return {
    draw,
    refresh: () => pacer.request(draw),
    flow() {
      stage.draw()
      if (now() - drawnAt >= FIGURES_EVERY_MS) pacer.request(draw)
    },
    count(on) {
      if (on === (counting !== null)) return
      if (counting) clearInterval(counting)
      counting = !on ? null : parts.still ? countStill() : setInterval(draw, COUNT_EVERY_MS)
    },
    get caretColumn() {
      return Math.min(caret.col, size.columns - 1)
    },
    close() {
      isClosed = true
      if (counting) clearInterval(counting)
      clearTimeout(loading)
      mounted?.unmount()
    },
  }
}
