/**
 * The live region at the foot of the screen: turns a frame into the few bytes that make the screen show it.
 * Rows that settle are written once and then belong to the terminal's scrollback; nothing is ever cleared above the
 * region. Knows neither what the rows mean nor when to paint; the tty's modes are `tty.ts`'s.
 */

import { Aloft } from './aloft.ts'
import { Cursor } from './cursor.ts'
import { foldRow } from './fold.ts'
import { type Reflow, reflowTold, rowsAboveCursor } from './reflow.ts'
import { patch, writeDown } from './region.ts'
import { SECONDARY_QUERY, type TerminalReply } from './replies.ts'
import { type LineEnd, ScreenRows } from './screen-rows.ts'

/** A cell of the chrome: `row` within it, `col` on the screen, both from 0. */
export interface Caret {
  readonly row: number
  readonly col: number
}

/** All that the screen should show. Rows are styled text without control characters. */
export interface Frame {
  /** Rows that become permanent with this frame, above everything live. A wider one is wrapped by the terminal itself. */
  readonly settled: readonly string[]
  /** Open rows of the answer. A row that is too wide is folded. */
  readonly tail: readonly string[]
  /**
   * Composer, status bar, menus: at the bottom. A row that is too wide is cut; rows that fill the whole width leave
   * ghosts on a narrowing screen.
   */
  readonly chrome: readonly string[]
  /** Where the terminal's own cursor waits; null hides it. */
  readonly caret: Caret | null
}

export interface PaintTarget {
  readonly columns: number
  readonly rows: number
  write(data: string): void
}

export interface PainterOptions {
  /** Wrap frames that touch more than one row into synchronized output (mode 2026). Default true. */
  readonly sync?: boolean
  /** What the terminal does to rows when its width changes. Default true: it wraps them again. */
  readonly reflows?: Reflow
}

export class Painter {
  readonly #target: PaintTarget
  readonly #sync: boolean
  #reflow: Reflow
  readonly #cursor = new Cursor()
  /** The live region as it stands on the screen: tail, then chrome. Empty: the cursor is on a fresh line. */
  #shown: readonly string[] = []
  #chromeHeight = 0
  readonly #aloft = new Aloft()
  /** Where the row above the region may go on; null when its line has ended, or has moved. */
  #openEnd: LineEnd | null = null
  /** Size of the screen the region was painted on. */
  #columns: number
  #rows: number
  /** `moved`: the terminal has rearranged our rows. `lost`: the cursor may be anywhere. */
  #place: 'known' | 'moved' | 'lost' = 'known'

  constructor(target: PaintTarget, options: PainterOptions = {}) {
    this.#target = target
    this.#sync = options.sync ?? true
    this.#reflow = options.reflows ?? true
    this.#columns = target.columns
    this.#rows = target.rows
  }

  /** What to ask the terminal about its habits; empty: they are known. */
  get query(): string {
    return this.#reflow === true ? SECONDARY_QUERY : ''
  }

  /** The terminal has answered. */
  told(reply: TerminalReply): void {
    if (this.#reflow === true) this.#reflow = reflowTold(reply) ?? true
  }

  /**
   * Shows a frame with at most one write, and returns its bytes (0: nothing had changed). Tail and chrome together are
   * kept shorter than the screen: first the tail gives way from its top, then the chrome, but never the caret's row.
   */
  paint(frame: Frame): number {
    if (this.#target.columns !== this.#columns || this.#target.rows !== this.#rows) this.resized()
    const isMoved = this.#settlePlace()
    // On a fresh line nothing stands in the way.
    const isErased = this.#shown.length === 0 && !isMoved
    const columns = this.#columns
    const all = new ScreenRows(frame.settled, columns, this.#openEnd)
    const open = frame.tail.flatMap((row) => foldRow(row, columns))
    const alreadyThere = this.#aloft.pass(all.rows, open)
    const settled = all.without(alreadyThere)
    const tail = open.slice(Math.max(0, alreadyThere - all.rows.length))

    const room = Math.max(1, this.#rows - 1)
    const excess = Math.max(0, frame.chrome.length - room)
    const hidden = Math.min(excess, frame.caret?.row ?? excess)
    const chrome = frame.chrome.slice(hidden, hidden + room)
    const live = tail.slice(Math.max(0, tail.length - (room - chrome.length)))
    for (const row of chrome) live.push(foldRow(row, columns)[0]!)
    // An empty region still owns the line the cursor waits on.
    if (live.length === 0) live.push('')

    const rows = [...settled.rows, ...live]
    const wanted = { rows, lines: settled.lines, chromeHeight: chrome.length, columns }
    // In place only what fits the screen, together with the row that a line goes on from.
    const height = rows.length + (settled.lines.get(0)?.after ? 1 : 0)
    const isLarge =
      this.#shown.length === 0 || height > this.#rows
        ? writeDown(this.#cursor, this.#shown, wanted, isErased)
        : patch(this.#cursor, { rows: this.#shown, chromeHeight: this.#chromeHeight }, wanted)
    // Where the region fills the screen nothing above it can be reached.
    if (live.length >= this.#rows) this.#openEnd = null
    else if (frame.settled.length > 0) this.#openEnd = settled.openEnd
    this.#shown = live
    this.#chromeHeight = chrome.length
    this.#cursor.row -= settled.rows.length

    this.#park(frame.caret, live.length - chrome.length - hidden)
    return this.#flush(isLarge || isMoved)
  }

  /**
   * The window's size has changed and settled: the next paint draws the region anew. Also the way to redraw a screen
   * that something else has written on. Settled rows are left to the terminal.
   * @param oldColumns the width the region was painted for
   */
  resized(oldColumns: number = this.#columns): void {
    if (this.#place !== 'known' || this.#shown.length === 0) return
    this.#columns = oldColumns
    this.#place = 'moved'
  }

  /** The screen is not ours any more (suspend, an editor): the next paint starts on a fresh line, wherever that is. */
  forget(): void {
    this.#place = 'lost'
    this.#shown = []
    this.#chromeHeight = 0
    this.#aloft.forget()
    this.#openEnd = null
    this.#cursor.forget()
  }

  /** Takes over a screen on which somebody has already drawn this frame's live rows, cursor at the caret. */
  adopt(frame: Pick<Frame, 'tail' | 'chrome'> & { readonly caret: Caret }): void {
    this.#shown = [...frame.tail, ...frame.chrome]
    this.#chromeHeight = frame.chrome.length
    this.#cursor.row = frame.tail.length + frame.caret.row
    this.#cursor.col = frame.caret.col
  }

  /**
   * Says goodbye: the cursor is visible on a fresh line below the region, whose rows stay and are never touched again.
   * With `eraseChrome` only the tail stays.
   */
  leave(options: { readonly eraseChrome?: boolean } = {}): void {
    const left = options.eraseChrome ? this.#shown.slice(0, this.#shown.length - this.#chromeHeight) : this.#shown
    if (this.#place === 'moved') {
      this.#settlePlace()
      if (left.length === 0) this.#cursor.erase('below')
      writeDown(this.#cursor, this.#shown, new ScreenRows(left, this.#columns), false)
      if (left.length > 0 && left.at(-1) !== '') this.#cursor.nextRow()
    } else if (left.length < this.#shown.length) {
      this.#cursor.moveTo(left.length, 0)
      this.#cursor.erase('below')
    } else if (left.length > 0) {
      this.#cursor.moveTo(left.length - 1, left.at(-1) === '' ? 0 : null)
      if (left.at(-1) !== '') this.#cursor.nextRow()
    }
    this.#cursor.show(true)
    this.#cursor.restart()
    this.#shown = []
    this.#chromeHeight = 0
    this.#aloft.forget()
    this.#openEnd = null
    this.#flush(false)
  }

  /** Makes sure that the cursor's row and column are known; true when something may stand where it has gone. */
  #settlePlace(): boolean {
    const place = this.#place
    const oldColumns = this.#columns
    const rowsLost = Math.max(0, this.#rows - this.#target.rows)
    this.#place = 'known'
    this.#columns = this.#target.columns
    this.#rows = this.#target.rows
    if (place === 'known') return false
    this.#openEnd = null
    if (place === 'lost') {
      // Blanks up to the last column wrap only when the cursor's line was not fresh; then CR is on a new one.
      this.#cursor.print(' '.repeat(this.#columns - 1), null)
      this.#cursor.row = 0
      this.#cursor.moveTo(0, 0)
      return true
    }
    // A window that gets lower may have dropped as many rows from below the cursor.
    const left = this.#shown.slice(0, Math.max(this.#cursor.row + 1, this.#shown.length - rowsLost))
    const above = rowsAboveCursor(left, this.#cursor, this.#columns, this.#reflow)
    const reach = Math.min(above, this.#rows - 1)
    if (oldColumns !== this.#columns) this.#aloft.forget()
    else if (above > reach) {
      const tailHeight = this.#shown.length - this.#chromeHeight
      this.#aloft.rose(this.#shown.slice(0, Math.min(above - reach, tailHeight)))
    }
    this.#cursor.row = reach
    this.#cursor.col = null
    this.#cursor.moveTo(0, 0)
    this.#shown = []
    this.#chromeHeight = 0
    return true
  }

  #park(caret: Caret | null, chromeRow: number): void {
    if (caret) {
      const row = Math.max(0, Math.min(chromeRow + caret.row, this.#shown.length - 1))
      this.#cursor.moveTo(row, Math.min(caret.col, this.#columns - 1))
    } else if (this.#cursor.row < 0) this.#cursor.moveTo(0, null) // never left on a row that has settled
    this.#cursor.show(caret !== null)
  }

  #flush(isLarge: boolean): number {
    let out = this.#cursor.take()
    if (out === '') return 0
    if (isLarge && this.#sync) out = `\x1b[?2026h${out}\x1b[?2026l`
    this.#target.write(out)
    return Buffer.byteLength(out)
  }
}
