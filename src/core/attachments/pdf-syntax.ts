/** The values a PDF is written in (ISO 32000-1, 7.3), read from its bytes. What they mean is known to `pdf`. */

export type Value = null | boolean | number | Word | Text | Ref | readonly Value[] | Dict

/** A name such as /Pages, or a keyword such as `obj`. */
export class Word {
  readonly word: string
  constructor(word: string) {
    this.word = word
  }
}

/** A string; what it says is not needed here. */
export class Text {}
export class Ref {
  readonly number: number
  constructor(number: number) {
    this.number = number
  }
}
export type Dict = ReadonlyMap<string, Value>

export const isDict = (value: Value | undefined): value is Dict => value instanceof Map
export const isName = (value: Value | undefined, name: string) => value instanceof Word && value.word === `/${name}`

/** Dictionaries and arrays in each other; no honest file has as many. */
const DEEPEST = 60
/** What ends a word. */
const ENDS = /[\0\t\n\f\r ()<>[\]{}/%]/

const isBlank = (byte: number | undefined) =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === 0x0c || byte === 0

/** Reads values one after the other. Throws a SyntaxError where there is none. */
export class Syntax {
  readonly bytes: Uint8Array
  at: number

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes
    this.at = at
  }

  /** The next value; `n g R` is one. */
  value(depth = 0): Value {
    if (depth > DEEPEST) throw new SyntaxError('too deep')
    this.#skip()
    const { bytes } = this
    const byte = bytes[this.at]
    if (byte === undefined) throw new SyntaxError('the end')
    if (byte === 0x3c && bytes[this.at + 1] === 0x3c) return this.#dict(depth)
    if (byte === 0x5b) return this.#array(depth)
    if (byte === 0x28 || byte === 0x3c) return this.#text(byte)
    const word = this.#word()
    if (word === 'true' || word === 'false') return word === 'true'
    if (word === 'null') return null
    if (!/^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(word)) return new Word(word)
    const number = Number(word)
    return /^\d+$/.test(word) && this.#isRef() ? new Ref(number) : number
  }

  /** Whether this keyword comes next; it is passed over then. */
  takes(keyword: string): boolean {
    this.#skip()
    for (let i = 0; i < keyword.length; i++) if (this.bytes[this.at + i] !== keyword.charCodeAt(i)) return false
    this.at += keyword.length
    return true
  }

  #isRef(): boolean {
    const start = this.at
    this.#skip()
    const from = this.at
    while (this.bytes[this.at]! >= 0x30 && this.bytes[this.at]! <= 0x39) this.at++
    if (this.at > from && isBlank(this.bytes[this.at]) && this.takes('R')) {
      const next = this.bytes[this.at]
      if (next === undefined || ENDS.test(String.fromCharCode(next))) return true
    }
    this.at = start
    return false
  }

  #dict(depth: number): Dict {
    this.at += 2
    const dict = new Map<string, Value>()
    while (!this.takes('>>')) {
      const key = this.value(depth + 1)
      if (!(key instanceof Word) || !key.word.startsWith('/')) throw new SyntaxError('a key that is no name')
      dict.set(key.word.slice(1), this.value(depth + 1))
    }
    return dict
  }

  #array(depth: number): readonly Value[] {
    this.at++
    const values: Value[] = []
    while (!this.takes(']')) values.push(this.value(depth + 1))
    return values
  }

  #text(opening: number): Text {
    const { bytes } = this
    let open = 0
    for (; this.at < bytes.length; this.at++) {
      const byte = bytes[this.at]
      if (opening === 0x3c ? byte === 0x3e : byte === 0x29 && --open === 0) {
        this.at++
        return new Text()
      }
      if (opening === 0x28 && byte === 0x28) open++
      if (opening === 0x28 && byte === 0x5c) this.at++
    }
    throw new SyntaxError('a string without an end')
  }

  #word(): string {
    const start = this.at++
    if (/[)>\]{}]/.test(String.fromCharCode(this.bytes[start]!))) throw new SyntaxError('an end without a beginning')
    while (this.at < this.bytes.length && !ENDS.test(String.fromCharCode(this.bytes[this.at]!))) {
      if (this.at++ - start > 200) throw new SyntaxError('a word without an end')
    }
    return String.fromCharCode(...this.bytes.subarray(start, this.at))
  }

  #skip(): void {
    const { bytes } = this
    for (;;) {
      while (isBlank(bytes[this.at])) this.at++
      if (bytes[this.at] !== 0x25) return
      while (this.at < bytes.length && bytes[this.at] !== 0x0a && bytes[this.at] !== 0x0d) this.at++
    }
  }
}
