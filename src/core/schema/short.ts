/**
 * A JSON Schema in a few words: `name, age int, tags string[], author {name, born date}?`.
 *
 *   field   NAME [TYPE] [: what it is]   several behind a comma or on lines of their own; without a type it is a string
 *   TYPE    string, int, number, bool, date, time, email, url, a|b|c for one of these words, {fields} for an object;
 *           [] behind it for a list of them
 *   ?       behind the name, or behind the type: it may be left out
 */

/** A schema as plain JSON. */
export type JsonSchema = { readonly [key: string]: unknown }

const TYPES: Readonly<Record<string, JsonSchema>> = {
  ...{ string: { type: 'string' }, str: { type: 'string' }, text: { type: 'string' } },
  ...{ int: { type: 'integer' }, integer: { type: 'integer' }, number: { type: 'number' }, float: { type: 'number' } },
  ...{ bool: { type: 'boolean' }, boolean: { type: 'boolean' } },
  ...{ date: { type: 'string', format: 'date' }, time: { type: 'string', format: 'date-time' } },
  ...{ email: { type: 'string', format: 'email' }, url: { type: 'string', format: 'uri' } },
}

const KNOWN = 'string, int, number, bool, date, time, email, url, a|b|c, or {fields}; [] behind one makes a list'

/** The schema that is meant, or a sentence with what was expected where. */
export function shortSchema(text: string): JsonSchema | string {
  const reader = new Reader(text)
  try {
    const schema = reader.fields(false)
    return schema
  } catch (error) {
    if (error instanceof Flaw) return error.message
    throw error
  }
}

class Flaw extends Error {}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Fields up to the end, or up to the brace that closes them. */
  fields(isInner: boolean): JsonSchema {
    const properties: Record<string, JsonSchema> = {}
    const required: string[] = []
    for (;;) {
      this.#skip(/[\s,]*/y)
      if (isInner ? this.#take('}') : this.#at === this.#text.length) break
      if (this.#at === this.#text.length) throw new Flaw('a { is not closed by a }.')
      const name = this.#match(/[\p{L}_$][\p{L}\p{N}_$-]*/uy) ?? this.#expected('the name of a field')
      if (Object.hasOwn(properties, name)) throw new Flaw(`the field "${name}" stands there twice.`)
      const isLoose = this.#take('?')
      this.#skip(/[ \t]*/y)
      const type = this.#type(name)
      const isOptional = this.#take('?') || isLoose
      this.#skip(/[ \t]*/y)
      const tells = this.#take(':') ? this.#match(/[^,\n}]*/y)!.trim() : ''
      this.#skip(/[ \t]*/y)
      if (!/^(?:[,\n\r}]|$)/.test(this.#text.slice(this.#at, this.#at + 1)))
        this.#expected(`a comma behind the field "${name}"`)
      properties[name] = tells === '' ? type : { ...type, description: tells }
      if (!isOptional) required.push(name)
    }
    if (Object.keys(properties).length === 0)
      throw new Flaw(`expected at least one field${isInner ? ' between { and }' : ''}.`)
    return { type: 'object', properties, required, additionalProperties: false }
  }

  #type(field: string): JsonSchema {
    let type = this.#take('{') ? this.fields(true) : this.#named(field)
    while (this.#take('[]')) type = { type: 'array', items: type }
    return type
  }

  #named(field: string): JsonSchema {
    const word = this.#match(/[\p{L}\p{N}_.+-]+(?:[ \t]*\|[ \t]*[\p{L}\p{N}_.+-]+)*/uy)
    if (word === null) return TYPES.string!
    if (word.includes('|')) return { type: 'string', enum: word.split('|').map((one) => one.trim()) }
    if (Object.hasOwn(TYPES, word.toLowerCase())) return TYPES[word.toLowerCase()]!
    throw new Flaw(`the field "${field}" has the type "${word}", which is none of ${KNOWN}.`)
  }

  #expected(what: string): never {
    const rest = this.#text.slice(this.#at, this.#at + 20)
    throw new Flaw(`expected ${what}, but ${rest === '' ? 'the end' : `"${rest}"`} came.`)
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (!found) return null
    this.#at += found[0].length
    return found[0]
  }

  #skip(pattern: RegExp): void {
    this.#match(pattern)
  }

  #take(sign: string): boolean {
    if (!this.#text.startsWith(sign, this.#at)) return false
    this.#at += sign.length
    return true
  }
}
