/** Figures of a turn in a form of one's own, in the manner of curl: `--timing '%{ttft} ms, $%{cost}\n'`. */

import { suggest } from '../models.ts'

/** Values by the names a format may use; null: nobody knows. */
export type Fields = Readonly<Record<string, number | string | null>>

export type TimingFormat =
  | { readonly parts: readonly (string | { readonly name: string })[] }
  /** A sentence with what was expected. */
  | { readonly problem: string }

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\' }
/** A field, a doubled sign, an escape, or a `%` that begins nothing. */
const PIECE = /%\{([^}]*)\}|%%|\\([ntr\\])|%/g
/** Units may be left out where the name alone says which figure it is: `%{ttft}`, `%{cost}`. */
const UNITS = ['_ms', '_usd'] as const
/** Digits behind the point: a microsecond of what is measured in milliseconds, a millionth of a dollar. */
const DIGITS = 6

/** @param known names a format may use */
export function timingFormat(text: string, known: readonly string[]): TimingFormat {
  const parts: (string | { readonly name: string })[] = []
  let from = 0
  for (const match of text.matchAll(PIECE)) {
    const [whole, name, escaped] = match
    parts.push(text.slice(from, match.index))
    from = match.index + whole.length
    if (name !== undefined) {
      const meant = ['', ...UNITS].map((unit) => `${name}${unit}`).find((one) => known.includes(one))
      if (meant === undefined) return { problem: sayUnknown(name, known) }
      parts.push({ name: meant })
    } else parts.push(escaped === undefined ? '%' : ESCAPES[escaped]!)
  }
  parts.push(text.slice(from))
  return { parts: parts.filter((part) => part !== '') }
}

function sayUnknown(name: string, known: readonly string[]): string {
  const [near] = suggest(name, known)
  const hint = near ? ` Did you mean %{${near}}?` : ''
  return `--timing knows no %{${name}}.${hint} It takes ${known.map((one) => `%{${one}}`).join(', ')}, the same without _ms or _usd (%{ttft}, %{cost}), and \\n, \\t, %% for a percent sign.`
}

/** What nobody knows is `-`: an empty place would shift the columns of whoever reads it. */
export function timed({ parts }: Extract<TimingFormat, { parts: unknown }>, fields: Fields): string {
  return parts.map((part) => (typeof part === 'string' ? part : shown(fields[part.name] ?? null))).join('')
}

const shown = (value: number | string | null) =>
  value === null ? '-' : typeof value === 'number' ? String(Number(value.toFixed(DIGITS))) : value
