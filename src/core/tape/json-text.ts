/**
 * The texts inside a piece of JSON, found and replaced where they stand: nothing moves, and JSON that is cut off or is
 * none at all is no trouble.
 */

/** One text of the JSON. */
export interface Literal {
  /** The field whose value it is, or the list's it stands in; null: unknown. */
  readonly field: string | null
  /** It is itself the name of a field. */
  readonly isName: boolean
  /** As it is written, without its quotation marks. */
  readonly raw: string
  /** What it says. */
  readonly text: string
}

/** A stretch between texts, or a text. */
export type JsonPart = { readonly between: string; readonly field: string | null } | Literal

const PARTS = /"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)|[^"]+/g
const CHARACTERS = /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u[\da-fA-F]{4}|\\[\s\S]|[\s\S]/gu

export function jsonParts(json: string): readonly JsonPart[] {
  const parts: JsonPart[] = []
  let field: string | null = null
  for (const match of json.matchAll(PARTS)) {
    const [found] = match
    if (!found.startsWith('"')) {
      parts.push({ between: found, field })
      continue
    }
    const whole = found.length > 1 && found.endsWith('"')
    const isName = whole && /^\s*:/.test(json.slice(match.index + found.length, match.index + found.length + 20))
    const literal = literalOf(whole ? found.slice(1, -1) : found.slice(1), field, isName)
    parts.push({ between: '"', field }, literal)
    if (whole) parts.push({ between: '"', field })
    if (isName) field = literal.text
  }
  return parts
}

export function literalOf(raw: string, field: string | null, isName = false): Literal {
  const text = raw.includes('\\') ? charactersOf(raw).map(read).join('') : raw
  return { field, isName, raw, text }
}

/**
 * Other characters in the places of those that are written, as plainly or as escaped. `text` is as long as what they
 * say, in UTF-16 and in UTF-8.
 */
export function rewritten(text: string, literal: Literal): string {
  if (text === literal.text) return literal.raw
  if (!literal.raw.includes('\\')) return text
  let at = 0
  return charactersOf(literal.raw)
    .map((raw) => {
      const said = read(raw)
      const char = text.slice(at, at + said.length)
      at += said.length
      return char === said ? raw : spelt(char, raw)
    })
    .join('')
}

const charactersOf = (raw: string): readonly string[] => raw.match(CHARACTERS) ?? []

const NAMED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

function read(raw: string): string {
  if (raw[0] !== '\\') return raw
  if (raw[1] !== 'u' || raw.length < 6) return NAMED[raw[1] ?? ''] ?? raw[1] ?? '\\'
  const units = raw.length > 6 ? [raw.slice(2, 6), raw.slice(8)] : [raw.slice(2)]
  return String.fromCharCode(...units.map((unit) => Number.parseInt(unit, 16)))
}

/** A sign with an escape of its own, such as `\\/`, has no other that is as short: it stays. */
function spelt(char: string, raw: string): string {
  if (raw[0] !== '\\') return char
  if (raw[1] !== 'u' || raw.length < 6) return /["\\/bfnrtu]/.test(raw[1] ?? '') ? raw : `\\${char}`
  const units = Array.from({ length: char.length }, (_, i) => char.charCodeAt(i).toString(16).padStart(4, '0'))
  return units.map((unit) => `\\u${unit}`).join('')
}
