/** What is said where there is only one row for it: in several lengths, the longest first. */

import { roomOf } from './width.ts'
import { clip } from './wrap.ts'

export type Steps = string | readonly string[]

/** The longest of them that fits, else the shortest, cut behind a whole word. */
export function fitted(steps: Steps, width: number): string {
  const all = typeof steps === 'string' ? [steps] : steps
  return all.find((text) => roomOf(text) <= width) ?? cut(all.at(-1)!, width)
}

/** All of it; for whoever has as much room as it takes. */
export function inFull(steps: Steps): string {
  return typeof steps === 'string' ? steps : steps[0]!
}

function cut(text: string, width: number): string {
  const head = clip(text, width).slice(0, -1)
  const isWhole = /^\s/.test(text.slice(head.length))
  const words = isWhole ? head : head.replace(/(\S)\s+\S*$/, '$1')
  return width < 1 ? '' : `${words.trimEnd()}…`
}
