/**
 * The terminal's cursor: where it is, counted from the top row of the live region, and the bytes that move it.
 * Gathers one frame's output. What is written where is decided by the painter.
 *
 * Escape codes used, and no others:
 *
 *     CR, LF            column 0; one row down (at the bottom of the screen everything scrolls up)
 *     CUU, CUD  CSI n A, CSI n B   up, down
 *     CHA       CSI n G            to a column
 *     IL, DL    CSI n L, CSI n M   insert, delete rows
 *     EL, ED    CSI K, CSI J       erase from here to the end of the row, of the screen
 *     ?25h, ?25l                   show, hide the cursor
 *     ?7h                          wrap at the right edge, as every terminal does unless told otherwise
 */

/** Up to here line feeds are no longer than `CSI n B`, though a tty in raw mode makes CR LF of each. */
const FEW_ROWS = 2

function counted(count: number, final: string): string {
  return count === 1 ? `\x1b[${final}` : `\x1b[${count}${final}`
}

export class Cursor {
  row = 0
  /** Null: unknown, every horizontal move has to be absolute. */
  col: number | null = 0
  /** Null: unknown. */
  visible: boolean | null = true
  /** Whether the terminal is known to wrap. */
  #wraps = false
  #out = ''

  /** Moves to a row that exists on the screen; `col` null means that any column will do. */
  moveTo(row: number, col: number | null): void {
    const down = row - this.row
    if (down < 0) this.#out += counted(-down, 'A')
    else if (down > 0) {
      // Whether the tty does is not ours to know, so the column is unknown then: good when it changes anyway.
      if (down <= FEW_ROWS && (col === null || col !== this.col || col === 0)) {
        if (col === 0 && this.col !== 0) this.#out += '\r'
        this.#out += '\n'.repeat(down)
        this.col = col === 0 ? 0 : null
      } else this.#out += counted(down, 'B')
    }
    this.row = row
    if (col === null || col === this.col) return
    this.#out += col === 0 ? '\r' : `\x1b[${col + 1}G`
    this.col = col
  }

  /** Writes text at the cursor; `endCol` is where that leaves it. */
  print(text: string, endCol: number | null): void {
    this.#out += text
    this.col = endCol
  }

  /**
   * Writes a line that the terminal wraps over so many rows, from column 0 on rows that hold nothing it leaves uncovered.
   * Terminals know these rows as one line as long as nothing but text comes in between, colours aside.
   */
  printWrapped(text: string, height: number, endCol: number | null): void {
    if (!this.#wraps) this.#out += '\x1b[?7h'
    this.#wraps = true
    // The rest of the last row: what stood there, or a background that a scrolling screen has filled it with.
    this.print(endCol === null ? text : `${text}\x1b[K`, endCol)
    this.row += height - 1
  }

  /** Erases this row, which is `row`, and all below it; not at once, as from the screen's first row on that means more. */
  blankFrom(row: number): void {
    this.erase('row')
    this.nextRow()
    this.erase('below')
    this.moveTo(row, 0)
  }

  /** To column 0 of the row below, which scrolls the screen when there is none. */
  nextRow(): void {
    this.#out += '\r\n'
    this.row++
    this.col = 0
  }

  /** Line feeds from the last row of the region: makes rows below it, scrolling when the screen ends here. */
  makeRoom(rows: number): void {
    this.#out += '\n'.repeat(rows)
    this.row += rows
    this.col = null
  }

  insertRows(row: number, count: number): void {
    this.moveTo(row, 0)
    this.#out += counted(count, 'L')
  }

  deleteRows(row: number, count: number): void {
    this.moveTo(row, 0)
    this.#out += counted(count, 'M')
  }

  /** Erases from the cursor to the end of its row, or of the screen. */
  erase(what: 'row' | 'below'): void {
    this.#out += what === 'row' ? '\x1b[K' : '\x1b[J'
  }

  show(visible: boolean): void {
    if (this.visible === visible) return
    this.#out += visible ? '\x1b[?25h' : '\x1b[?25l'
    this.visible = visible
  }

  /** Somebody else has had the terminal. */
  forget(): void {
    this.visible = null
    this.#wraps = false
  }

  /** What the cursor's place is called changes: from now on it is row 0, column 0 (nothing moves on the screen). */
  restart(): void {
    this.row = 0
    this.col = 0
  }

  /** The output gathered since the last call. */
  take(): string {
    const out = this.#out
    this.#out = ''
    return out
  }
}
