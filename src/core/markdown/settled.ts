/**
 * How much of an open paragraph can no longer change its look, and how the rest would look if it ended kindly. Finds
 * openers that wait for their closer; what emphasis means in detail is left to `inline`.
 */

import { MATH } from './lines.ts'

/** An opener older than this many characters is taken literally: nothing waits longer. */
const LOOKBACK = 1000

interface Opener {
  readonly at: number
  /** As written; `](` for a link whose address is still coming. */
  readonly mark: string
}

interface Scan {
  /** End of the last word before which everything is closed: a place to cut. */
  readonly safe: number
  readonly open: readonly Opener[]
}

/** Units of an open paragraph that are final: always the start of a word, with nothing pending before it. */
export function settledLength(source: string): number {
  let { safe, open } = scan(source, NONE)
  const literal = new Set<number>()
  for (let round = 0; round < 3; round++) {
    const old = open.filter((opener) => source.length - opener.at > LOOKBACK)
    if (old.length === 0) return safe
    for (const opener of old) literal.add(opener.at)
    ;({ safe, open } = scan(source, literal))
  }
  return safe
}

/** A place to cut where nothing better exists, near the end and never within a character. */
export function forcedLength(source: string): number {
  const blank = source.lastIndexOf(' ', source.length - 2) + 1
  if (blank > source.length / 2) return blank
  for (let at = source.length - 1; at > source.length - 64; at--) {
    if (
      !/^[\p{M}\p{Emoji_Modifier}\p{Cf}\udc00-\udfff]/u.test(source.slice(at, at + 2)) &&
      source[at - 1] !== '\u200d'
    ) {
      return at
    }
  }
  return source.length - 64
}

/** The open text with what it opened closed: for a preview only, since the closer may never come. */
export function closedForNow(source: string): string {
  let text = source
  let closers = ''
  const { open } = scan(source, NONE)
  for (let i = open.length - 1; i >= 0; i--) {
    const { at, mark } = open[i] as Opener
    if (mark === '](') {
      text = text.slice(0, at) + text.slice(at + 1, text.indexOf('](', at))
      closers = ''
    } else if (/^[`*_~]/.test(mark)) {
      if (text.slice(at + mark.length).trim() === '') text = text.slice(0, at)
      else if (mark[0] === '`') closers += mark
      else if (mark.length <= 3) closers += mark
    }
  }
  return closers === '' ? text : text.trimEnd() + closers
}

const NONE: ReadonlySet<number> = new Set()

const SPECIAL = /[\\`*_~[\]<$ \n]/g

function scan(source: string, literal: ReadonlySet<number>): Scan {
  const open: { at: number; mark: string }[] = []
  const end = source.length
  let safe = 0
  let at = 0
  while (at < end) {
    SPECIAL.lastIndex = at
    const found = SPECIAL.exec(source)
    if (!found) break
    at = found.index
    const char = found[0]
    if (char === ' ' || char === '\n') {
      const next = source[at + 1]
      const hardBreak = char === '\n' && (source[at - 1] === '\\' || source.endsWith('  ', at))
      if (open.length === 0 && next !== undefined && next !== ' ' && next !== '\n' && !hardBreak) safe = at + 1
      at++
    } else if (literal.has(at)) {
      at += char === '`' || char === '*' || char === '_' || char === '~' ? runLength(source, at) : 1
    } else if (char === '\\') {
      at += mathLength(source, at) || 2
    } else if (char === '`') {
      const length = runLength(source, at)
      const close = closingRun(source, at + length, length)
      if (close < 0) return { safe, open: [...open, { at, mark: source.slice(at, at + length) }] }
      at = close + length
    } else if (char === '$') {
      const length = mathLength(source, at)
      if (length === 0 && end - at <= 200 && /^\$(?!\s)[^\n$]*$/.test(source.slice(at))) open.push({ at, mark: '$' })
      at += length || 1
    } else if (char === '<') {
      if (!/[a-z/!?]/i.test(source[at + 1] ?? 'a')) at++
      else {
        const close = source.indexOf('>', at)
        if (close < 0) return { safe, open: [...open, { at, mark: '<' }] }
        at = close + 1
      }
    } else if (char === '[') {
      open.push({ at, mark: '[' })
      at++
    } else if (char === ']') {
      const bracket = open.findLastIndex((opener) => opener.mark === '[')
      const opener = open[bracket]
      if (!opener) at++
      else if (source[at + 1] === '(') {
        const close = closingParen(source, at + 1)
        open.length = bracket
        if (close < 0) return { safe, open: [...open, { at: opener.at, mark: '](' }] }
        at = close + 1
      } else {
        if (at + 1 < end) open.splice(bracket, 1)
        at++
      }
    } else at = emphasis(source, at, open)
  }
  return { safe, open }
}

/** Pairs a run of `*`, `_` or `~` with its openers, or makes it one. Returns the place behind it. */
function emphasis(source: string, at: number, open: { at: number; mark: string }[]): number {
  const char = source[at] ?? ''
  const length = runLength(source, at)
  const before = source[at - 1] ?? ' '
  const after = source[at + length]
  const word = /[\p{L}\p{N}]/u
  const canClose = !/\s/.test(before) && !(char === '_' && after !== undefined && word.test(after))
  const canOpen = (after === undefined || !/\s/.test(after)) && !(char === '_' && word.test(before))
  let left = length
  while (canClose && left > 0) {
    const match = open.findLastIndex((opener) => opener.mark[0] === char)
    const opener = open[match]
    if (!opener) break
    const paired = Math.min(left, opener.mark.length)
    open.length = match
    if (opener.mark.length > paired) open.push({ at: opener.at, mark: opener.mark.slice(paired) })
    left -= paired
  }
  if (left === length && canOpen) open.push({ at, mark: source.slice(at, at + length) })
  return at + length
}

function runLength(source: string, at: number): number {
  let end = at + 1
  while (source[end] === source[at]) end++
  return end - at
}

function closingRun(source: string, from: number, length: number): number {
  for (let at = source.indexOf('`', from); at >= 0; ) {
    const run = runLength(source, at)
    if (run === length) return at
    at = source.indexOf('`', at + run)
  }
  return -1
}

function closingParen(source: string, at: number): number {
  let depth = 0
  for (let i = at; i < source.length; i++) {
    const char = source[i]
    if (char === '\\') i++
    else if (char === '(') depth++
    else if (char === ')' && --depth === 0) return i
  }
  return -1
}

function mathLength(source: string, at: number): number {
  return MATH.exec(source.slice(at, at + 210))?.[0].length ?? 0
}
