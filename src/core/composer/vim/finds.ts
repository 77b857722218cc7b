/** Looking for a character: in this line with `f`, `F`, `t`, `T`, for the other bracket with `%`. Only looks at text. */

import { boundaryAtOrBefore, graphemeAfter, graphemeBefore } from '../graphemes.ts'
import { lineEnd, lineStart } from '../word-ends.ts'
import type { Reach } from './motions.ts'
import type { Find } from './state.ts'

/** The same the other way round. */
export function turned({ kind, char }: Find): Find {
  const lower = kind.toLowerCase()
  return { kind: kind === lower ? kind.toUpperCase() : lower, char }
}

/**
 * Where the nth such character of the line is; null when there are not so many.
 * @param again a repeated `t` passes the one it stands at
 */
export function found(text: string, cursor: number, { kind, char }: Find, count: number, again: boolean): Reach | null {
  const forward = kind === 'f' || kind === 't'
  const until = kind === 't' || kind === 'T'
  const step = forward ? after : before
  let at: number | null = cursor
  for (let i = 0; i < count && at !== null; i++) {
    const from: number = at
    at = step(text, from, char)
    const isAtIt =
      at !== null && i === 0 && again && until && (forward ? graphemeAfter : graphemeBefore)(text, from) === at
    if (isAtIt) at = step(text, at!, char)
  }
  if (at === null) return null
  if (!until) return { to: at, inclusive: forward }
  return { to: forward ? graphemeBefore(text, at) : graphemeAfter(text, at), inclusive: forward }
}

function after(text: string, cursor: number, char: string): number | null {
  const end = lineEnd(text, cursor)
  for (let at = text.indexOf(char, cursor + 1); at >= 0 && at < end; at = text.indexOf(char, at + 1)) {
    if (isWhole(text, at, char)) return at
  }
  return null
}

function before(text: string, cursor: number, char: string): number | null {
  const start = lineStart(text, cursor)
  let at = cursor
  while (at > start) {
    at = text.lastIndexOf(char, at - 1)
    if (at < start) return null
    if (isWhole(text, at, char)) return at
  }
  return null
}

/** A letter within a cluster is not that letter. */
function isWhole(text: string, at: number, char: string): boolean {
  return boundaryAtOrBefore(text, at) === at && graphemeAfter(text, at) === at + char.length
}

const PAIRS = '()[]{}'

/** The bracket that belongs to the first one of the line at or behind the cursor. */
export function bracketMatch(text: string, cursor: number): number | null {
  const end = lineEnd(text, cursor)
  for (let at = cursor; at < end; at++) {
    const nth = PAIRS.indexOf(text[at]!)
    if (nth < 0) continue
    const step = nth % 2 === 0 ? 1 : -1
    return pairOf(text, at + step, step, PAIRS[nth]!, PAIRS[nth + step]!)
  }
  return null
}

/** From an index on, in one direction: where what `same` opened is ended by `other`. */
export function pairOf(text: string, from: number, step: 1 | -1, same: string, other: string): number | null {
  let depth = 1
  for (let at = from; at >= 0 && at < text.length; at += step) {
    if (text[at] === same) depth++
    else if (text[at] === other && --depth === 0) return at
  }
  return null
}
