/**
 * An open paragraph: holds its source until it ends, or, once it is longer than a dozen rows, lets go of the rows that
 * can no longer change. Where it ends is decided in `blocks`.
 */

import type { Theme } from '../text/theme.ts'
import { cutSlices, type Slice } from '../text/wrap.ts'
import { inline } from './inline.ts'
import type { Page } from './page.ts'
import { closedForNow, forcedLength, settledLength } from './settled.ts'
import { EMPTY, joined, part, row, type Styled } from './styled.ts'

/** Rows a paragraph may hold before it flows. */
const HELD_ROWS = 12

/** Characters held at most, whatever is still open in them. */
const HELD_CHARS = 2048

/** Shorter stretches are not worth a look while a paragraph flows. */
const WORTH_A_LOOK = 64

/** A beginning that previews have understood already: what follows does not change it. */
interface Understood {
  source: string
  text: Styled
}

export class Paragraph {
  readonly kind = 'paragraph'
  #source = ''
  /** Where the last line starts; negative once it has left. */
  #lastLine = 0
  /** The styled beginning of the row being filled, whose source has been let go. */
  #carry: Styled = EMPTY
  #begun = false
  #flowing = false
  #blanks = 0
  /** Shared with the copies that previews are drawn from. */
  #understood: Understood = { source: '', text: EMPTY }

  constructor(line: string) {
    this.#source = line
  }

  fork(): Paragraph {
    const copy = new Paragraph(this.#source)
    copy.#lastLine = this.#lastLine
    copy.#carry = this.#carry
    copy.#begun = this.#begun
    copy.#flowing = this.#flowing
    copy.#blanks = this.#blanks
    copy.#understood = this.#understood
    return copy
  }

  get held(): number {
    return this.#source.length + this.#carry.text.length
  }

  /** Rows of it are final already, so it cannot become a heading any more. */
  get flowing(): boolean {
    return this.#flowing
  }

  /** The next line, without its indentation. */
  line(text: string, page: Page): void {
    this.#lastLine = this.#source.length + 1
    this.#source += `\n${text}`
    this.#flow(page)
  }

  /** More of the line that is being written. */
  more(text: string, page: Page): void {
    this.#source += text
    this.#flow(page)
  }

  /** Looks whether rows can go; called at places that depend on the text alone, never on how it was cut. */
  #flow(page: Page): void {
    if (page.preview) return
    if (!this.#flowing && this.#source.length <= HELD_ROWS * page.columns && this.#source.length <= HELD_CHARS) return
    while (this.#source.length > WORTH_A_LOOK) {
      let length = settledLength(this.#source)
      if (length === 0 && this.#source.length > HELD_CHARS) length = forcedLength(this.#source)
      if (length === 0) return
      this.#letGo(length, page)
      if (this.#source.length <= HELD_CHARS) return
    }
  }

  #letGo(length: number, page: Page): void {
    this.#flowing = true
    const text = joined(this.#carry, inline(this.#source.slice(0, length), page.theme))
    this.#source = this.#source.slice(length)
    this.#lastLine -= length
    const slices = [...page.wrap(text.text)]
    let last = slices.pop() as Slice
    // A word that does not end is broken now and then, at the end of a row.
    if (last.end - last.start > HELD_CHARS) {
      const rows = cutSlices(text.text.slice(last.start, last.end), page.columns)
      const cut = last.start + (rows.at(-1)?.start ?? 0)
      slices.push({ start: last.start, end: cut })
      last = { start: cut, end: last.end }
    }
    for (const slice of slices) this.#put(row(text, slice), page)
    // The blanks behind the last row stay with it, as the next word decides what becomes of them; but no flood of them.
    const blanks = text.text.length - last.end
    const kept = blanks < page.columns && last.end > last.start ? blanks : last.end > last.start ? 1 : 0
    this.#carry = part(text, last.start, last.end + kept)
  }

  /** A blank row (from hard breaks) counts only between rows. */
  #put(content: string, page: Page): void {
    if (content === '') {
      if (this.#begun) this.#blanks++
      return
    }
    if (!this.#begun) page.begin()
    this.#begun = true
    for (; this.#blanks > 0; this.#blanks--) page.row('')
    page.row(content)
  }

  /** The last line as a header for a table; the paragraph keeps the lines before it. Null when it has left already. */
  lastLine(): string | null {
    return this.#lastLine < 0 ? null : this.#source.slice(this.#lastLine)
  }

  /** Gives up the last line; false when nothing is left. */
  dropLastLine(): boolean {
    this.#source = this.#source.slice(0, Math.max(0, this.#lastLine - 1))
    return this.#source !== '' || this.#flowing
  }

  /** The whole as a heading. Only while it is not flowing. */
  get source(): string {
    return this.#source
  }

  end(page: Page): void {
    const open = page.preview ? this.#forNow(page.theme) : inline(this.#source.trimEnd(), page.theme)
    const text = joined(this.#carry, open)
    for (const slice of page.wrap(text.text.trimEnd())) this.#put(row(text, slice), page)
  }

  /** How it would look if it ended here. Only what may still change is understood anew with every frame. */
  #forNow(theme: Theme): Styled {
    const known = this.#understood
    if (!this.#source.startsWith(known.source)) Object.assign(known, { source: '', text: EMPTY })
    const rest = this.#source.slice(known.source.length)
    const settled = rest.slice(0, settledLength(rest))
    if (settled !== '') {
      known.source += settled
      known.text = joined(known.text, inline(settled, theme))
    }
    return joined(known.text, inline(closedForNow(rest.slice(settled.length)).trimEnd(), theme))
  }
}
