/**
 * Blocks shown as written, line by line: fenced and indented code, HTML, mathematics, link definitions. A line is final
 * at its newline, a very long one row by row. Whether a line still belongs to the block is the block's own rule.
 */

import { GOES_ON } from '../text/rows.ts'
import { clip, cutSlices, expandTabs } from '../text/wrap.ts'
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
  /** The open rest of a very long line. */
  #carry: Styled = EMPTY
  /** Parts of that line are on the page. */
  #goesOn = false

  constructor(rules: VerbatimRules) {
    this.rules = rules
  }

  fork(): Verbatim {
    const copy = new Verbatim(this.rules)
    copy.blanks = this.blanks
    copy.#begun = this.#begun
    copy.#carry = this.#carry
    copy.#goesOn = this.#goesOn
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

  /** More of a very long line: what fills rows of the screen is final, the rest waits. */
  more(text: string, page: Page): void {
    const line = joined(this.#carry, styled(expandTabs(text), this.rules.sgr))
    const first = this.#goesOn ? page.width : page.columns
    const end = page.preview ? 0 : (cutSlices(line.text, first, page.width).at(-1)?.start ?? 0)
    if (end > 0) this.#drawPart(part(line, 0, end), page)
    this.#carry = part(line, end)
  }

  /** The very long line is over. */
  endLine(page: Page): void {
    const rest = this.#carry
    this.#carry = EMPTY
    if (this.#goesOn) page.more(rest.text.trim() === '' ? '' : whole(rest))
    else if (rest.text !== '') this.#draw(rest, page)
    this.#goesOn = false
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

  /** However long, it stays one row: where it breaks is the terminal's own affair, as no break in it is the author's. */
  #draw(line: Styled, page: Page): void {
    this.#put(line.text, whole(line), page)
  }

  #drawPart(part: Styled, page: Page): void {
    if (this.#goesOn) page.more(whole(part) + GOES_ON)
    else this.#put(part.text, whole(part) + GOES_ON, page)
    // Blanks alone, as a line's beginning, are blank rows.
    this.#goesOn ||= part.text.trim() !== ''
  }
}

const whole = (line: Styled) => row(line, { start: 0, end: line.text.length })

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
