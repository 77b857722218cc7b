/**
 * What a single line can be, by its own look: heading, rule, fence, list marker, table row, HTML, footnote. Lines come
 * without indentation. Whether the place allows it is decided in `blocks`.
 */

export interface Heading {
  readonly level: 1 | 2 | 3 | 4 | 5 | 6
  readonly text: string
}

/** ATX heading: its level, and its text without the signs. */
export function headingOf(line: string): Heading | null {
  const match = /^(#{1,6})(?:[ \t]+(.*)|)$/.exec(line)
  if (!match) return null
  const level = match[1]!.length as Heading['level']
  const text = (match[2] ?? '').trim()
  const end = text.replace(/#+$/, '')
  return { level, text: end === '' || /[ \t]$/.test(end) ? end.trim() : text }
}

/** Three or more of `-`, `*` or `_`, blanks between them allowed. */
export function isRule(line: string): boolean {
  const sign = line[0]
  if (sign !== '-' && sign !== '*' && sign !== '_') return false
  let count = 0
  for (const char of line) {
    if (char === sign) count++
    else if (char !== ' ' && char !== '\t') return false
  }
  return count >= 3
}

export interface Fence {
  readonly sign: string
  readonly length: number
  /** What stands behind the signs: usually the language. */
  readonly info: string
}

export function fenceOf(line: string): Fence | null {
  const match = /^(?:(`{3,})([^`]*)|(~{3,})(.*))$/.exec(line)
  if (!match) return null
  const signs = match[1] ?? match[3] ?? ''
  return { sign: signs[0] ?? '`', length: signs.length, info: (match[2] ?? match[4] ?? '').trim() }
}

export function closesFence(line: string, { sign, length }: Fence): boolean {
  const signs = line.trimEnd()
  return signs.length >= length && signs === sign.repeat(signs.length)
}

export interface Marker {
  /** As written: `-`, `*`, `+`, `12.`, `3)`. */
  readonly text: string
  /** Items of one list share it: the bullet or the sign after the number. */
  readonly type: string
  readonly number: number | null
}

export function markerOf(line: string): Marker | null {
  const bullet = /^[-+*](?=[ \t]|$)/.exec(line)
  if (bullet) return { text: bullet[0], type: bullet[0], number: null }
  const numbered = /^(\d{1,9})([.)])(?=[ \t]|$)/.exec(line)
  return numbered ? { text: numbered[0], type: numbered[2] ?? '.', number: Number(numbered[1]) } : null
}

/** A footnote's text follows its label: `[^1]: …`. */
export function footnoteOf(line: string): { readonly label: string; readonly length: number } | null {
  const match = /^\[\^([^\]\s]{1,40})\]:/.exec(line)
  return match ? { label: match[1] ?? '', length: match[0].length } : null
}

/** A link reference definition on one line. */
export const isDefinition = (line: string): boolean =>
  /^\[(?!\^)[^[\]]{1,999}\]:[ \t]*[^\s]+(?:[ \t]+["'(].*)?$/.test(line)

/** The level of the heading that this line makes of the paragraph above it; null for any other line. */
export function setextOf(line: string): Heading['level'] | null {
  if (!/^(?:=+|-+)[ \t]*$/.test(line)) return null
  return line[0] === '=' ? 1 : 2
}

/** How an HTML block that starts here ends: with a line that matches, or (null) before a blank line. */
export interface HtmlBlock {
  readonly end: RegExp | null
  readonly interrupts: boolean
}

const BLOCK_TAGS =
  'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|' +
  'fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|' +
  'menuitem|meta|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|' +
  'tr|track|ul'

/** The seven kinds of CommonMark 0.31, section 4.6. */
const HTML: readonly (readonly [start: RegExp, end: RegExp | null])[] = [
  [/^<(?:script|pre|style|textarea)(?:\s|>|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^<!--/, /-->/],
  [/^<\?/, /\?>/],
  [/^<!\[CDATA\[/, /\]\]>/],
  [/^<![a-z]/i, />/],
  [new RegExp(`^</?(?:${BLOCK_TAGS})(?:\\s|/?>|$)`, 'i'), null],
]

export function htmlOf(line: string): HtmlBlock | null {
  if (line[0] !== '<') return null
  for (const [start, end] of HTML) if (start.test(line)) return { end, interrupts: true }
  return /^<\/?[a-z][a-z\d-]*(?:\s[^<>]*|\/)?>\s*$/i.test(line) ? { end: null, interrupts: false } : null
}

/**
 * Mathematics within a line. A dollar sign opens it only before a non-blank and closes it only behind one and not
 * before a digit, so that prices stay prices; `\(` and `\[` need something that looks like a formula.
 */
export const MATH =
  /^(?:\$\$[^$\n]{1,200}\$\$|\$(?![\s$])[^$\n]{0,200}?[^\s$\\]\$(?![\d$])|\\\((?=[^\n]{0,200}[\\^_=+])[^\n]{1,200}?\\\)|\\\[(?=[^\n]{0,200}[\\^_=+])[^\n]{1,200}?\\\])/

/** How a block of mathematics that starts with this line ends; null when none starts. */
export function mathOf(line: string): RegExp | null {
  if (line.startsWith('$$') && !line.slice(2).includes('$$')) return /\$\$\s*$/
  return /^\\\[\s*$/.test(line) ? /\\\]\s*$/ : null
}

export type Alignment = 'left' | 'right' | 'center'

/** The line under a table's header: one alignment per column; null for any other line. */
export function alignmentsOf(line: string): readonly Alignment[] | null {
  if (!line.includes('|') || !line.includes('-') || /[^\s|:-]/.test(line)) return null
  const cells = cellsOf(line)
  if (cells.some((cell) => !/^:?-+:?$/.test(cell))) return null
  return cells.map((cell) => (cell.endsWith(':') ? (cell.startsWith(':') ? 'center' : 'right') : 'left'))
}

/** The cells of a table row, trimmed; `\|` is a bar within a cell. */
export function cellsOf(line: string): readonly string[] {
  const text = line.trim()
  const cells: string[] = []
  let from = text.startsWith('|') ? 1 : 0
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '|') {
      cells.push(text.slice(from, at))
      from = at + 1
    }
  }
  if (from < text.length) cells.push(text.slice(from))
  return cells.map((cell) => cell.replaceAll('\\|', '|').trim())
}
