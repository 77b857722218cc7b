/**
 * Where rows land: knows the open containers (quotes, list items), the prefix they draw before each row, and the blank
 * rows between blocks. What is inside the rows comes from the leaves.
 */

import type { Theme } from '../text/theme.ts'
import { widthOf } from '../text/width.ts'
import { cutSlices, NARROWEST, type Slice, wrapSlices } from '../text/wrap.ts'

/** Colours the lines of one fence in order, knowing only what came before them. */
export interface LineColour {
  /** The complete next line, without its newline, as text with SGR sequences. */
  line(text: string): string
  /** The same for a line still being written; must not change what `line` will say. Without it such a line is plain. */
  peek?(text: string): string
}

/** Starts the colouring of a fence in the given language; null when that is not known. */
export type Highlight = (lang: string) => LineColour | null

/** A quote or a list item that is still open. */
export interface Container {
  readonly id: number
  readonly kind: 'quote' | 'item'
  /** Items of one list share it. */
  readonly list: number
  /** Bullet or number sign that makes two items neighbours in one list; empty for a quote. */
  readonly type: string
  /** What is drawn on the first row of an item, without the blank behind it. */
  readonly marker: string
  /** Columns of indentation in the source that continue an item. */
  readonly indent: number
  /** Whether the marker has been drawn. */
  drawn: boolean
  /** An item whose first line had nothing behind the marker and which has no content yet. */
  bare: boolean
}

export interface Look {
  readonly theme: Theme
  readonly highlight: Highlight | null
  /** Told of each block of code: that it opens (null), then its lines as written. `block` is the same for all of them. */
  readonly onCode?: (block: object, language: string, line: string | null) => void
}

export class Page {
  readonly look: Look
  /** A page for a preview: what lands on it is drawn once more later. */
  readonly preview: boolean
  width: number
  stack: Container[] = []
  rows: string[] = []
  /** A blank line was read since the last block. */
  blank = false
  #last: readonly Container[] | null = null

  constructor(look: Look, width: number, preview = false) {
    this.look = look
    this.width = Math.max(NARROWEST, width)
    this.preview = preview
  }

  get theme(): Theme {
    return this.look.theme
  }

  /** A copy without rows, to draw what is open without finishing it. */
  fork(): Page {
    const copy = new Page(this.look, this.width, true)
    copy.stack = this.stack.map((container) => ({ ...container }))
    copy.blank = this.blank
    copy.#last = this.#last
    return copy
  }

  /** Columns left for the content of a row. */
  get columns(): number {
    if (this.stack.length === 0) return this.width
    return this.width - this.#shown().reduce((sum, container) => sum + columnsOf(container), 0)
  }

  /** Rows of a text broken between words, to be laid on this page. */
  wrap(text: string): readonly Slice[] {
    return wrapSlices(text, this.columns, this.width)
  }

  /** Begins a block: one blank row between blocks; within a list only where the source has blank lines. */
  begin(): void {
    const last = this.#last
    if (last) {
      let common = 0
      while (common < last.length && last[common]?.id === this.stack[common]?.id) common++
      const [before, now] = [last[common], this.stack[common]]
      const siblings = before?.kind === 'item' && now?.kind === 'item' && before.list === now.list
      if (siblings || this.stack[common - 1]?.kind === 'item' ? this.blank : true) this.gap(common)
    }
    this.#last = this.stack.slice()
    this.blank = false
  }

  /** A blank row within the first `depth` containers. */
  gap(depth = this.stack.length): void {
    const quotes = this.#shown(depth).map((container) => this.#blanks(container))
    this.rows.push(quotes.join('').trimEnd())
  }

  /**
   * One row of content, already styled. It is wider than `columns` when it is something that has no break: then the
   * terminal wraps it, and what follows its first row stands at the screen's edge.
   */
  row(content: string): void {
    if (this.stack.length === 0) {
      this.rows.push(content)
      return
    }
    const shown = this.#shown()
    const hidden = this.stack.length - shown.length
    let alone = false
    for (const container of this.stack.slice(0, hidden)) alone = this.#drawAlone(container) || alone
    const prefix = shown.map((container) => {
      if (container.kind === 'quote' || container.drawn) return this.#blanks(container)
      container.drawn = true
      return `${container.marker} `
    })
    const row = content === '' ? prefix.join('').trimEnd() : prefix.join('') + content
    if (row !== '' || !alone) this.rows.push(row)
  }

  /** What goes on with the last row: at the edge of the screen. */
  more(content: string): void {
    this.rows.push(content)
  }

  /** The innermost containers whose prefixes leave half of the width to the content. */
  #shown(depth = this.stack.length): readonly Container[] {
    let first = depth
    let used = 0
    const budget = Math.floor(this.width / 2)
    while (first > 0) {
      used += columnsOf(this.stack[first - 1] as Container)
      if (used > budget) break
      first--
    }
    return this.stack.slice(first, depth)
  }

  /** A marker for which there is no room before its content gets rows of its own: a number is never lost. */
  #drawAlone(container: Container): boolean {
    if (container.drawn || container.kind !== 'item') return false
    container.drawn = true
    const { marker } = container
    for (const { start, end } of cutSlices(marker, this.width)) this.rows.push(marker.slice(start, end))
    return true
  }

  #blanks(container: Container): string {
    return container.kind === 'quote' ? `${this.theme.quote('>')} ` : ' '.repeat(columnsOf(container))
  }
}

/** Columns of a prefix. */
function columnsOf(container: Container): number {
  return container.kind === 'quote' ? 2 : widthOf(container.marker) + 1
}
