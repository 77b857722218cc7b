/** What vim's operators do with a stretch of the draft. Which stretch it is, is for others. */

import { moveTo, replace } from '../edit.ts'
import type { Composer } from '../state.ts'
import { lineEnd, lineStart } from '../word-ends.ts'
import { rest, stand } from './cursor.ts'
import { firstSign } from './motions.ts'
import type { Span, Vim } from './state.ts'

/** Both after a command. */
export interface Step {
  readonly vim: Vim
  readonly composer: Composer
}

/** One step of `>` and `<`. */
const INDENT = '  '
/** No line is moved further by one command. */
const MOST_INDENTS = 40

/** @param times how far `>` and `<` move */
export function operate(vim: Vim, composer: Composer, operator: string, span: Span, times = 1): Step {
  const { text, cursor } = composer
  const { from, to, lines } = span
  const kept = from < to || (lines && text !== '') ? { text: text.slice(from, to), lines } : vim.register
  // Where the cursor is when it happens, and when that is undone.
  const isThere = lines && lineStart(text, cursor) === from
  const begun = isThere ? composer : moveTo(composer, from)
  switch (operator) {
    case 'd':
      return { vim: { ...vim, register: kept }, composer: lines ? withoutLines(begun, span) : without(begun, span) }
    case 'c':
      // Whole lines leave an empty one to write in.
      return { vim: { ...vim, register: kept, mode: 'insert' }, composer: replace(begun, from, to, '') }
    case 'y':
      return { vim: { ...vim, register: kept }, composer: rest(begun) }
    case '<':
    case '>':
      return { vim, composer: shifted(begun, span, operator === '>', Math.min(times, MOST_INDENTS)) }
    default: {
      const other = cased(text.slice(from, to), operator.at(-1)!)
      return { vim, composer: stand(changed(begun, from, to, other), begun.cursor) }
    }
  }
}

/** In the place of a stretch; the same composer where that says the same. */
export function changed(composer: Composer, from: number, to: number, text: string): Composer {
  return composer.text.slice(from, to) === text ? composer : replace(composer, from, to, text)
}

function without(composer: Composer, { from, to }: Span): Composer {
  return from === to ? composer : stand(replace(composer, from, to, ''), from)
}

/** A newline goes with them: the one behind, or before the last line the one in front. */
function withoutLines(composer: Composer, { from, to }: Span): Composer {
  const { text } = composer
  const first = to === text.length && from > 0 ? from - 1 : from
  const cut = replace(composer, first, Math.min(text.length, to + 1), '')
  const at = lineStart(cut.text, Math.min(from, cut.text.length))
  return stand(cut, firstSign(cut.text, at))
}

function shifted(composer: Composer, span: Span, deeper: boolean, times: number): Composer {
  const from = lineStart(composer.text, span.from)
  const to = lineEnd(composer.text, Math.max(span.from, span.lines ? span.to : span.to - 1))
  const shallower = new RegExp(`^(?: {1,${INDENT.length}}|\\t){1,${times}}`)
  const shift = (line: string) =>
    deeper ? (line === '' ? line : INDENT.repeat(times) + line) : line.replace(shallower, '')
  const lines = composer.text.slice(from, to).split('\n').map(shift).join('\n')
  const done = changed(composer, from, to, lines)
  return stand(done, firstSign(done.text, from))
}

/** @param how `u` lower, `U` upper, `~` the other one */
export function cased(text: string, how: string): string {
  if (how === 'u') return text.toLowerCase()
  if (how === 'U') return text.toUpperCase()
  const other = (char: string) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase())
  return Array.from(text, other).join('')
}
