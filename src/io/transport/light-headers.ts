/**
 * Header fields as the Fetch standard has them (https://fetch.spec.whatwg.org/#headers-class), for the SDK and for us.
 * The platform's own class comes with all of undici, which a start would wait 20 to 45 ms for; the build puts this one in
 * its place, and a law compares the two.
 */

type Init = Iterable<readonly [string, string]> | Readonly<Record<string, string>>

/** RFC 9110: what a name consists of, and what a value may not hold. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const FORBIDDEN = /[\0\r\n]|[^\0-\xff]/
const EDGES = /^[\t\n\r ]+|[\t\n\r ]+$/g

const named = (name: string): string => {
  if (!NAME.test(name)) throw new TypeError(`"${name}" is no name of a header field`)
  return name.toLowerCase()
}
const valued = (name: string, value: string): string => {
  const text = String(value).replace(EDGES, '')
  // Without the value: it may be a secret.
  if (FORBIDDEN.test(text)) throw new TypeError(`The value of the header field "${name}" holds what none may`)
  return text
}

export class Headers {
  readonly #fields = new Map<string, string[]>()

  constructor(init: Init = []) {
    const pairs = Symbol.iterator in Object(init) ? (init as Iterable<readonly [string, string]>) : Object.entries(init)
    for (const [name, value] of pairs) this.append(name, value)
  }
  append(name: string, value: string): void {
    const key = named(name)
    const text = valued(name, value)
    const there = this.#fields.get(key)
    if (there) there.push(text)
    else this.#fields.set(key, [text])
  }
  set(name: string, value: string): void {
    this.#fields.set(named(name), [valued(name, value)])
  }
  delete(name: string): void {
    this.#fields.delete(named(name))
  }
  get(name: string): string | null {
    return this.#fields.get(named(name))?.join(', ') ?? null
  }
  has(name: string): boolean {
    return this.#fields.has(named(name))
  }
  getSetCookie(): string[] {
    return [...(this.#fields.get('set-cookie') ?? [])]
  }
  /** In the order of the names; a cookie each by itself. */
  *entries(): IterableIterator<[string, string]> {
    for (const key of [...this.#fields.keys()].sort()) {
      const values = this.#fields.get(key) ?? []
      if (key === 'set-cookie') for (const value of values) yield [key, value]
      else yield [key, values.join(', ')]
    }
  }
  *keys(): IterableIterator<string> {
    for (const [key] of this.entries()) yield key
  }
  *values(): IterableIterator<string> {
    for (const [, value] of this.entries()) yield value
  }
  forEach(each: (value: string, name: string, headers: Headers) => void): void {
    for (const [name, value] of this.entries()) each(value, name, this)
  }
  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries()
  }
  get [Symbol.toStringTag](): string {
    return 'Headers'
  }
}

/** The SDK asks of each body whether it is a form. None of ours is, and the platform's class would be loaded to say so. */
export class FormData {}
