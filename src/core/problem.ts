/**
 * Something a person got wrong, as plain data: where, what was expected, what came, the way out.
 * Who found it and which exit code follows is the business of the one who asks.
 */

export interface Problem {
  /** The place as the user knows it: a flag, a variable, a setting, a file. */
  readonly where: string
  /** What would have been right, as the end of "expected ...". */
  readonly expected: string
  /** What was found instead, as the end of "got ...". Never holds a secret. */
  readonly came: string
  /** What to do about it, one or more clauses without a full stop; empty when there is nothing to offer. */
  readonly wayOut: string
}

/** The whole problem as one line of prose. */
export function sayProblem({ where, expected, came, wayOut }: Problem): string {
  const finding = `${where}: expected ${expected}, got ${came}`
  return wayOut === '' ? finding : `${finding}; ${wayOut}`
}

/** Characters of a foreign value worth quoting: enough to recognise it, too few to flood a line. */
const QUOTED = 40

/**
 * A foreign value in a few words, safe for a terminal. Lists and objects are only counted: rendering them could be
 * long, and a value nested ten thousand deep would exhaust the stack of `JSON.stringify`.
 */
export function describe(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'an empty text' : quote(value)
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (value !== null && typeof value === 'object') return 'an object'
  return String(value)
}

/** A text in quotes on one line: cut to `most` characters, control and invisible characters spelled out. */
export function quote(text: string, most = QUOTED): string {
  // Two UTF-16 units make at most one code point, so this slice is enough to fill the quotation.
  const points = [...text.slice(0, 2 * most + 2)]
  const kept = points.length > most ? `${points.slice(0, most).join('')}…` : points.join('')
  return `"${kept.replace(/[\p{C}\u2028\u2029]/gu, spell)}"`
}

function spell(char: string): string {
  if (char === '\n') return '\\n'
  if (char === '\t') return '\\t'
  return `\\u{${char.codePointAt(0)?.toString(16)}}`
}
