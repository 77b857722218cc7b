/**
 * Finds which of a rule's expressions matches first in a line, for shiki's tokenizer. A line meets hundreds of them,
 * and nearly all miss it: those that need characters the line does not have are not even compiled, and what a search
 * found is known to all rules that share the expression.
 */

import type { PatternScanner, RegexEngine, RegexEngineString } from 'shiki/types'

/** An expression, and what the build has found out about it. */
export interface Expression {
  /** Makes it; called when a line first asks for it. When it throws, the expression never matches. */
  readonly make: () => RegExp
  /** What a text must have for a match, as `Content` reads it; made by `.config/regex-needs.mjs`. */
  readonly needs: readonly number[]
}

/** A capture that took no part, as Oniguruma has it. */
const ABSENT = { start: 0xffff_ffff, end: 0xffff_ffff, length: 0 }

const span = (start: number, end: number) => ({ start, end, length: end - start })

/**
 * @param known an expression of a grammar, made once; null for one that a text brings along
 * @param translate makes an expression that is not known
 */
export function createScanners(
  known: (pattern: string) => Expression | null,
  translate: (pattern: string) => RegExp,
): RegexEngine {
  const searches = new Map<string, Search>()
  const content = new Content()
  let texts = 0

  const searchOf = (pattern: string): Search => {
    const old = searches.get(pattern)
    if (old) return old
    const expression = known(pattern)
    if (!expression) return new Search({ make: () => translate(pattern), needs: [] }, content)
    const search = new Search(expression, content)
    searches.set(pattern, search)
    return search
  }

  return {
    createScanner: (patterns) => new Scanner((patterns as string[]).map(searchOf), content),
    createString: (text) => ({ content: text, id: ++texts }) as never,
  }
}

/** Which ASCII characters the text at hand has, alone and in pairs; capitals count as small letters. */
export class Content {
  /** By place, the last text that had it: a character's code is its place, a pair's its first's by 128 and its second's. */
  readonly #seen = new Uint32Array(1 << 14)
  #round = 0
  text = ''
  id = 0
  /** False where letters are other letters' capitals in ways that only Unicode knows: then nothing is passed over. */
  #certain = true

  read(text: string, id: number): void {
    this.text = text
    this.id = id
    this.#round++
    this.#certain = true
    let before = 0
    for (let i = 0; i < text.length; i++) {
      let code = text.charCodeAt(i)
      if (code > 0x7f) {
        if (code === 0x17f || code === 0x212a || code === 0xffff) this.#certain = false
        before = 0
        continue
      }
      if (code >= 0x41 && code <= 0x5a) code += 0x20
      this.#seen[code] = this.#round
      this.#seen[(before << 7) | code] = this.#round
      before = code
    }
  }

  /** @param needs places, in groups that each end with a 0: of each group, one is needed */
  has(needs: readonly number[]): boolean {
    if (!this.#certain) return true
    const seen = this.#seen
    const round = this.#round
    let met = false
    for (let i = 0; i < needs.length; i++) {
      const place = needs[i]!
      if (place !== 0) met ||= seen[place] === round
      else if (met) met = false
      else return false
    }
    return true
  }
}

/** One expression, and where it was last found. */
class Search {
  readonly #content: Content
  readonly #expression: Expression
  readonly #needs: readonly number[]
  #regex: RegExp | null | undefined
  /** What is found does not depend on where the search began, if only that was before. */
  steady = true
  #id = 0
  #from = 0
  #at = -1
  #found: RegExpExecArray | null = null

  constructor(expression: Expression, content: Content) {
    this.#expression = expression
    this.#content = content
    this.#needs = expression.needs
  }

  /** Where the first match at or behind `from` begins; -1: there is none. */
  next(from: number): number {
    const { id, text } = this.#content
    if (this.#id === id && this.#from <= from && (this.#at === -1 || this.#at >= from) && this.steady) return this.#at
    this.#id = id
    this.#from = from
    this.#found = null
    this.#at = -1
    if (!this.#content.has(this.#needs)) return -1
    if (this.#regex === undefined) this.#regex = this.#made()
    if (this.#regex === null) return -1
    this.#regex.lastIndex = from
    this.#found = this.#regex.exec(text)
    this.#at = this.#found ? this.#found.index : -1
    return this.#at
  }

  captures() {
    const found = this.#found!
    const { indices, index } = found
    if (!indices) return [span(index, index + found[0].length)]
    return indices.map((place) => (place ? span(place[0], place[1]) : ABSENT))
  }

  #made(): RegExp | null {
    try {
      const regex = this.#expression.make()
      this.steady = !regex.sticky && !(regex as { rawOptions?: { strategy?: unknown } }).rawOptions?.strategy
      return regex
    } catch {
      return null
    }
  }
}

class Scanner implements PatternScanner {
  readonly #searches: readonly Search[]
  readonly #content: Content
  #id = 0
  #from = 0
  /** Those that may still match in this line. */
  #open: Search[] = []

  constructor(searches: readonly Search[], content: Content) {
    this.#searches = searches
    this.#content = content
  }

  /** The first match at or behind `from`; of several that begin there, the first expression's. */
  findNextMatchSync(line: string | RegexEngineString, from: number) {
    const { content: text, id } = line as RegexEngineString & { id: number }
    if (id !== this.#content.id) this.#content.read(text, id)
    if (id !== this.#id || from < this.#from) {
      this.#open = this.#searches.slice()
      this.#id = id
    }
    this.#from = from
    const open = this.#open
    let best: Search | null = null
    let bestAt = 0
    let kept = 0
    let i = 0
    for (; i < open.length; i++) {
      const search = open[i]!
      const at = search.next(from)
      if (at !== -1 || !search.steady) open[kept++] = search
      if (at === -1 || (best !== null && at >= bestAt)) continue
      best = search
      bestAt = at
      if (at === from) break
    }
    while (++i < open.length) open[kept++] = open[i]!
    open.length = kept
    return best === null ? null : { index: this.#searches.indexOf(best), captureIndices: best.captures() }
  }

  dispose() {}
}
