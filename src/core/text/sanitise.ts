/**
 * The one boundary between text from outside and a terminal: afterwards it holds newlines, tabs and visible characters
 * only, so nothing in it can steer the terminal, hide or reorder what is read. What it looks like is left to others.
 */

/**
 * Marks, selectors and joiners allowed on one cell. The longest emoji of the standard needs four and scripts stack a
 * handful; beyond that it is a flood.
 */
const MARKS_PER_CELL = 12

/** Nothing but these needs no look at all. */
const HARMLESS =
  /^[\n\t\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u2010-\u2027\u2030-\u205e\u2190-\u22ff\u2500-\u259f\u3000-\u3029\u3041-\u3096\u30a1-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff01-\uff60]*$/

/**
 * Whatever is replaced or dropped. Format characters go, except the joiner and the number signs that are seen; so does
 * what no font draws (Default_Ignorable_Code_Point: fillers of Hangul, tags), except how an emoji is to look.
 */
const HOSTILE =
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]|(?![\u200d\ufe0e\ufe0f])\p{DI}|(?![\u200d\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}])\p{Cf}|\p{Cs}/gu

const CLINGS = /[\p{Mn}\p{Me}\u200d]/u

export interface Sanitiser {
  /** The harmless form of the next piece; a trailing half of a character or line end waits for the next one. */
  push(text: string): string
  /** What still waited. */
  end(): string
}

/** Sanitises text that comes in pieces: however it is cut, the joined result is that of `sanitise` on the whole. */
export function sanitiser(): Sanitiser {
  let held = ''
  let marks = 0
  let joined = false

  /** Caps the marks that cling to one cell. A character after a joiner belongs to the same cell. */
  const thin = (text: string): string => {
    if (HARMLESS.test(text) && !joined) {
      if (text !== '') marks = 0
      return text
    }
    let out = ''
    for (const char of text) {
      if (CLINGS.test(char)) {
        if (marks >= MARKS_PER_CELL) continue
        marks++
        joined = char === '\u200d'
      } else {
        if (!joined) marks = 0
        joined = false
      }
      out += char
    }
    return out
  }

  return {
    push(piece) {
      let text = held + piece
      held = ''
      const last = text.charCodeAt(text.length - 1)
      if (last === 0x0d || (last >= 0xd800 && last <= 0xdbff)) {
        held = text.slice(-1)
        text = text.slice(0, -1)
      }
      return thin(visible(text))
    },
    end() {
      const text = held
      held = ''
      return thin(visible(text))
    },
  }
}

/** The harmless form of a whole text; idempotent. */
export function sanitise(text: string): string {
  if (HARMLESS.test(text)) return text
  const all = sanitiser()
  return all.push(text) + all.end()
}

/** The harmless form of a text that is shown on one line: line ends and tabs are blanks. */
export function sanitiseLine(text: string): string {
  return sanitise(text).replace(/[\n\t]/g, ' ')
}

function visible(text: string): string {
  if (HARMLESS.test(text)) return text
  return text.replaceAll('\r\n', '\n').replace(HOSTILE, stand)
}

/** C0 and DEL as their control pictures (U+2400), C1 and lone surrogates as U+FFFD, invisible ones as nothing. */
function stand(char: string): string {
  const code = char.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  return code <= 0x9f || (code >= 0xd800 && code <= 0xdfff) ? '\ufffd' : ''
}
