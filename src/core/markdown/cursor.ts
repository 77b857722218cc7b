/** A place in a line that moves over indentation and markers. Tabs stop at every fourth column, as CommonMark has it. */

export class Cursor {
  #line: string
  #at = 0
  /** Column of `#at` in the whole line. */
  #column = 0

  constructor(line: string) {
    this.#line = line
  }

  /** Columns of blanks before the next visible character. */
  get indent(): number {
    let columns = 0
    for (let i = this.#at; ; i++) {
      const char = this.#line[i]
      if (char === ' ') columns++
      else if (char === '\t') columns += 4 - ((this.#column + columns) % 4)
      else return columns
    }
  }

  /** What is left without its indentation. */
  get text(): string {
    let i = this.#at
    while (this.#line[i] === ' ' || this.#line[i] === '\t') i++
    return this.#line.slice(i)
  }

  get blank(): boolean {
    return this.text === ''
  }

  /** What is left, with its indentation. */
  get rest(): string {
    return this.#line.slice(this.#at)
  }

  /** Passes blanks, at most so many columns; a tab that reaches further leaves the rest of it as blanks. */
  skip(columns: number): void {
    for (let left = columns; left > 0; ) {
      const char = this.#line[this.#at]
      if (char !== ' ' && char !== '\t') return
      const width = char === ' ' ? 1 : 4 - (this.#column % 4)
      this.#at++
      const passed = Math.min(width, left)
      if (passed < width) {
        this.#line = ' '.repeat(width - passed) + this.#line.slice(this.#at)
        this.#at = 0
      }
      this.#column += passed
      left -= passed
    }
  }

  /** Passes visible characters. */
  pass(length: number): void {
    this.#at += length
    this.#column += length
  }
}
