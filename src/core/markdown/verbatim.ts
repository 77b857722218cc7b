/**
 * Blocks shown as written, line by line: fenced and indented code, HTML, mathematics, link definitions. A line is final
 * at its newline, a very long one row by row. Whether a line still belongs to the block is the block's own rule.
 */

import { clip, cutSlices, expandTabs } from '../wrap.ts'
import type { LineColour, Page } from './page.ts'
import { EMPTY, fromColoured, joined, part, row, type Styled, styled } from './styled.ts'

/** inside: shown; last: shown, then the block is over; drop: not shown, over; after: over, the line is another block's. */
export type Verdict = 'inside' | 'last' | 'drop' | 'after'

export interface VerbatimRules {
  /** `indent`: columns of blanks before `text`, which has none; an empty text is a blank line. */
  judge(text: string, indent: number): Verdict
  /** Columns of indentation that belong to the block and are not shown. */
  readonly strip: number
  /** SGR for every line; empty for the default look. */
  readonly sgr: string
  /** Colours whole lines instead. */
  readonly colour: LineColour | null
  /** Whether even a very long line has to be complete before it can be judged. */
  readonly whole: boolean
  /** Shown dim above the first line; empty for nothing. */
  readonly label: string
  /** Whether it is code, and nothing else that is shown as written. */
  readonly isCode: boolean
}

export class Verbatim {
  readonly kind = 'verbatim'
  readonly rules: VerbatimRules
  /** Blank lines read but not drawn: they count only if something follows. */
  blanks = 0
  #begun = false
  #carry: Styled = EMPTY

  constructor(rules: VerbatimRules) {
    this.rules = rules
  }

  fork(): Verbatim {
    const copy = new Verbatim(this.rules)
    copy.blanks = this.blanks
    copy.#begun = this.#begun
    copy.#carry = this.#carry
    return copy
  }

  get held(): number {
    return this.#carry.text.length
  }

  open(page: Page): void {
    this.#tell(null, page)
    if (this.rules.label === '') return
    const label = clip(expandTabs(this.rules.label), page.columns)
    this.#put(label, page.theme.dim(label), page)
  }

  /** A complete line, or with `open` the beginning of a very long one. */
  line(text: string, open: boolean, page: Page): void {
    this.#tell(text, page)
    const flat = expandTabs(text)
    if (open) this.more(flat, page)
    else if (flat.trim() === '') {
      // A colouring reads blank lines as well: some things end with one.
      if (!page.preview) this.rules.colour?.line('')
      this.#put('', '', page)
    } else this.#draw(this.#coloured(flat.trimEnd(), page), page)
  }

  /** More of a very long line: full rows are final, the last one waits. */
  more(text: string, page: Page): void {
    const whole = joined(this.#carry, styled(expandTabs(text), this.rules.sgr))
    const slices = cutSlices(whole.text, page.columns)
    for (const slice of slices.slice(0, -1))
      this.#put(whole.text.slice(slice.start, slice.end), row(whole, slice), page)
    this.#carry = part(whole, slices.at(-1)?.start ?? 0)
  }

  /** The very long line is over. */
  endLine(page: Page): void {
    if (this.#carry.text === '') return
    this.#draw(this.#carry, page)
    this.#carry = EMPTY
  }

  end(page: Page): void {
    this.endLine(page)
  }

  #tell(line: string | null, page: Page): void {
    if (this.rules.isCode) page.look.onCode?.(this, this.rules.label.split(/\s/)[0] ?? '', line)
  }

  #coloured(line: string, page: Page): Styled {
    const { colour, sgr } = this.rules
    if (!colour) return styled(line, sgr)
    if (!page.preview) return fromColoured(colour.line(line))
    return colour.peek ? fromColoured(colour.peek(line)) : styled(line, sgr)
  }

  /** A blank row is only counted: a block neither begins nor ends with one. */
  #put(text: string, styledRow: string, page: Page): void {
    if (text.trim() === '') {
      if (this.#begun) this.blanks++
      return
    }
    if (!this.#begun) page.begin()
    this.#begun = true
    for (; this.blanks > 0; this.blanks--) page.row('')
    page.row(styledRow)
  }

  #draw(line: Styled, page: Page): void {
    for (const slice of cutSlices(line.text, page.columns))
      this.#put(line.text.slice(slice.start, slice.end), row(line, slice), page)
  }
}

/** The colours of a diff: what came, what went, where. */
export function diffColour(sgr: Readonly<Record<'added' | 'removed' | 'dim' | 'strong', string>>): LineColour {
  const line = (text: string) => {
    const look = /^(?:\+\+\+|---|diff |index )/.test(text)
      ? sgr.strong
      : text.startsWith('@@')
        ? sgr.dim
        : text.startsWith('+')
          ? sgr.added
          : text.startsWith('-')
            ? sgr.removed
            : ''
    return look === '' ? text : `\x1b[${look}m${text}\x1b[m`
  }
  return { line, peek: line }
}
