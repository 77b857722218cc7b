/** Vim's changes that are no operators: putting back, joining lines, replacing characters, `~`. */

import { graphemesOf } from '../../text/width.ts'
import { moveTo, replace } from '../edit.ts'
import { graphemeAfter, graphemeBefore } from '../graphemes.ts'
import type { Composer } from '../state.ts'
import { lineEnd, lineStart } from '../word-ends.ts'
import { rest, stand } from './cursor.ts'
import { firstSign, linesAround, MOTIONS } from './motions.ts'
import { cased, changed } from './operators.ts'
import type { Register, Span } from './state.ts'

/** A slip of the finger in a count must not fill the memory: more UTF-16 units than this are not repeated. */
const MOST_UNITS = 1_000_000

/** A text so many times, as far as it stays of a size a person could have meant; at least once. */
export function timesOver(text: string, count: number, glue = ''): string {
  const most = Math.max(1, Math.floor(MOST_UNITS / Math.max(1, text.length + glue.length)))
  return text + (glue + text).repeat(Math.min(count, most) - 1)
}

/** `p` and, before the cursor, `P`. */
export function put(composer: Composer, register: Register, behind: boolean, count: number): Composer {
  const { text, cursor } = composer
  if (register.lines) {
    const at = behind ? lineEnd(text, cursor) : lineStart(text, cursor)
    const whole = timesOver(register.text, count, '\n')
    const done = replace(composer, at, at, behind ? `\n${whole}` : `${whole}\n`)
    return stand(done, firstSign(done.text, behind ? at + 1 : at))
  }
  if (register.text === '') return composer
  const at = behind && cursor < lineEnd(text, cursor) ? graphemeAfter(text, cursor) : cursor
  return behindPut(replace(composer, at, at, timesOver(register.text, count)), at, register.text)
}

/** In the place of a selection. */
export function putOver(composer: Composer, { from, to, lines }: Span, register: Register, count: number): Composer {
  const whole = timesOver(register.text, count, register.lines ? '\n' : '')
  const apart = register.lines && !lines
  const done = replace(composer, from, to, apart ? `\n${whole}\n` : whole)
  if (register.lines || lines) return stand(done, firstSign(done.text, apart ? from + 1 : from))
  return behindPut(done, from, whole)
}

/** On the last character of what was put; on its first where that were lines away. */
function behindPut(done: Composer, at: number, text: string): Composer {
  return text.includes('\n') ? stand(done, at) : stand(done, Math.max(at, graphemeBefore(done.text, done.cursor)))
}

/** `J`, and `gJ` without spaces: the lines from one index to another become one. */
export function joined(composer: Composer, from: number, to: number, spaced: boolean): Composer {
  const start = lineStart(composer.text, from)
  const end = lineEnd(composer.text, to)
  const [first = '', ...others] = composer.text.slice(start, end).split('\n')
  if (others.length === 0) return composer
  const parts = [first]
  let length = first.length
  let place = 0
  let last = first.at(-1) ?? ''
  for (const line of others) {
    const more = spaced ? line.replace(/^[ \t]+/, '') : line
    const glue = spaced && more !== '' && !/^$|[ \t]/.test(last) && more[0] !== ')' ? ' ' : ''
    parts.push(glue, more)
    place = length
    length += glue.length + more.length
    last = more.at(-1) ?? (glue || last)
  }
  return stand(replace(composer, start, end, parts.join('')), start + place)
}

/** `J` with a count. */
export function joinedLines(composer: Composer, count: number, spaced: boolean): Composer {
  const { text, cursor } = composer
  return joined(composer, cursor, linesAround(text, cursor, Math.max(2, count)).end, spaced)
}

/** `r`: nothing where the line has not so many characters. */
export function overwritten(composer: Composer, char: string, count: number): Composer {
  const { text, cursor } = composer
  let to = cursor
  for (let i = 0; i < count; i++) {
    if (to === lineEnd(text, to)) return composer
    to = graphemeAfter(text, to)
  }
  if (char === '\n') return rest(replace(composer, cursor, to, '\n'))
  const done = replace(composer, cursor, to, char.repeat(count))
  return stand(done, graphemeBefore(done.text, done.cursor))
}

/** `r` in visual mode. */
export function overwrittenSpan(composer: Composer, { from, to }: Span, char: string): Composer {
  const over = Array.from(graphemesOf(composer.text.slice(from, to)), (one) => (one === '\n' ? one : char)).join('')
  return stand(changed(composer, from, to, over), from)
}

/** `~` over so many characters of the line; the cursor goes behind them. */
export function toggled(composer: Composer, count: number): Composer {
  const { text, cursor } = composer
  const { to } = MOTIONS.l!(text, cursor, count)!
  const done = changed(composer, cursor, to, cased(text.slice(cursor, to), '~'))
  return rest(moveTo(done, done === composer ? to : done.cursor))
}
