/**
 * A text with its looks laid beside it: places in the text stay plain numbers, so wrapping and measuring never meet an
 * escape sequence. Knows how a part of it becomes one closed terminal row; what the looks mean is the theme's.
 */

import { hyperlink } from '../text/hyperlink.ts'
import { sanitiseLine } from '../text/sanitise.ts'
import type { Slice } from '../text/wrap.ts'

/** One look, from the end of the run before it up to `end` (UTF-16 units, exclusive). */
interface Run {
  readonly end: number
  /** SGR parameters; empty for the default look. */
  readonly sgr: string
  /** Target of an OSC 8 link, already fit for one; empty for none. */
  readonly url: string
}

export interface Styled {
  readonly text: string
  readonly runs: readonly Run[]
}

export const EMPTY: Styled = { text: '', runs: [] }

/** Looks laid over each other: parameters in order, the later one wins where they disagree. */
export function over(under: string, sgr: string): string {
  if (under === '' || sgr === '' || under === sgr) return under || sgr
  return `${under};${sgr}`
}

/** A text of one look. */
export function styled(text: string, sgr = ''): Styled {
  return text === '' ? EMPTY : { text, runs: [{ end: text.length, sgr, url: '' }] }
}

/**
 * Grows a styled text piece by piece. The only break in it is a piece that is a newline alone; whatever else could
 * steer a terminal is made visible here, as the parser resolves references such as `&#27;` on its own.
 */
export class StyledText {
  #text = ''
  readonly #runs: Run[] = []

  get text(): string {
    return this.#text
  }

  add(text: string, sgr = '', url = ''): void {
    const safe = text === '\n' ? text : sanitiseLine(text)
    if (safe === '') return
    this.#text += safe
    const last = this.#runs.at(-1)
    if (last && last.sgr === sgr && last.url === url) this.#runs.pop()
    this.#runs.push({ end: this.#text.length, sgr, url })
  }

  /** Appends another styled text, its links leading to `url` when that is given. */
  append(other: Styled, url?: string): void {
    let from = 0
    for (const run of other.runs) {
      this.add(other.text.slice(from, run.end), run.sgr, url ?? run.url)
      from = run.end
    }
  }

  done(): Styled {
    return { text: this.#text, runs: this.#runs }
  }
}

export function joined(a: Styled, b: Styled): Styled {
  if (a.text === '') return b
  if (b.text === '') return a
  const runs = [...a.runs]
  const last = runs.at(-1)
  const first = b.runs[0]
  if (last && first && last.sgr === first.sgr && last.url === first.url) runs.pop()
  for (const run of b.runs) runs.push({ ...run, end: a.text.length + run.end })
  return { text: a.text + b.text, runs }
}

/** The part from `start` to `end`, as a styled text of its own. */
export function part(whole: Styled, start: number, end = whole.text.length): Styled {
  if (start <= 0 && end >= whole.text.length) return whole
  const runs: Run[] = []
  for (let i = firstAfter(whole.runs, start); i < whole.runs.length; i++) {
    const run = whole.runs[i] as Run
    runs.push({ ...run, end: Math.min(run.end, end) - start })
    if (run.end >= end) break
  }
  return { text: whole.text.slice(start, end), runs }
}

/** A part as a terminal row: text, SGR and OSC 8 only, everything closed at its end. */
export function row(whole: Styled, { start, end }: Slice): string {
  const { text, runs } = whole
  let out = ''
  let from = start
  for (let i = firstAfter(runs, start); from < end; i++) {
    const run = runs[i]
    if (!run) return out + text.slice(from, end)
    const to = Math.min(run.end, end)
    const part = text.slice(from, to)
    const coloured = run.sgr === '' ? part : `\x1b[${run.sgr}m${part}\x1b[m`
    out += run.url === '' ? coloured : hyperlink(run.url, coloured)
    from = to
  }
  return out
}

/**
 * Reads a row that somebody else coloured: SGR sequences become looks, any other control becomes visible. Flat colours
 * only: a sequence that ends an attribute ends them all.
 */
export function fromColoured(coloured: string): Styled {
  if (!coloured.includes('\x1b')) return styled(sanitiseLine(coloured))
  const out = new StyledText()
  let sgr = ''
  let from = 0
  for (const match of coloured.matchAll(/\x1b\[([\d;:]*)m/g)) {
    out.add(coloured.slice(from, match.index), sgr)
    const params = match[1] ?? ''
    sgr = /^(?:0|2[2-9]|[345]9|;)*$/.test(params) ? '' : over(sgr, params)
    from = match.index + match[0].length
  }
  out.add(coloured.slice(from), sgr)
  return out.done()
}

/** Index of the run that covers the unit at `place`; binary search, as code lines can have thousands. */
function firstAfter(runs: readonly Run[], place: number): number {
  let low = 0
  let high = runs.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((runs[middle]?.end ?? 0) > place) high = middle
    else low = middle + 1
  }
  return low
}
