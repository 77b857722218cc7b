/**
 * Where a text stops being JSON, and what should stand there. The engine's own parser is faster and does not always say,
 * so this one is asked once that has failed.
 */

export interface Flaw {
  /** Place in the text, in UTF-16 units. */
  readonly at: number
  /** The end of "expected ...". */
  readonly expected: string
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y
const WORD = /true|false|null/y
const BLANKS = /[ \t\n\r]*/y

/** The first flaw; null: the text is JSON. Nesting costs no stack. */
export function jsonFlaw(text: string): Flaw | null {
  let at = 0
  const read = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    if (!pattern.test(text)) return false
    at = pattern.lastIndex
    return true
  }
  const flaw = (expected: string): Flaw => ({ at, expected })
  const string = (expected: string): Flaw | null => {
    if (text[at] !== '"') return flaw(expected)
    at++
    for (;;) {
      const code = text.charCodeAt(at)
      if (Number.isNaN(code)) return flaw('the end of a text in quotes')
      if (code === 0x22) break
      if (code < 0x20 || (code === 0x5c && !read(ESCAPE))) return flaw('a character that may stand in a text')
      if (code !== 0x5c) at++
    }
    at++
    return null
  }
  const open: ('[' | '{')[] = []
  for (;;) {
    read(BLANKS)
    const char = text[at]
    if (char === '[' || char === '{') {
      at++
      read(BLANKS)
      if (text[at] !== (char === '[' ? ']' : '}')) {
        open.push(char)
        const found = char === '{' ? key() : null
        if (found) return found
        continue
      }
      at++
    } else if (char === '"') {
      const found = string('a value')
      if (found) return found
    } else if (!read(NUMBER) && !read(WORD)) return flaw('a value')

    // Behind a value: what closes, or the next one.
    for (;;) {
      read(BLANKS)
      const inside = open.at(-1)
      if (inside === undefined) return at < text.length ? flaw('nothing more') : null
      const end = inside === '[' ? ']' : '}'
      if (text[at] === end) {
        at++
        open.pop()
        continue
      }
      if (text[at] !== ',') return flaw(`"," or "${end}"`)
      at++
      read(BLANKS)
      const found = inside === '{' ? key() : null
      if (found) return found
      break
    }
  }

  function key(): Flaw | null {
    const found = string('the name of a field in quotes')
    if (found) return found
    read(BLANKS)
    if (text[at] !== ':') return flaw('":"')
    at++
    return null
  }
}
