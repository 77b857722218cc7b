/**
 * One streamed answer as terminal rows: raw text goes in as it comes, rows that will never change come out, and the open
 * part can be drawn at any time. Knows where a stream may be looked at; what a line means is decided in `blocks`.
 *
 * Decisions are made at newlines and, in very long lines, at fixed distances from the line's start. That is why the rows
 * cannot depend on how the text was cut on its way.
 */

import { sanitiser } from '../text/sanitise.ts'
import type { Theme } from '../text/theme.ts'
import { Blocks } from './blocks.ts'
import { type Highlight, Page } from './page.ts'

export type { Highlight, LineColour } from './page.ts'

export interface AnswerRows {
  /**
   * Takes raw text as it came; returns the rows that are final with it: styled, closed, without padding. What has no
   * break (a line of code, a long word) is one row, however wide; see also `core/text/rows`.
   */
  push(text: string): readonly string[]
  /** The open part drawn at the current width: its last `maxRows` rows. What is unclosed is shown as if closed. */
  tail(maxRows: number): readonly string[]
  /** Everything still held becomes final. Nothing may be pushed afterwards. */
  end(): readonly string[]
  /** What is not final yet wraps at the new width. A width below 2 columns is taken as 2. */
  resize(width: number): void
  /** Whether something else may stand below the rows given so far: they end between two blocks. */
  readonly between: boolean
  /** Rows given since the first such place in what was pushed last; null: there was none. */
  readonly sinceSeam: number | null
  /** Characters held back; bounded however long the answer grows. */
  readonly held: number
}

export interface AnswerOptions {
  /** Columns of a row, where it can be broken. */
  readonly width: number
  readonly theme: Theme
  /** Colours fenced code; without it code keeps the default look. */
  readonly highlight?: Highlight | undefined
}

/** A line longer than this is read before its newline has come. */
const LONG_LINE = 1024

/** A line that cannot be understood before its end (a table row, a heading) is waited for up to here. */
const LONGEST_LINE = 8192

/** A long line goes on in pieces of this length. */
const PIECE = 256

/** The same place, or the next one when it lies between the halves of a character. */
function wholeChars(text: string, place: number): number {
  const unit = text.charCodeAt(place)
  return unit >= 0xdc00 && unit <= 0xdfff ? place + 1 : place
}

export function answerRows({ width, theme, highlight }: AnswerOptions): AnswerRows {
  const page = new Page({ theme, highlight: highlight ?? null }, width)
  const blocks = new Blocks(page)
  const clean = sanitiser()
  let partial = ''
  let long = false
  let waiting = false
  let preview: readonly string[] | null = null
  let given = 0
  let lastSeam = 0
  let firstSeam: number | null = null

  const take = (): readonly string[] => {
    const rows = page.rows
    page.rows = []
    given += rows.length
    return rows
  }

  const markSeam = () => {
    if (!blocks.between) return
    lastSeam = given + page.rows.length
    firstSeam ??= lastSeam
  }

  /** Reads as much of an unfinished line as its length allows. */
  const readLong = () => {
    let from = 0
    if (!long && !waiting && partial.length >= LONG_LINE) waiting = blocks.waits(partial)
    const first = waiting ? LONGEST_LINE : LONG_LINE
    if (!long && partial.length >= first) {
      from = wholeChars(partial, first)
      blocks.line(partial.slice(0, from), true)
      markSeam()
      long = true
    }
    while (long && partial.length - from >= PIECE) {
      const to = wholeChars(partial, from + PIECE)
      blocks.more(partial.slice(from, to))
      from = to
    }
    if (from > 0) partial = partial.slice(from)
  }

  const readLine = () => {
    if (long) {
      blocks.more(partial)
      blocks.endLine()
    } else blocks.line(partial)
    partial = ''
    long = false
    waiting = false
    markSeam()
  }

  const read = (text: string) => {
    for (let from = 0; from < text.length; ) {
      const newline = text.indexOf('\n', from)
      partial += text.slice(from, newline < 0 ? text.length : newline)
      if (partial.length >= LONG_LINE || long) readLong()
      if (newline < 0) return
      readLine()
      from = newline + 1
    }
  }

  /** What would still be drawn if the text ended here, without ending it. */
  const drawOpen = (): readonly string[] => {
    const copy = blocks.fork()
    if (long) {
      copy.more(partial)
      copy.endLine()
    } else if (partial !== '' && !blocks.undecided(partial)) copy.line(partial)
    copy.end()
    return copy.page.rows
  }

  return {
    push(text) {
      if (text === '') return []
      preview = null
      firstSeam = null
      read(clean.push(text))
      return take()
    },
    tail(maxRows) {
      if (maxRows <= 0) return []
      preview ??= drawOpen()
      return preview.length <= maxRows ? preview : preview.slice(-maxRows)
    },
    end() {
      preview = null
      read(clean.end())
      if (partial !== '' || long) readLine()
      blocks.end()
      return take()
    },
    resize(columns) {
      preview = null
      page.width = Math.max(2, columns)
    },
    get between() {
      return given === lastSeam
    },
    get sinceSeam() {
      return firstSeam === null ? null : given - firstSeam
    },
    get held() {
      return partial.length + blocks.held
    },
  }
}

/** A whole text at once: the same rows that pushing it in any pieces gives. */
export function renderMarkdown(text: string, options: AnswerOptions): readonly string[] {
  const answer = answerRows(options)
  return [...answer.push(text), ...answer.end()]
}
