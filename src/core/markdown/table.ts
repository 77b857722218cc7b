/**
 * A table: held while it is short, so that its columns fit what is in them; a longer one keeps the widths of its first
 * rows and goes on row by row. Too narrow a page turns every row into a list of `key: value` lines.
 */

import { widthOf } from '../text/width.ts'
import { clip, NARROWEST, wrapSlices } from '../text/wrap.ts'
import { drawWrapped } from './draw.ts'
import { inline } from './inline.ts'
import { type Alignment, cellsOf } from './lines.ts'
import type { Page } from './page.ts'
import { EMPTY, row, type Styled, StyledText, styled } from './styled.ts'

/** Rows and source characters held before the widths are frozen. */
const HELD_ROWS = 12
const HELD_CHARS = 4096

/** Columns between two cells. */
const GAP = 2

/** A column is not squeezed below this, unless its content is narrower. */
const NARROW_CELL = 10

/** A key repeated with each row is cut to this many columns after it was shown in full once. */
const KEY = 40

export class Table {
  readonly kind = 'table'
  readonly #header: readonly Styled[]
  readonly #alignments: readonly Alignment[]
  #natural: number[]
  #rows: Styled[][] = []
  #chars = 0
  #frozen = false
  #drawn = 0

  constructor(header: readonly Styled[], alignments: readonly Alignment[]) {
    this.#header = header
    this.#alignments = alignments
    this.#natural = header.map(columnsOf)
  }

  static from(header: string, alignments: readonly Alignment[], page: Page): Table {
    const cells = cellsOf(header).map((cell) => inline(cell, page.theme, page.theme.sgr.strong))
    return new Table(cells, alignments)
  }

  fork(): Table {
    const copy = new Table(this.#header, this.#alignments)
    copy.#natural = this.#natural.slice()
    copy.#rows = this.#rows.slice()
    copy.#chars = this.#chars
    copy.#frozen = this.#frozen
    copy.#drawn = this.#drawn
    return copy
  }

  get held(): number {
    return this.#chars
  }

  /** Rows of it are final already. */
  get flowing(): boolean {
    return this.#frozen
  }

  line(text: string, page: Page): void {
    const cells = cellsOf(text)
    const last = this.#header.length - 1
    // A surplus cell is kept with the last one: the rule of GFM to drop it would lose words.
    const shown = cells.length > last + 1 ? [...cells.slice(0, last), cells.slice(last).join(' | ')] : cells
    const painted = shown.map((cell) => inline(cell, page.theme))
    if (this.#frozen) {
      this.#draw(painted, page)
      return
    }
    this.#rows.push(painted)
    this.#chars += text.length
    for (const [i, cell] of painted.entries()) this.#natural[i] = Math.max(this.#natural[i] ?? 0, columnsOf(cell))
    if (this.#rows.length > HELD_ROWS || this.#chars > HELD_CHARS) {
      this.#loosen(page.columns)
      this.#freeze(page)
    }
  }

  end(page: Page): void {
    if (!this.#frozen) this.#freeze(page)
  }

  /** Leaves some room for the cells to come, where the page has it. */
  #loosen(columns: number): void {
    const loose = this.#natural.map((width) => width + (width >> 1) + 4)
    if (sum(loose) + GAP * (loose.length - 1) <= columns) this.#natural = loose
  }

  #freeze(page: Page): void {
    this.#frozen = true
    const titled = this.#header.some(visible)
    if (titled || this.#rows.some((cells) => cells.some(visible))) page.begin()
    const widths = this.#widths(page)
    if (widths && titled) {
      this.#drawAligned(this.#header, widths, page)
      page.row(page.theme.dim(widths.map((width) => '─'.repeat(width)).join(' '.repeat(GAP))))
    } else if (this.#rows.length === 0) for (const cell of this.#header) drawWrapped(cell, page)
    for (const cells of this.#rows) this.#draw(cells, page)
    this.#rows = []
    this.#chars = 0
  }

  #draw(cells: readonly Styled[], page: Page): void {
    if (!cells.some(visible)) return
    const widths = this.#widths(page)
    if (widths) this.#drawAligned(cells, this.#lastGrown(widths, page.columns), page)
    else this.#drawPairs(cells, page)
    this.#drawn++
  }

  /** Column widths for a page of so many columns; null when it is too narrow for a table, or read aloud. */
  #widths({ columns, theme }: Page): readonly number[] | null {
    if (theme.spoken) return null
    const natural = this.#natural.map((width) => Math.max(NARROWEST, width))
    const room = columns - GAP * (natural.length - 1)
    if (sum(natural) <= room) return natural
    const least = natural.map((width) => Math.min(width, NARROW_CELL))
    if (sum(least) > room) return null
    // The widest column that still fits when all wider ones are squeezed to it; what is left goes to the first of them.
    let level = NARROW_CELL
    const squeezed = (to: number) => natural.map((width) => Math.min(width, to))
    while (sum(squeezed(level + 1)) <= room) level++
    const widths = squeezed(level)
    let left = room - sum(widths)
    for (const [i, width] of widths.entries()) {
      if (left > 0 && width < (natural[i] ?? 0)) {
        widths[i] = width + 1
        left--
      }
    }
    return widths
  }

  /** Nothing stands right of the last column: its cells may use what is left of the row. */
  #lastGrown(widths: readonly number[], columns: number): readonly number[] {
    if (this.#alignments.at(-1) !== 'left') return widths
    const before = widths.slice(0, -1)
    return [...before, columns - sum(before) - GAP * before.length]
  }

  #drawAligned(cells: readonly Styled[], widths: readonly number[], page: Page): void {
    const wrapped = widths.map((width, i) => wrapSlices(cells[i]?.text ?? '', width))
    const height = Math.max(...wrapped.map((slices) => slices.length))
    for (let line = 0; line < height; line++) {
      let out = ''
      let blanks = 0
      for (const [i, width] of widths.entries()) {
        const cell = cells[i] ?? EMPTY
        const slice = wrapped[i]?.[line]
        const content = slice ? row(cell, slice) : ''
        const space = width - (slice ? widthOf(cell.text.slice(slice.start, slice.end)) : 0)
        const before = this.#alignments[i] === 'right' ? space : this.#alignments[i] === 'center' ? space >> 1 : 0
        // Blanks are written only before something visible: no row ends in padding.
        if (content !== '') {
          out += ' '.repeat(blanks + before) + content
          blanks = 0
        } else blanks += before
        blanks += space - before + GAP
      }
      if (out !== '') page.row(out)
    }
  }

  #drawPairs(cells: readonly Styled[], page: Page): void {
    if (this.#drawn > 0) page.gap()
    for (const [i, cell] of cells.entries()) {
      if (!visible(cell)) continue
      const key = this.#header[i]?.text.replaceAll('\n', ' ') ?? ''
      const name = this.#drawn === 0 ? key : clip(key, KEY)
      const pair = new StyledText()
      pair.append(styled(name === '' ? '' : `${name}: `, page.theme.sgr.strong))
      pair.append(cell)
      drawWrapped(pair.done(), page)
    }
  }
}

/** Columns of the widest line of a cell. */
function columnsOf({ text }: Styled): number {
  return text.includes('\n') ? Math.max(...text.split('\n').map(widthOf)) : widthOf(text)
}

const visible = ({ text }: Styled): boolean => text.trim() !== ''

function sum(numbers: readonly number[]): number {
  let total = 0
  for (const number of numbers) total += number
  return total
}
