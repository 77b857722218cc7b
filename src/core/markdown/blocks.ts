/**
 * Decides, one complete line at a time, which block a line belongs to and when a block is over: the container rules of
 * CommonMark (a stack of quotes and list items, one open leaf) with GFM's tables. What blocks look like is theirs.
 */

import { continues, openingAt } from './containers.ts'
import { Cursor } from './cursor.ts'
import { drawWrapped } from './draw.ts'
import { inline } from './inline.ts'
import * as lines from './lines.ts'
import * as openers from './openers.ts'
import type { Container, Page } from './page.ts'
import { Paragraph } from './paragraph.ts'
import { closedForNow } from './settled.ts'
import { joined, styled } from './styled.ts'
import { Table } from './table.ts'
import { Verbatim, type VerbatimRules } from './verbatim.ts'

/** Quotes and lists nested deeper than this are text. */
const DEEPEST = 32

type Leaf = Paragraph | Verbatim | Table

export class Blocks {
  readonly page: Page
  #leaf: Leaf | null = null
  /** The leaf ends with the very long line that is being read. */
  #closing = false
  /** The last row on the page is a heading's. */
  #headed = false
  #ids = 0
  #start: 'new' | 'ruled' | 'past' = 'new'

  constructor(page: Page) {
    this.page = page
  }

  /** A copy on a page of its own, to see what would be drawn if the text ended here. */
  fork(): Blocks {
    const copy = new Blocks(this.page.fork())
    copy.#leaf = this.#leaf?.fork() ?? null
    copy.#closing = this.#closing
    copy.#ids = this.#ids
    copy.#start = this.#start
    return copy
  }

  /** Characters of source held back. */
  get held(): number {
    return this.#leaf?.held ?? 0
  }

  /**
   * Whether something else may stand below the rows on the page: they end with a block of their own, no list, quote or
   * fence is open, and no heading waits for what it heads.
   */
  get between(): boolean {
    if (this.page.stack.length > 0 || this.#headed) return false
    const leaf = this.#leaf
    return leaf === null || (leaf.kind === 'paragraph' ? !leaf.flowing : leaf.kind === 'table' && !leaf.flowing)
  }

  /** Whether a long line that starts like this says what it is only at its end (a table row, a heading, HTML). */
  waits(start: string): boolean {
    if (this.#leaf?.kind === 'table') return true
    if (this.#leaf?.kind === 'verbatim') return this.#leaf.rules.whole
    return /^[\s>]*(?:(?:[-+*]|\d{1,9}[.)])\s+)*(?:[|#<]|\$\$)/.test(start.slice(0, 100))
  }

  /** Whether a line of marks alone is no text yet: it may become a rule, a heading's underline, a fence, a bullet. */
  undecided(line: string): boolean {
    const marks = line.trim()
    if (this.#leaf?.kind === 'verbatim') return /^(?:`+|~+)$/.test(marks)
    return /^[-=*_~`#+>|: ]+$/.test(marks)
  }

  /** Reads a complete line, or with `open` the beginning of one too long to wait for. */
  line(text: string, open = false): void {
    const start = this.#start
    this.#start = 'past'
    if (start === 'new' && text === '---') this.#start = 'ruled'
    else if (start === 'ruled') this.#underRule(text, open)
    else this.#read(text, open)
  }

  /** A rule in the very first line waits for the second: it may open front matter. */
  #underRule(text: string, open: boolean): void {
    if (/^[\w-]+:(?:\s|$)/.test(text)) {
      const leaf = new Verbatim(openers.frontMatter(this.page.look))
      leaf.line('---', false, this.page)
      this.#leaf = leaf
    } else this.#read('---', false)
    this.#read(text, open)
  }

  #read(text: string, open: boolean): void {
    const { page } = this
    const at = new Cursor(text)
    let depth = 0
    while (depth < page.stack.length && continues(page.stack[depth] as Container, at)) depth++
    const all = depth === page.stack.length
    if (all && this.#leaf?.kind === 'verbatim' && this.#verbatim(this.#leaf, at, open)) return

    let fresh = false
    while (!at.blank) {
      const opened = this.#container(at, depth, fresh)
      if (!opened) break
      fresh = true
      depth++
    }
    if (at.blank) {
      if (fresh) return
      this.#closeTo(depth)
      page.blank = true
    } else if (!this.#block(at, depth, fresh, all, open)) this.#text(at, depth, fresh, all)
  }

  /** More of a very long line. */
  more(text: string): void {
    const leaf = this.#leaf
    if (leaf?.kind === 'paragraph' || leaf?.kind === 'verbatim') leaf.more(text, this.page)
    else {
      this.#closeLeaf()
      this.#leaf = new Paragraph(text.trimStart())
    }
  }

  /** The very long line is over. */
  endLine(): void {
    if (this.#leaf?.kind === 'verbatim') this.#leaf.endLine(this.page)
    if (this.#closing) this.#closeLeaf()
    this.#closing = false
  }

  end(): void {
    if (this.#start === 'ruled') this.#read('---', false)
    this.#start = 'past'
    this.#closeTo(0)
  }

  /** A line within a block shown as written. False: the block is over and the line is another's. */
  #verbatim(leaf: Verbatim, at: Cursor, open: boolean): boolean {
    const verdict = leaf.rules.judge(at.text, at.indent)
    if (verdict === 'inside' || verdict === 'last') {
      at.skip(leaf.rules.strip)
      leaf.line(at.rest, open, this.page)
    }
    if (verdict === 'last' && open) this.#closing = true
    else if (verdict !== 'inside') this.#closeLeaf()
    return verdict !== 'after'
  }

  /** Opens a quote, an item or a footnote if one starts here. */
  #container(at: Cursor, depth: number, fresh: boolean): boolean {
    const { stack } = this.page
    const interrupts = !fresh && depth === stack.length && this.#leaf?.kind === 'paragraph'
    if (depth >= DEEPEST || (interrupts && this.#tableAhead(at.text))) return false
    const opening = openingAt(at, interrupts)
    if (!opening) return false
    const before = stack[depth]
    const list = before?.kind === 'item' && before.type === opening.type ? before.list : ++this.#ids
    this.#closeTo(depth)
    stack.push({ ...opening, id: ++this.#ids, list, drawn: false })
    return true
  }

  /** Any leaf but plain text. False when the line starts none. */
  #block(at: Cursor, depth: number, fresh: boolean, all: boolean, open: boolean): boolean {
    const { indent, text } = at
    const paragraph = !fresh && this.#leaf?.kind === 'paragraph' ? this.#leaf : null
    if (indent >= 4) return paragraph === null && this.#shown(openers.indented, at, depth, open)
    const heading = lines.headingOf(text)
    if (heading) {
      this.#closeTo(depth)
      this.#heading(heading)
      return true
    }
    if (paragraph && all) {
      const alignments = this.#tableAhead(text)
      if (alignments) return this.#table(paragraph, alignments)
      const level = paragraph.flowing ? null : lines.setextOf(text)
      if (level) {
        this.#leaf = null
        this.#heading({ level, text: paragraph.source.trim() })
        return true
      }
    }
    if (lines.isRule(text)) {
      this.#closeTo(depth)
      this.#headed = false
      this.page.begin()
      this.page.row(this.page.theme.dim('─'.repeat(Math.min(3, this.page.columns))))
      return true
    }
    const { look } = this.page
    const fence = lines.fenceOf(text)
    if (fence) {
      this.#closeTo(depth)
      const leaf = new Verbatim(openers.fenced(fence, indent, look))
      this.#leaf = leaf
      leaf.open(this.page)
      return true
    }
    const math = lines.mathOf(text)
    if (math) return this.#shown(openers.math(math), at, depth, open)
    const html = lines.htmlOf(text)
    if (html && (html.interrupts || !paragraph)) return this.#shown(openers.html(html, look), at, depth, open)
    if (!paragraph && lines.isDefinition(text)) return this.#shown(openers.definitions(look), at, depth, open)
    return false
  }

  /** Begins a block whose first line is shown. A one-line HTML block ends at once; mathematics needs its second line. */
  #shown(rules: VerbatimRules, at: Cursor, depth: number, open: boolean): true {
    this.#closeTo(depth)
    const leaf = new Verbatim(rules)
    this.#leaf = leaf
    const single = rules.judge(at.text, at.indent) === 'last' && at.text.trim() !== '$$'
    at.skip(rules.strip)
    leaf.line(at.rest, open, this.page)
    if (single && open) this.#closing = true
    else if (single) this.#closeLeaf()
    return true
  }

  #text(at: Cursor, depth: number, fresh: boolean, all: boolean): void {
    const leaf = fresh ? null : this.#leaf
    // A line of text goes on with an open paragraph even where its quote or list mark is missing.
    if (leaf?.kind === 'paragraph' || (leaf?.kind === 'table' && all)) leaf.line(at.text, this.page)
    else {
      this.#closeTo(depth)
      this.#leaf = new Paragraph(at.text)
    }
  }

  #heading({ level, text }: lines.Heading): void {
    const { page } = this
    const { sgr, spoken } = page.theme
    const title = inline(page.preview ? closedForNow(text) : text, page.theme, sgr[`h${level}`])
    if (title.text.trim() === '') return
    // Where looks tell nothing, the level is written.
    const sign = spoken ? `Heading ${level}: ` : sgr.h1 === '' ? `${'#'.repeat(level)} ` : ''
    this.#headed = drawWrapped(joined(styled(sign), title), page, () => page.begin())
  }

  /** The alignments when this line, under the open paragraph's last one, makes a table. */
  #tableAhead(text: string): readonly lines.Alignment[] | null {
    if (this.#leaf?.kind !== 'paragraph') return null
    const alignments = lines.alignmentsOf(text)
    const header = alignments && this.#leaf.lastLine()
    return header && lines.cellsOf(header).length === alignments.length ? alignments : null
  }

  #table(paragraph: Paragraph, alignments: readonly lines.Alignment[]): true {
    const header = paragraph.lastLine() ?? ''
    this.#leaf = null
    if (paragraph.dropLastLine()) paragraph.end(this.page)
    this.#leaf = Table.from(header, alignments, this.page)
    return true
  }

  #closeLeaf(): void {
    const leaf = this.#leaf
    if (!leaf) return
    this.#leaf = null
    this.#headed = false
    leaf.end(this.page)
    // Blank lines that turned out not to be code belong to what follows.
    if (leaf.kind === 'verbatim' && leaf.blanks > 0 && leaf.rules === openers.indented) this.page.blank = true
  }

  /** Ends the open leaf and every container deeper than `depth`; an item without content shows its marker. */
  #closeTo(depth: number): void {
    this.#closeLeaf()
    const { stack } = this.page
    while (stack.length > depth) {
      const last = stack[stack.length - 1]
      if (last?.kind === 'item' && !last.drawn) {
        this.page.begin()
        this.page.row('')
      }
      stack.pop()
    }
  }
}
