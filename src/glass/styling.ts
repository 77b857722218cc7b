/**
 * Styled rows: where an escape sequence ends, and which styles and link are switched on at a given place.
 * Knows SGR and OSC 8 as our own rows use them; which styles look good is decided elsewhere.
 */

const ESC = '\x1b'

/** The index just behind the escape sequence that begins at `at`; the row's length when it never ends. */
export function escapeEnd(row: string, at: number): number {
  const kind = row[at + 1]
  if (kind === '[') {
    for (let i = at + 2; i < row.length; i++) {
      const code = row.charCodeAt(i)
      if (code >= 0x40 && code <= 0x7e) return i + 1
    }
    return row.length
  }
  // OSC; and DCS and APC, in which pictures come.
  if (kind === ']' || kind === 'P' || kind === '_') {
    for (let i = at + 2; i < row.length; i++) {
      if (row[i] === '\x07' && kind === ']') return i + 1
      if (row[i] === ESC && row[i + 1] === '\\') return i + 2
    }
    return row.length
  }
  return Math.min(at + 2, row.length)
}

/** Calls back for each stretch of `row` between two places: plain text, or one whole escape sequence. */
export function eachStretch(
  row: string,
  from: number,
  to: number,
  visit: (stretch: string, isEscape: boolean) => void,
): void {
  let at = from
  while (at < to) {
    const sequence = row.indexOf(ESC, at)
    const textEnd = sequence === -1 || sequence > to ? to : sequence
    if (textEnd > at) visit(row.slice(at, textEnd), false)
    if (textEnd === to) return
    at = escapeEnd(row, textEnd)
    visit(row.slice(textEnd, at), true)
  }
}

/** A row without its escape sequences. */
export function textOf(row: string): string {
  if (!row.includes(ESC)) return row
  let text = ''
  eachStretch(row, 0, row.length, (stretch, isEscape) => {
    if (!isEscape) text += stretch
  })
  return text
}

/** The sequences that close what a row leaves open: none for a row that ends as it begins. */
export function closingOf(row: string): string {
  const styling = new Styling()
  eachStretch(row, 0, row.length, (stretch, isEscape) => {
    if (isEscape) styling.read(stretch)
  })
  return styling.closing()
}

/** ECMA-48 and xterm codes that switch one property on, by the slot they fill. */
const SLOT_OF: Readonly<Record<number, number>> = {
  1: 0,
  2: 1,
  3: 2,
  4: 3,
  21: 3,
  5: 4,
  6: 4,
  7: 5,
  8: 6,
  9: 7,
  53: 11,
}

/** Codes that switch properties off, with the slots they empty. Bold and dim share one. */
const CLEARED_BY: Readonly<Record<number, readonly number[]>> = {
  22: [0, 1],
  23: [2],
  24: [3],
  25: [4],
  27: [5],
  28: [6],
  29: [7],
  39: [8],
  49: [9],
  59: [10],
  55: [11],
}
const FOREGROUND = 8
const BACKGROUND = 9
const UNDERLINE_COLOUR = 10

function slotOf(code: number): number | undefined {
  if ((code >= 30 && code <= 38) || (code >= 90 && code <= 97)) return FOREGROUND
  if ((code >= 40 && code <= 48) || (code >= 100 && code <= 107)) return BACKGROUND
  return code === 58 ? UNDERLINE_COLOUR : SLOT_OF[code]
}

/** The styles and the link that are on after the sequences read so far. */
export class Styling {
  #slots: string[] = []
  #link = ''

  copy(): Styling {
    const twin = new Styling()
    twin.#slots = [...this.#slots]
    twin.#link = this.#link
    return twin
  }

  /** Takes in one whole escape sequence; others than SGR and OSC 8 change nothing. */
  read(sequence: string): void {
    if (sequence.startsWith('\x1b]8;')) {
      const uri = sequence.indexOf(';', 4) + 1
      const isEmpty = uri === 0 || sequence[uri] === ESC || sequence[uri] === '\x07'
      this.#link = isEmpty ? '' : sequence
    } else if (sequence.startsWith('\x1b[') && sequence.endsWith('m')) this.#readSgr(sequence.slice(2, -1).split(';'))
  }

  #readSgr(parameters: readonly string[]): void {
    for (let i = 0; i < parameters.length; i++) {
      let parameter = parameters[i]!
      const code = Number.parseInt(parameter || '0', 10)
      if (code === 38 || code === 48 || code === 58) {
        // `38;5;n` and `38;2;r;g;b` spread over several parameters; the colon form is one.
        const further = parameters[i + 1] === '5' ? 2 : parameters[i + 1] === '2' ? 4 : 0
        parameter = parameters.slice(i, i + 1 + further).join(';')
        i += further
      }
      const slot = slotOf(code)
      if (code === 0) this.#slots = []
      else if (parameter === '4:0') this.#slots[3] = ''
      else if (slot !== undefined) this.#slots[slot] = parameter
      else for (const cleared of CLEARED_BY[code] ?? []) this.#slots[cleared] = ''
    }
  }

  /** The shortest text that switches from plain to these styles; empty when nothing is on. */
  opening(): string {
    const on = this.#slots.filter(Boolean)
    return (on.length > 0 ? `\x1b[${on.join(';')}m` : '') + this.#link
  }

  /** The text that switches everything off again; empty when nothing is on. */
  closing(): string {
    return (this.#slots.some(Boolean) ? '\x1b[m' : '') + (this.#link ? '\x1b]8;;\x1b\\' : '')
  }

  equals(other: Styling): boolean {
    return this.opening() === other.opening()
  }
}
