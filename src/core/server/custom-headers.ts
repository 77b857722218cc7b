/** `ANTHROPIC_CUSTOM_HEADERS`: lines of `name: value` that go along with every request. */

import { type Problem, quote } from '../problem.ts'

const VARIABLE = 'ANTHROPIC_CUSTOM_HEADERS'
/** What a header may be called (RFC 9110). */
const NAME = /^[!#$%&'*+.^_`|~\w-]+$/
/** What a value may hold: a tab and Latin-1 without control characters. */
const VALUE = /^[\t -~\u0080-\u00ff]*$/

/** The first line that is no header; null: all are. What may be a secret is not repeated. */
export function headersProblem(text: string | undefined): Problem | null {
  for (const [i, line] of (text ?? '').split('\n').entries()) {
    const came = line.trim() === '' ? null : slipIn(line)
    if (came === null) continue
    const wayOut = 'put one header on a line, or unset it'
    return { where: `${VARIABLE}, line ${i + 1}`, expected: 'a header such as x-team: blue', came, wayOut }
  }
  return null
}

function slipIn(line: string): string | null {
  const colon = line.indexOf(':')
  if (colon < 0) return 'no colon in it'
  const name = line.slice(0, colon).trim()
  if (name === '') return 'no name before the colon'
  if (!NAME.test(name)) return `the name ${quote(name)}, which no header can have`
  if (!VALUE.test(line.slice(colon + 1).trim()))
    return `a value of ${quote(name)} with characters that no header can hold`
  return null
}
